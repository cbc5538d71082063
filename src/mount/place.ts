/** Where a URL leads, without what differs in spelling alone: case of the host, default port, user, empty segments, escapes. */
export interface Place {
  /** `https:` or `http:`. */
  protocol: string
  /** Name, and the port where it is not the protocol's own. */
  host: string
  /** The parts of the path. */
  segments: readonly string[]
}

/** The place of a URL. `URL` itself has resolved `..`, written the host in lower case and left out default ports. */
export const placeOf = ({ protocol, hostname, port, pathname }: URL): Place => ({
  protocol,
  host: `${hostname.replace(/\.+$/, '')}${port && `:${port}`}`,
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
