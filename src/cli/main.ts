#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { serve } from './serve.ts'

const USAGE = `longhaul serve [--port N] [--host ADDRESS] [--seed N] [--fail-rate SHARE] [--time real|60x] [--latency DURATION]

Serves the simulated LLM provider over HTTP on this machine, for programs in any language.
  --port        default: any free one          --host      default: 127.0.0.1
  --seed        default: 1                     --fail-rate default: 0
  --time        default: real                  --latency   default: a median of 4s, 12s in one call of twenty
`

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2)
  if (command === undefined || command === 'help' || command === '--help') {
    process.stdout.write(USAGE)
    return
  }
  if (command !== 'serve') throw new Error(`There is no command "${command}".\n\n${USAGE}`)
  const text = { type: 'string' } as const
  const options = {
    port: text,
    host: text,
    seed: text,
    'fail-rate': text,
    time: text,
    latency: text,
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ args: rest, options, strict: true })
  if (values.help) process.stdout.write(USAGE)
  else await serve(values)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`longhaul: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
