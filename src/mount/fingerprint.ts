import { hashHex } from '../random/index.ts'

/** Fields beside the question, by which clients file their requests. They change nothing of the answer. */
const FILED: ReadonlySet<string> = new Set([
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'labels',
  'requestMetadata',
])
/** Lists of what was said. Parts of them have ids, each of which says only what belongs together. */
const SAID: ReadonlySet<string> = new Set(['messages', 'input', 'contents', 'chat_history'])
const IDS: ReadonlySet<string> = new Set(['id', 'call_id', 'tool_call_id', 'tool_use_id', 'toolUseId', 'toolCallId'])
/** What is data of tools within what was said: its ids say what is meant. */
const DATA: ReadonlySet<string> = new Set([
  'input',
  'args',
  'arguments',
  'response',
  'result',
  'output',
  'json',
  'value',
  'data',
])
/** What points to something that the service keeps: its id says which. */
const REFERENCE = 'item_reference'

const anyOf = (names: Iterable<string>): RegExp => new RegExp(`"(?:${[...names].join('|')})"\\s*:`)
/** Whether a body may hold anything that is no part of the question: most have nothing of the kind. */
const MAY_DIFFER = anyOf([...FILED, ...IDS])
/** Whether it may hold ids of what was said: most that differ only say who asks. */
const MAY_HOLD_IDS = anyOf(IDS)

/**
 * A hash of what a request asks: the same for two requests that the service would answer by the same means.
 *
 * Whoever tries again in a loop of their own, or after a restart, often makes new ids: of the request (`metadata`), and of
 * the calls of tools and the messages in its history. They are left out, or stand as the number of their first appearance.
 *
 * @param text the body as it came
 * @param body what its JSON says
 */
export function fingerprintOf(text: string, body: Readonly<Record<string, unknown>>): string {
  // A form has no fields here.
  if (!MAY_DIFFER.test(text) || Object.keys(body).length === 0) return hashHex(text)
  const asked = Object.entries(body).filter(([name]) => !FILED.has(name))
  if (!MAY_HOLD_IDS.test(text)) return hashHex(JSON.stringify(asked))
  const numbers = new Map<string, number>()
  const numberOf = (id: string): number => {
    const number = numbers.get(id) ?? numbers.size
    numbers.set(id, number)
    return number
  }
  const numbered = asked.map(([name, value]) => [name, SAID.has(name) ? withNumbers(value, numberOf) : value])
  return hashHex(JSON.stringify(numbered))
}

const isId = (name: string, value: unknown): value is string => IDS.has(name) && typeof value === 'string'

/** A copy in which each id is a number. */
function withNumbers(value: unknown, numberOf: (id: string) => number): unknown {
  if (Array.isArray(value)) return value.map((part) => withNumbers(part, numberOf))
  if (typeof value !== 'object' || value === null) return value
  const isReference = (value as { type?: unknown }).type === REFERENCE
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      isId(name, part) && !isReference ? numberOf(part) : DATA.has(name) ? part : withNumbers(part, numberOf),
    ]),
  )
}
