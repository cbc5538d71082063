import { isIP } from 'node:net'
import { LOOPBACK } from '../doors/index.ts'

/** Thrown for a name in `network.allow` that can match no host. */
export class InvalidNetworkError extends Error {
  override readonly name = 'InvalidNetworkError'
  readonly code = 'LONGHAUL_INVALID_NETWORK'
}

/**
 * What may be reached, as patterns of `host:port`, where the port is empty if it is not known: this machine, and what a test allows
 * beside it: `api.example.com`, `*.example.com` for all names below, `10.0.0.5:5432` for one port, `*` for all.
 *
 * @throws InvalidNetworkError
 */
export function reachable(allow: readonly string[]): readonly string[] {
  return [`^${LOOPBACK}:`, ...allow.map(patternOf)]
}

function patternOf(given: string): string {
  const text = typeof given === 'string' ? given.trim().toLowerCase() : ''
  const [, host, port] = isIP(text) ? [text, text] : (/^(\[[^\]]+\]|[^/:\s[\]]+)(?::(\d+))?$/.exec(text) ?? [])
  const name = host?.replaceAll(/[[\]]/g, '')
  if (name === undefined || !/^(\*|(\*\.)?[^*]+)$/.test(name))
    throw new InvalidNetworkError(
      `network.allow has ${JSON.stringify(given)}, which is not a host. Give a name or an address without protocol and path: ` +
        `'api.example.com', '*.example.com', 'db.internal:5432', or '*' for all.`,
    )
  const escaped = name.replace(/^\*/, '\0').replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return `^${escaped.replace('\0', '.+')}:${port === undefined ? '' : `(?:${port})?$`}`
}

const patterns = new Map<string, RegExp>()
/** There are as many as a file of tests allows hosts; each session has the same ones. */
const MAX_PATTERNS = 1_000

/** A pattern that is compiled once: a sweep has many sessions. */
function compiled(source: string): RegExp {
  let pattern = patterns.get(source)
  if (!pattern) {
    if (patterns.size >= MAX_PATTERNS) patterns.clear()
    patterns.set(source, (pattern = new RegExp(source)))
  }
  return pattern
}

/** Tells of a host whether it may be reached, by what `reachable` gives. */
export function reaching(sources: readonly string[]): (host: string, port: number | undefined) => boolean {
  const each = sources.map(compiled)
  return (host, port) => each.some((pattern) => pattern.test(`${host}:${port ?? ''}`))
}
