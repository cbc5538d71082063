import type { WebSocket } from 'ws'
import { native } from '../doors/index.ts'

/** How often a client is asked whether it is still there. Real milliseconds. */
const PING_EVERY_MS = 30_000

/** Calls an action later, in real time; the function returned cancels it. */
type Later = (ms: number, action: () => void) => () => void

const later: Later = (ms, action) => {
  const timer = native.setTimeout(action, ms).unref()
  return () => native.clearTimeout(timer)
}

/**
 * Pings a client repeatedly, and closes the connection if the client has not answered by the next ping: a
 * machine that has disappeared closes no connection.
 *
 * @param onGone called before the connection is closed
 */
export function keepAlive(
  client: Pick<WebSocket, 'ping' | 'terminate' | 'on'>,
  onGone: () => void,
  after: Later = later,
): void {
  let isThere = true
  let cancel = (): void => {}
  const ping = (): void => {
    if (!isThere) {
      onGone()
      return client.terminate()
    }
    isThere = false
    client.ping()
    cancel = after(PING_EVERY_MS, ping)
  }
  client.on('pong', () => (isThere = true))
  client.on('close', () => cancel())
  cancel = after(PING_EVERY_MS, ping)
}
