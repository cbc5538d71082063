import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseDuration } from '../clock/index.ts'
import { daemonPaths, send as sendEvent } from '../daemon/index.ts'
import { nearest } from '../options/index.ts'
import { loadPattern, type Pattern } from '../pattern/index.ts'
import { FOLLOW_FLAGS } from './watch/flags.ts'
import { describeFlags, helpOf, isHelp, UsageError, type Command, type Flags } from './flags.ts'

/** Tables for people, JSON for programs. */
type Format = 'table' | 'json' | 'pretty'
const TELL_EVERY_MS = 5_000
const WATCH_EVERY_MS = 10_000
const FORMATS: readonly string[] = ['table', 'json', 'pretty']

interface Sending {
  event: string
  data: Record<string, unknown>
  format: Format
  everyMs: number | undefined
  /** How long an answer is waited for. Milliseconds. */
  withinMs: number | undefined
}

/** Flags of `send` itself, before the event or behind it; all others are parameters of the event. */
const SEND_FLAGS: Flags = {
  json: { about: 'parameters as a JSON object', value: 'OBJECT' },
  within: { about: 'time limit for the answer; default: 5m', value: 'DURATION' },
  'output-format': { about: 'table (default on a terminal), json or pretty', value: 'FORMAT' },
}
const WATCH_FLAGS: Flags = {
  ...SEND_FLAGS,
  every: { about: 'pause between two events; default: 10s', value: 'DURATION' },
}
const SEND_OR_WATCH_FLAGS: Flags = {
  ...SEND_FLAGS,
  every: { about: 'sends the event repeatedly, with this pause', value: 'DURATION' },
}

/** Events that name a pattern's file, which is found from where the client stands. */
const OF_PATTERNS: readonly string[] = ['orchestration:start', 'orchestration:load_pattern']
/** What the test plan sets for the provider's failures; it is for the orchestrations that are started with it. */
const FAIL_RATES: readonly string[] = ['LONGHAUL_FAIL_RATE', 'KSI_COMPLETION_PROVIDER_FAIL_RATE']

function objectOf(text: string): object {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
  } catch {
    // Told below.
  }
  throw new UsageError(`--json is ${text}. Give an object, such as '{"pattern": "debate"}'.`)
}

/**
 * Reads `[--flag value …] EVENT --key value …`: `-` in a key becomes `_`, a key without a value is true. What a value means, the daemon knows.
 * A key that the event knows is the event's, also where a flag has its name, and so is every key behind `--`.
 *
 * @param parametersOf the names of an event's parameters
 * @throws UsageError for what cannot be read
 */
export function readSending(
  words: readonly string[],
  flags: Flags,
  parametersOf: (event: string) => readonly string[],
): Sending {
  let first = 0
  for (
    let word = words[0];
    word?.startsWith('--') && Object.hasOwn(flags, word.slice(2).split('=')[0]!);
    word = words[first]
  )
    first += word.includes('=') ? 1 : 2
  const [event, ...given] = [...words.slice(first), ...words.slice(0, first)]
  const known = new Set(parametersOf(event ?? ''))
  /** Where the flags begin that stood before the event. */
  const ownFrom = given.length - first
  let isData = false
  if (event === undefined || event.startsWith('--'))
    throw new UsageError('Give an event, such as system:health. longhaul discover lists all events.')
  const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  let format: Format = process.stdout.isTTY ? 'table' : 'json'
  let everyMs: number | undefined
  let withinMs: number | undefined
  for (let index = 0; index < given.length; index++) {
    const word = given[index]!
    const isOwn = index >= ownFrom
    if (word === '--' && !isOwn) {
      isData = true
      continue
    }
    const [, name, inline] = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) throw new UsageError(`Give a --key in place of "${word}".`)
    const next = index + 1 === ownFrom ? undefined : given[index + 1]
    const isParameter = !isOwn && (isData || known.has(name.replaceAll('-', '_')))
    const value = inline ?? (next === undefined || /^--[A-Za-z]/.test(next) ? undefined : given[(index += 1)])
    const meant = isParameter || Object.hasOwn(flags, name) ? undefined : nearest(name, Object.keys(flags))
    if (meant !== undefined) throw new UsageError(`There is no option --${name}. Did you mean --${meant}?`)
    if (isParameter || !Object.hasOwn(flags, name)) data[name.replaceAll('-', '_')] = value ?? true
    else if (value === undefined) throw new UsageError(`--${name} needs a value: ${flags[name]!.value}.`)
    else if (name === 'output-format') {
      if (!FORMATS.includes(value))
        throw new UsageError(`--output-format is "${value}". Give one of ${FORMATS.join(', ')}.`)
      format = value as Format
    } else if (name === 'every') everyMs = pauseOf(value)
    else if (name === 'within') withinMs = durationOf('--within', value)
    else Object.assign(data, objectOf(value))
  }
  return { event, data: fromHere(event, data), format, everyMs, withinMs }
}

/** The duration that a flag gives; a number alone is seconds. */
function durationOf(flag: string, value: string): number {
  try {
    return parseDuration(/^\d+$/.test(value) ? `${Number(value)}s` : value)
  } catch {
    throw new UsageError(`${flag} is "${value}". Give seconds, or a duration such as 500ms, 10s or 1m30s.`)
  }
}

/** How long to wait between two events. */
function pauseOf(value: string): number {
  const ms = durationOf('--every', value)
  if (ms > 0) return ms
  throw new UsageError(`--every is "${value}". Give a pause, such as 500ms, 10s or 1m30s.`)
}

/** The file of a pattern that is named by its path from here, as a shell does. */
function fileHere(pattern: string): string | undefined {
  const names = /\.ya?ml$/.test(pattern) ? [pattern] : [pattern, `${pattern}.yaml`, `${pattern}.yml`]
  return names.find((name) => statSync(name, { throwIfNoEntry: false })?.isFile())
}

/** A pattern as texts. What is wrong with it is for the daemon to say, as of its own patterns. */
function textsOf(file: string): Pattern['sources'] {
  try {
    return loadPattern(file).sources
  } catch {
    return [{ file, text: readFileSync(file, 'utf8') }]
  }
}

/** What the client's own surroundings say: its folder, and the fail rate that it was told. */
function fromHere(event: string, data: Record<string, unknown>): Record<string, unknown> {
  const { pattern } = data
  if (!OF_PATTERNS.includes(event)) return data
  const file = typeof pattern === 'string' ? fileHere(pattern) : undefined
  // The daemon reads no files of ours: it is given what is in them.
  const found = file === undefined ? {} : { pattern_files: textsOf(resolve(file)) }
  const failRate = FAIL_RATES.map((name) => process.env[name]).find(Boolean)
  return {
    ...(event === 'orchestration:start' && failRate !== undefined && { _fail_rate: failRate }),
    ...data,
    ...found,
  }
}

async function written(data: Readonly<Record<string, unknown>>, format: Format): Promise<string> {
  if (format !== 'table') return JSON.stringify(data, null, format === 'pretty' ? 2 : undefined)
  const { forPeople } = await import('../report/table.ts')
  return forPeople(data)
}

/** Who waits at a terminal is told so. */
async function whileTold<Result>(text: string, work: Promise<Result>): Promise<Result> {
  if (!process.stderr.isTTY) return work
  const timer = setInterval(() => process.stderr.write(`longhaul: ${text} …\n`), TELL_EVERY_MS)
  return work.finally(() => clearInterval(timer))
}

async function printAnswer({ event, data, format, withinMs }: Sending): Promise<void> {
  const answer = await whileTold(
    `${event} is not answered yet`,
    sendEvent(daemonPaths(process.env).socket, event, data, { ...(withinMs !== undefined && { withinMs }) }),
  )
  const failed = answer.data?.['error'] !== undefined
  process.stdout.write(`${await written(answer.data ?? { ...answer }, format)}\n`)
  // A state with what it has failed with is an answer.
  if (!failed || answer.data['state'] !== undefined) return
  const { error, hint, similar } = answer.data
  const more = hint ?? (Array.isArray(similar) ? `Similar events: ${similar.join(', ')}.` : '')
  process.stderr.write(`longhaul: ${String(error)}${more ? ` ${String(more)}` : ''}\n`)
  process.exitCode = 1
}

/** Sends an event until it is interrupted. */
async function printAgain(sending: Sending, everyMs: number): Promise<never> {
  for (;;) {
    if (sending.format === 'table')
      process.stdout.write(`${new Date().toISOString().slice(0, 19).replace('T', ' ')}  ${sending.event}\n\n`)
    await printAnswer(sending)
    await sleep(everyMs)
  }
}

/** The names of an event's parameters; none for one that is not known. */
async function eventParameters(): Promise<(event: string) => string[]> {
  const { HANDLERS } = await import('../daemon/handlers/index.ts')
  return (event) => (Object.hasOwn(HANDLERS, event) ? Object.keys(HANDLERS[event]!.parameters) : [])
}

/** What events are answered, with what they take, whether a daemon runs or not. */
async function describeEvents(only: string | undefined): Promise<string> {
  const { HANDLERS } = await import('../daemon/handlers/index.ts')
  const names = Object.keys(HANDLERS)
  if (only !== undefined && !names.includes(only)) {
    const meant = nearest(only, names)
    throw new UsageError(
      `There is no event "${only}". ${meant ? `Did you mean "${meant}"?` : 'longhaul discover lists all events.'}`,
    )
  }
  return names
    .filter((name) => only === undefined || name === only)
    .map((name) => {
      const { about, parameters } = HANDLERS[name]!
      const flags = Object.entries(parameters).map(
        ([parameter, { type, about: means, required, default: fallback }]) => {
          const byDefault = fallback === undefined ? '' : `; default ${JSON.stringify(fallback)}`
          return [
            parameter.replaceAll('_', '-'),
            {
              about: `${means}${required ? ' (required)' : byDefault}`,
              ...(type !== 'boolean' && { value: type.toUpperCase() }),
            },
          ]
        },
      )
      return `${name}\n    ${about}\n${describeFlags(Object.fromEntries(flags) as Flags)
        .replaceAll(/^/gm, '    ')
        .trimEnd()}`.trimEnd()
    })
    .join('\n')
}

/** A command that takes an event, and its help from it. */
const ofEvent = (command: Command, run: (words: readonly string[]) => Promise<void>): RawCommand => ({
  ...command,
  async run(words) {
    if (!words.some(isHelp)) return run(words)
    const [event] = words.filter((word) => !word.startsWith('-'))
    process.stdout.write(event === undefined ? helpOf(command) : `${await describeEvents(event)}\n`)
  },
})

/** A command that reads its own command line. */
export interface RawCommand extends Omit<Command, 'run'> {
  run(words: readonly string[]): Promise<void>
}

const nothing = (): void => {}

/** `longhaul send`: exits with 1 where the daemon refuses. */
export const send: RawCommand = ofEvent(
  {
    usage: 'send EVENT [--key value …]',
    about: `Sends an event to the daemon and prints the answer. Exits with 1 if the daemon rejects the event. The parameters of an event:
longhaul send EVENT --help. NO_COLOR disables colours.`,
    flags: SEND_OR_WATCH_FLAGS,
    run: nothing,
  },
  async (words) => {
    const sending = readSending(words, SEND_OR_WATCH_FLAGS, await eventParameters())
    await (sending.everyMs === undefined ? printAnswer(sending) : printAgain(sending, sending.everyMs))
  },
)

/** `longhaul watch`: until it is interrupted. */
export const watch: RawCommand = ofEvent(
  {
    usage: 'watch [EVENT [--key value …]]',
    about: `Shows the activity of the daemon live, across restarts: orchestrations, agents, calls, costs and the latest failures.
With an event: sends the event to the daemon repeatedly, and prints each answer.`,
    flags: { ...FOLLOW_FLAGS, ...WATCH_FLAGS },
    run: nothing,
  },
  async (words) => {
    const [first = '--'] = words
    // A flag before the event is the event's, as with send.
    const isOfEvent = Object.hasOwn(WATCH_FLAGS, first.slice(2).split('=')[0]!)
    if (first.startsWith('--') && !isOfEvent) return (await import('./watch/follow.ts')).watchDaemon(words)
    const sending = readSending(words, WATCH_FLAGS, await eventParameters())
    await printAgain(sending, sending.everyMs ?? WATCH_EVERY_MS)
  },
)

/** `longhaul discover` */
export const discover: Command = {
  usage: 'discover [EVENT]',
  about: 'Lists the events of the daemon, or the parameters of one event.',
  flags: {},
  maxWords: 1,
  async run({ words: [event] }) {
    process.stdout.write(`${await describeEvents(event)}\n`)
  },
}
