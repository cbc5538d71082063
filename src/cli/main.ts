#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { suggestion } from '../options/index.ts'
import { helpOf, readFlags, UsageError, type Command } from './flags.ts'
import type { RawCommand } from './send.ts'

/** Each is loaded when it is called: nobody waits for what another command needs. */
const COMMANDS: Readonly<
  Record<string, { about: string; load(): Promise<Command> } | { about: string; loadRaw(): Promise<RawCommand> }>
> = {
  check: {
    about: 'says what is wrong with orchestration patterns',
    load: async () => (await import('./check.ts')).check,
  },
  validate: { about: 'the same as check', load: async () => (await import('./check.ts')).check },
  inspect: { about: 'shows what is in traces', load: async () => (await import('./inspect.ts')).inspect },
  merge: {
    about: 'puts the shards of sweeps together',
    load: async () => (await import('./merge.ts')).merge,
  },
  predict: {
    about: 'says what runs of a pattern will cost and take',
    load: async () => (await import('./predict.ts')).predict,
  },
  schema: {
    about: 'prints the JSON Schema of patterns, for editors',
    load: async () => (await import('./schema.ts')).schema,
  },
  serve: {
    about: 'serves the simulated LLM provider over HTTP, for programs in any language',
    load: async () => (await import('./serve.ts')).serve,
  },
  daemon: {
    about: 'runs orchestrations in a process of their own: start, stop, restart, status, health',
    load: async () => (await import('./daemon.ts')).daemon,
  },
  send: { about: 'sends an event to the daemon', loadRaw: async () => (await import('./send.ts')).send },
  watch: { about: 'sends an event again and again', loadRaw: async () => (await import('./send.ts')).watch },
  discover: { about: 'says which events there are', load: async () => (await import('./send.ts')).discover },
  init: {
    about: "writes the test plan's daemon_control.py and websocket_bridge.py into this folder",
    load: async () => (await import('./init.ts')).init,
  },
  ui: { about: 'serves a page that shows what the daemon does', load: async () => (await import('./ui.ts')).ui },
  bridge: {
    about: 'lets WebSocket clients talk to the daemon',
    load: async () => (await import('./bridge.ts')).bridge,
  },
}

const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
const USAGE = `longhaul COMMAND …

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}\n`)
  .join('')}
What a command takes: longhaul COMMAND --help. The first steps:

  npx longhaul daemon start --time 60x
  npx longhaul send orchestration:start --pattern game_theory_orchestration_v2 --vars '{"max_rounds": 10}'
  npx longhaul send orchestration:status --pattern game_theory_orchestration_v2
`

async function run(name: string, words: string[]): Promise<void> {
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!found) throw new UsageError(`There is no command "${name}". ${suggestion(name, Object.keys(COMMANDS))}`)
  if ('loadRaw' in found) return (await found.loadRaw()).run(words)
  const command = await found.load()
  if (words.includes('--help')) return void process.stdout.write(helpOf(command))
  await command.run(readFlags(words, command.flags))
}

/** Such as `0.1.0`. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2)
  if (command === '--version' || command === '-v') return void process.stdout.write(`${version()}\n`)
  if (command === undefined || command === '--help' || (command === 'help' && rest.length === 0))
    return void process.stdout.write(USAGE)
  if (command !== 'help') return run(command, rest)
  // `help send` is about a command, `help orchestration:start` about an event.
  const [about = ''] = rest
  return about.includes(':') ? run('discover', rest) : run(about, ['--help'])
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
try {
  if (major < 22 || (major === 22 && minor < 18))
    throw new Error(`longhaul needs Node 22.18 or newer; this is ${process.version}.`)
  await main()
} catch (error) {
  process.stderr.write(`longhaul: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
