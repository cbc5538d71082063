import { isIP } from 'node:net'

/** Thrown for a name in `network.allow` that can match no host. */
export class InvalidNetworkError extends Error {
  override readonly name = 'InvalidNetworkError'
  readonly code = 'LONGHAUL_INVALID_NETWORK'
}

/** Whether a host may be reached; a port that is not known is any. */
export type IsAllowed = (host: string, port: number | undefined) => boolean

/**
 * Reads the hosts that a test allows: `api.example.com`, `*.example.com` for all names below, `10.0.0.5:5432` for one port, `*` for all.
 *
 * @throws InvalidNetworkError
 */
export function allowedBy(names: readonly string[]): IsAllowed {
  const rules = names.map(ruleOf)
  return (host, port) => rules.some((rule) => rule(host, port))
}

function ruleOf(given: string): IsAllowed {
  const text = typeof given === 'string' ? given.trim().toLowerCase() : ''
  const [, bracketed, name, wantedPort] =
    /^(?:\[([0-9a-f:.]+)\]|([^/:\s[\]]+|[0-9a-f:]+:[0-9a-f:.]*))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? (isIP(text) ? text : name)
  if (host === undefined || !/^(\*\.)?[^*]+$|^\*$/.test(host))
    throw new InvalidNetworkError(
      `network.allow has ${JSON.stringify(given)}, which names no host. Give a name or an address without protocol and path: ` +
        `'api.example.com', '*.example.com', 'db.internal:5432', or '*' for all.`,
    )
  const port = isIP(text) || wantedPort === undefined ? undefined : Number(wantedPort)
  const below = host.startsWith('*.') ? host.slice(1) : undefined
  return (asked, askedPort) =>
    (host === '*' || asked === host || (below !== undefined && asked.endsWith(below))) &&
    (port === undefined || askedPort === undefined || askedPort === port)
}
