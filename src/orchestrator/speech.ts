import type { Json } from '../pattern/index.ts'

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

/** The events that an answer asks to be emitted: objects with an `event`, alone or in a list. */
export function eventsIn(json: Json): { event: string; data: Json }[] {
  const items = Array.isArray(json) ? (json as readonly Json[]) : [json]
  return items.flatMap((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return []
    const { event, data } = item as Readonly<Record<string, Json>>
    return typeof event === 'string' && event !== '' ? [{ event, data: data ?? {} }] : []
  })
}

/** Whether an answer says yes. */
export const saysYes = (text: string): boolean => /^\W*(yes|true)\b/i.test(text)
