#!/usr/bin/env node
import { parseArgs } from 'node:util'

const USAGE = `longhaul serve [--port N] [--host ADDRESS] [--seed N] [--fail-rate SHARE] [--time real|60x] [--latency DURATION]

Serves the simulated LLM provider over HTTP on this machine, for programs in any language.
  --port        default: any free one          --host      default: 127.0.0.1
  --seed        default: 1                     --fail-rate default: LONGHAUL_FAIL_RATE, or 0
  --time        default: real                  --latency   default: a median of 4s, 12s in one call of twenty

longhaul check FILE …

Reads orchestration patterns and says what is wrong with them, with file, line and column. Exits with 1 if anything is.

longhaul inspect FILE …

Shows what is in traces, as trace.write(file) makes them: agents, calls, costs, and what checks find. Exits with 1 if they find anything.

longhaul schema

Prints the JSON Schema of patterns, for editors.

longhaul daemon start | stop | restart | status | health | run

Runs orchestrations in a process of their own, which keeps them in .longhaul (or LONGHAUL_HOME) and goes on with them after a restart.
It asks the services at OPENAI_BASE_URL and ANTHROPIC_BASE_URL, with OPENAI_API_KEY and ANTHROPIC_API_KEY.

longhaul bridge [--port 8765]

Lets WebSocket clients on this machine talk to the daemon.

longhaul send EVENT [--key value …] [--json OBJECT] [--output-format table|json|pretty]
longhaul watch EVENT [--key value …] [--every 10s]
longhaul discover [EVENT]

Sends an event to the daemon, once or again and again; says which there are. Exits with 1 where the daemon refuses.
Prints tables on a terminal (without colours where NO_COLOR is set), JSON elsewhere.
`

const text = { type: 'string' } as const
const SERVE_OPTIONS = { port: text, host: text, seed: text, 'fail-rate': text, time: text, latency: text } as const

/** Each is loaded when it is called: nobody waits for what another command needs. */
const COMMANDS: Readonly<Record<string, (given: string[]) => void | Promise<void>>> = {
  async serve(given) {
    const { values } = parseArgs({ args: given, options: SERVE_OPTIONS, strict: true })
    const { serve } = await import('./serve.ts')
    await serve(values)
  },
  async check(given) {
    const { positionals } = parseArgs({ args: given, allowPositionals: true, strict: true })
    const { check } = await import('./check.ts')
    if (check(positionals) > 0) process.exitCode = 1
  },
  async inspect(given) {
    const { positionals } = parseArgs({ args: given, allowPositionals: true, strict: true })
    const { inspect } = await import('./inspect.ts')
    if (inspect(positionals) > 0) process.exitCode = 1
  },
  async schema(given) {
    parseArgs({ args: given, strict: true })
    const { patternJSONSchema } = await import('../pattern/index.ts')
    process.stdout.write(`${JSON.stringify(patternJSONSchema(), null, 2)}\n`)
  },
  daemon: async (given) => (await import('./daemon.ts')).daemon(given),
  async bridge(given) {
    const { values } = parseArgs({ args: given, options: { port: text }, strict: true })
    const { bridge } = await import('./bridge.ts')
    await bridge(values.port)
  },
  send: async (given) => (await import('./send.ts')).send(given),
  watch: async (given) => (await import('./send.ts')).watch(given),
  discover: async (given) => (await import('./send.ts')).discover(given),
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2)
  if (command === undefined || (command === 'help' && rest.length === 0) || [command, ...rest].includes('--help')) {
    process.stdout.write(USAGE)
    return
  }
  if (command === 'help') return COMMANDS['discover']!(rest)
  if (!Object.hasOwn(COMMANDS, command)) throw new Error(`There is no command "${command}".\n\n${USAGE}`)
  await COMMANDS[command]!(rest)
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
