import type { Endpoint } from './service.ts'

/** What the placeholders of a pattern stand for, or nothing where a path does not fit it. */
export type Params = Readonly<Record<string, string>>

const PLACEHOLDER = /^([^{]*)\{(\w+)\}(.*)$/

/** Matches one segment of a path with one of a pattern: `models`, `{model}`, `{model}:generateContent`. */
function caught(pattern: string, segment: string, params: Record<string, string>): boolean {
  const found = PLACEHOLDER.exec(pattern)
  if (!found) return pattern === segment
  const [, before = '', name = '', after = ''] = found
  if (segment.length <= before.length + after.length) return false
  if (!segment.startsWith(before) || !segment.endsWith(after)) return false
  const value = segment.slice(before.length, segment.length - after.length)
  params[name] = value
  return true
}

/** Matches the beginning of a path with a pattern; `rest` is what is left of it. */
export function matchStart(
  pattern: readonly string[],
  segments: readonly string[],
): { params: Params; rest: readonly string[] } | undefined {
  if (segments.length < pattern.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) if (!caught(part, segments[index]!, params)) return undefined
  return { params, rest: segments.slice(pattern.length) }
}

const split = new WeakMap<Endpoint, readonly string[]>()

function partsOf(endpoint: Endpoint): readonly string[] {
  let parts = split.get(endpoint)
  if (!parts) split.set(endpoint, (parts = endpoint.path.split('/').filter((part) => part !== '')))
  return parts
}

/** Finds what is asked for by a method and a path below a service's base URL. */
export function endpointAt(
  endpoints: readonly Endpoint[],
  method: string,
  segments: readonly string[],
): { endpoint: Endpoint; params: Params } | undefined {
  for (const endpoint of endpoints) {
    if (endpoint.method !== method) continue
    const parts = partsOf(endpoint)
    if (parts.length !== segments.length) continue
    const found = matchStart(parts, segments)
    if (found) return { endpoint, params: found.params }
  }
  return undefined
}
