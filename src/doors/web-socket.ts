import type { IncomingMessage } from 'node:http'

/**
 * Whether a request asks for a WebSocket. What offers to go on in any other protocol is answered as if it did not, as
 * servers do: Java's own client offers HTTP/2 with each request to `http:`.
 */
export const asksForWebSocket = ({ headers: { upgrade = '' } }: IncomingMessage): boolean =>
  /\bwebsocket\b/i.test(upgrade)

/** What an offer consists of. Source: RFC 7540, 3.2. */
const OF_OFFERS: ReadonlySet<string> = new Set(['upgrade', 'connection', 'http2-settings'])

/**
 * A request as it were without its offer to go on in another protocol, to be read again: Node takes every offer for one that is
 * accepted. It asks whether it is only from 22.21 and 24.9 on (`shouldUpgradeCallback`).
 *
 * @param head what has come behind its headers so far
 */
export function withoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage, head: Buffer): Buffer {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (!OF_OFFERS.has(rawHeaders[at]!.toLowerCase())) text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`
  // Node reads headers as Latin-1.
  return Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head])
}
