import { setTimeout as sleep } from 'node:timers/promises'
import { parseDuration } from '../clock/index.ts'
import { daemonPaths, send as sendEvent } from '../daemon/index.ts'

/** Values that look like JSON are read as JSON. */
function valueOf(text: string): unknown {
  if (!/^(\[|\{|-?\d|true$|false$|null$)/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Tables for people, JSON for programs. */
type Format = 'table' | 'json' | 'pretty'
const FORMATS: readonly string[] = ['table', 'json', 'pretty']

interface Sending {
  event: string
  data: Record<string, unknown>
  format: Format
  everyMs: number
}

/**
 * Reads `EVENT --key value … [--json TEXT] [--output-format table|json|pretty]`: `-` in a key becomes `_`, a key without a value is true.
 *
 * @throws Error for what cannot be read
 */
function readSending([event, ...given]: readonly string[]): Sending {
  if (event === undefined || event.startsWith('--'))
    throw new Error('longhaul send needs an event, such as system:health. All of them: longhaul discover')
  const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  let format: Format = process.stdout.isTTY ? 'table' : 'json'
  let everyMs = 10_000
  for (let index = 0; index < given.length; index++) {
    const word = given[index]!
    const [, name, inline] = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) throw new Error(`"${word}" stands where a --key is expected.`)
    const next = given[index + 1]
    const value = inline ?? (next === undefined || next.startsWith('--') ? undefined : given[(index += 1)])
    if (name === 'output-format') {
      if (value === undefined || !FORMATS.includes(value))
        throw new Error(`--output-format is "${value}". Give ${FORMATS.join(', ')}.`)
      format = value as Format
    } else if (name === 'every') everyMs = parseDuration(/^\d+$/.test(value ?? '') ? `${value}s` : (value ?? ''))
    else if (name === 'json') {
      const read = valueOf(value ?? '')
      if (typeof read !== 'object' || read === null || Array.isArray(read))
        throw new Error(`--json is ${value}. Give an object, such as '{"pattern": "debate"}'.`)
      Object.assign(data, read)
    } else data[name.replaceAll('-', '_')] = value === undefined ? true : valueOf(value)
  }
  return { event, data, format, everyMs }
}

/** Sends one event to the daemon and prints what it answers. Exits with 1 where it refuses. */
export async function send(given: readonly string[]): Promise<void> {
  const { event, data, format } = readSending(given)
  await printAnswer(event, data, format)
}

async function written(data: Readonly<Record<string, unknown>>, format: Format): Promise<string> {
  if (format !== 'table') return JSON.stringify(data, null, format === 'pretty' ? 2 : undefined)
  const { forPeople } = await import('../report/table.ts')
  return forPeople(data)
}

async function printAnswer(event: string, data: object, format: Format): Promise<void> {
  const answer = await sendEvent(daemonPaths(process.env).socket, event, data)
  const failed = answer.data?.['error'] !== undefined
  process.stdout.write(`${await written(answer.data ?? { ...answer }, format)}\n`)
  if (failed) {
    const { error, hint, similar } = answer.data
    const more = hint ?? (Array.isArray(similar) ? `Similar events: ${similar.join(', ')}.` : '')
    process.stderr.write(`longhaul: ${String(error)}${more ? ` ${String(more)}` : ''}\n`)
    process.exitCode = 1
  }
}

/** Sends the same event again and again, until it is interrupted. */
export async function watch(given: readonly string[]): Promise<void> {
  const { event, data, format, everyMs } = readSending(given)
  for (;;) {
    if (format === 'table')
      process.stdout.write(`${new Date().toISOString().slice(0, 19).replace('T', ' ')}  ${event}\n\n`)
    await printAnswer(event, data, format)
    await sleep(everyMs)
  }
}

/** Prints what the daemon answers, or what one event takes. */
export async function discover(given: readonly string[]): Promise<void> {
  const [event] = given
  const { data } = await sendEvent(
    daemonPaths(process.env).socket,
    'system:discover',
    event === undefined ? {} : { event },
  )
  const events = data['events'] as Record<string, { about: string; parameters: Record<string, string> }>
  if (event !== undefined && !events[event])
    throw new Error(`There is no event "${event}". All of them: longhaul discover`)
  for (const [name, { about, parameters }] of Object.entries(events)) {
    process.stdout.write(`${name}\n    ${about}\n`)
    for (const [parameter, meaning] of Object.entries(parameters))
      process.stdout.write(`      --${parameter.replaceAll('_', '-')}  ${meaning}\n`)
  }
}
