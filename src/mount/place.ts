import type { WireFormat } from '../wire/index.ts'

/** Where a URL leads, without what differs in spelling alone: case of the host, default port, user, empty segments, escapes. */
export interface Place {
  /** Protocol, host and port. */
  origin: string
  /** The parts of the path. */
  segments: readonly string[]
}

/** The place of a URL. `URL` itself has resolved `..`, written the host in lower case and left out default ports. */
export const placeOf = ({ protocol, hostname, port, pathname }: URL): Place => ({
  origin: `${protocol}//${hostname.replace(/\.+$/, '')}:${port}`,
  segments: segmentsOf(pathname),
})

/** The parts of a path. */
export const segmentsOf = (path: string): string[] =>
  path.split('/').flatMap((segment) => (segment === '' ? [] : [unescaped(segment)]))

/** A segment as it reads; one that would become several, or is no text, stays as it is. */
function unescaped(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    const text = decodeURIComponent(segment)
    return text.includes('/') ? segment : text
  } catch {
    return segment
  }
}

/** What is left of a place below a base, or nothing if it is elsewhere. */
export function below(base: Place, { origin, segments }: Place): readonly string[] | undefined {
  if (origin !== base.origin || base.segments.some((segment, index) => segments[index] !== segment)) return undefined
  return segments.slice(base.segments.length)
}

/** The operation at a path below a base URL. */
export const operationAt = (segments: readonly string[], formats: readonly WireFormat[]): WireFormat | undefined => {
  const path = `/${segments.join('/')}`
  return formats.find((format) => format.path === path)
}
