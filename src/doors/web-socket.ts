import type { IncomingMessage } from 'node:http'

/**
 * Whether a request asks for a WebSocket. What offers to go on in any other protocol is answered as if it did not, as
 * servers do: Java's own client offers HTTP/2 with each request to `http:`. Node asks it of a server from 22.21 and 24.9 on.
 */
export const asksForWebSocket = ({ headers: { upgrade = '' } }: IncomingMessage): boolean =>
  /\bwebsocket\b/i.test(upgrade)
