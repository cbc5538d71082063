#!/usr/bin/env node
import { suggestion } from '../options/index.ts'
import { COMMANDS } from './commands.ts'
import { version } from './version.ts'
import { helpOf, isHelp, readFlags, refuseMoreWords, UsageError } from './flags.ts'

/** What a system call has failed with, in words. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, path } = error as NodeJS.ErrnoException
  if (path === undefined) return error.message
  if (code === 'ENOENT') return `There is no file ${path}.`
  if (code === 'EISDIR') return `${path} is a folder. Give a file.`
  if (code === 'EACCES' || code === 'EPERM')
    return `${path} cannot be read or written by this user: the permissions do not allow it.`
  return error.message
}

const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
const USAGE = `longhaul COMMAND …

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}\n`)
  .join('')}
Options of a command: longhaul COMMAND --help. The first steps:

  npx longhaul daemon start --time 60x
  npx longhaul send orchestration:start --pattern game_theory_orchestration_v2 --vars '{"max_rounds": 10}'
  npx longhaul send orchestration:status --pattern game_theory_orchestration_v2
`

async function run(name: string, words: string[]): Promise<void> {
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!found) throw new UsageError(`There is no command "${name}". ${suggestion(name, Object.keys(COMMANDS))}`)
  if ('loadRaw' in found) return (await found.loadRaw()).run(words)
  const command = await found.load()
  if (words.some(isHelp)) return void process.stdout.write(helpOf(command))
  const given = readFlags(words, command.flags)
  refuseMoreWords(command, given)
  await command.run(given)
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2)
  if (command === '--version' || command === '-v') return void process.stdout.write(`${version()}\n`)
  if (command === undefined || isHelp(command) || (command === 'help' && rest.length === 0))
    return void process.stdout.write(USAGE)
  if (command !== 'help') return run(command, rest)
  // `help send` is about a command, `help orchestration:start` about an event.
  const [about = ''] = rest
  return about.includes(':') ? run('discover', rest) : run(about, ['--help'])
}

// `| head` closes the pipe when it has enough: that is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
try {
  if (major < 22 || (major === 22 && minor < 18))
    throw new Error(`longhaul needs Node 22.18 or newer; this is ${process.version}.`)
  await main()
} catch (error) {
  process.stderr.write(`longhaul: ${textOf(error)}\n`)
  process.exitCode = 2
}
