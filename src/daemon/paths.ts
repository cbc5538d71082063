import { resolve } from 'node:path'

/** The files of a daemon. */
export interface DaemonPaths {
  folder: string
  socket: string
  pid: string
  store: string
  log: string
  /** All events, as newline-delimited JSON. */
  events: string
}

/** Where a daemon's files are: in `LONGHAUL_HOME`, else in `.longhaul` here. The socket may be elsewhere, by `KSI_SOCKET_PATH`. */
export function daemonPaths(env: NodeJS.ProcessEnv): DaemonPaths {
  const folder = resolve(env['LONGHAUL_HOME'] ?? '.longhaul')
  return {
    folder,
    socket: env['KSI_SOCKET_PATH'] ?? resolve(folder, 'daemon.sock'),
    pid: resolve(folder, 'daemon.pid'),
    store: resolve(folder, 'runs.db'),
    log: resolve(folder, 'daemon.log'),
    events: resolve(folder, 'events.ndjson'),
  }
}
