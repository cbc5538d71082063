import type { Json } from '../../strategy/index.ts'

/** Of one answer; what it asks for beyond is not done. */
const MAX_EVENTS = 1_000
/** Brackets that open no JSON. */
const MAX_MISSES = 200

/** The first JSON object or list in a text, or null. */
export function jsonIn(text: string): Json {
  const start = text.search(/[[{]/)
  if (start < 0) return null
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  if (end <= start) return null
  try {
    return JSON.parse(text.slice(start, end + 1), (key, value: Json) =>
      key === '__proto__' ? undefined : value,
    ) as Json
  } catch {
    return null
  }
}

/** The JSON objects and lists that stand in a text, one after another. */
function allJsonIn(text: string): Json[] {
  const found: Json[] = []
  let misses = 0
  for (let at = text.search(/[[{]/); at >= 0;) {
    const end = endOfJson(text, at)
    const json = end === undefined ? null : jsonIn(text.slice(at, end))
    if (json === null) misses += 1
    else found.push(json)
    const from = json === null ? at + 1 : end!
    const next = text.slice(from).search(/[[{]/)
    at = next < 0 ? -1 : from + next
    if (found.length >= MAX_EVENTS || misses >= MAX_MISSES) break
  }
  return found
}

/** Where the brackets are closed that open at an offset. */
function endOfJson(text: string, start: number): number | undefined {
  let depth = 0
  let inText = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (inText) {
      if (character === '\\') at += 1
      else if (character === '"') inText = false
    } else if (character === '"') inText = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

/** The events that an answer asks to be emitted: objects with an `event`, wherever they stand in the text, alone or in lists. */
export function eventsIn(text: string): { event: string; data: Json }[] {
  const items = allJsonIn(text).flatMap((json) => (Array.isArray(json) ? (json as readonly Json[]) : [json]))
  return items.flatMap((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return []
    const { event, data } = item as Readonly<Record<string, Json>>
    return typeof event === 'string' && event !== '' ? [{ event, data: data ?? {} }] : []
  })
}

/** Whether an answer says yes. */
export const saysYes = (text: string): boolean => /^\W*(yes|true)\b/i.test(text)

/** Whether an answer says no. */
export const saysNo = (text: string): boolean => /^\W*(no|false|fail(ed|s)?)\b/i.test(text)
