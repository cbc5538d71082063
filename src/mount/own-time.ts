import { Socket } from 'node:net'
import { activeHandles, behind } from '../doors/index.ts'

const known = new WeakMap<Socket, boolean>()

/**
 * Whether the client at the other end of an accepted connection has a clock of its own: the time of this thread is
 * simulated, and the client is in another process or in another thread.
 */
export function hasOwnTime(socket: Socket): boolean {
  if (!behind.time) return false
  let own = known.get(socket)
  if (own === undefined) known.set(socket, (own = !isOfThisThread(socket)))
  return own
}

const isOfThisThread = ({ localPort, remotePort }: Socket): boolean =>
  activeHandles().some(
    (handle) => handle instanceof Socket && handle.localPort === remotePort && handle.remotePort === localPort,
  )
