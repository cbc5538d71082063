import { OwnThreads } from './own-threads.ts'
import type { Peers } from './sockets.ts'

/**
 * Peers of two kinds: child processes, and other threads of this process.
 *
 * @param threadsOf asked when a connection is looked at; nothing where nobody can tell what threads do
 */
export function peersOf<Child extends object>(
  children: Peers<Child>,
  threadsOf: () => OwnThreads | undefined,
): Peers<Child | OwnThreads> {
  return {
    isPipeOf: (socket) => children.isPipeOf(socket),
    peerOf(connection, now) {
      const child = children.peerOf(connection, now)
      if (child) return child
      const threads = threadsOf()
      return threads?.has(connection) ? threads : undefined
    },
    heardOf(peer, what, now) {
      if (peer instanceof OwnThreads) peer.heardOf(what, now)
      else children.heardOf(peer, what, now)
    },
  }
}
