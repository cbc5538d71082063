import { once } from 'node:events'
import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import { isAnswering } from './client.ts'

/** Thrown when another daemon already answers on the socket. */
export class DaemonRunningError extends Error {
  override readonly name = 'DaemonRunningError'
  readonly code = 'LONGHAUL_DAEMON_RUNNING'
}

/** Thrown when the daemon cannot create its socket at a path. */
class SocketPathError extends Error {
  override readonly name = 'SocketPathError'
  readonly code = 'LONGHAUL_SOCKET_PATH'
}

/** The longest path that a Unix socket can have on all systems. Bytes. */
const MAX_SOCKET_PATH = 103

/** @throws SocketPathError for a path that is too long for a socket */
export function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return
  throw new SocketPathError(
    `The path of the socket, ${path}, has ${Buffer.byteLength(path)} bytes; the operating system allows at most ${MAX_SOCKET_PATH} bytes. ` +
      `Set a shorter path in KSI_SOCKET_PATH, or a shorter LONGHAUL_HOME.`,
  )
}

const running = (path: string): DaemonRunningError =>
  new DaemonRunningError(`A daemon already answers at ${path}. Stop that daemon with: longhaul daemon stop`)

/**
 * Takes away a socket that a daemon has left behind, and nothing else: no file of another kind, and no socket on which
 * somebody listens, however busy. It is put aside first, so that one that was bound meanwhile is seen and put back.
 *
 * @throws DaemonRunningError, SocketPathError
 */
async function clear(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (!there) return
  if (!there.isSocket())
    throw new SocketPathError(
      `${path} is not a socket. longhaul leaves the file unchanged. Set another path in KSI_SOCKET_PATH, or move the file.`,
    )
  if (await isAnswering(path)) throw running(path)
  const aside = `${path}~`
  renameSync(path, aside)
  if (await isAnswering(aside)) {
    renameSync(aside, path)
    throw running(path)
  }
  rmSync(aside)
}

/**
 * Lets a server listen on a socket that its owner alone may use.
 *
 * @throws DaemonRunningError, SocketPathError, or the error of `listen`
 */
export async function listenAt(server: Server, path: string): Promise<void> {
  await clear(path)
  // From the first moment on: what is bound has the permissions that the mask leaves. It is the process's own.
  const mask = isMainThread ? process.umask(0o177) : undefined
  try {
    const listening = once(server, 'listening')
    server.listen(path)
    await listening
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw running(path)
    throw error
  } finally {
    if (mask !== undefined) process.umask(mask)
  }
  chmodSync(path, 0o600)
}
