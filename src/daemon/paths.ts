import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The files of a daemon. Source of the names below `var/`: the test plan, and the KSI daemon. */
export interface DaemonPaths {
  /** In which all others are. */
  home: string
  socket: string
  pid: string
  /** What it was started with. */
  flags: string
  store: string
  /** What is told to people: starts, retries, circuit changes, failovers. */
  log: string
  /** All events, as newline-delimited JSON. */
  events: string
}

/** Where the files are: in `.longhaul/var` here, or as in the test plan in `var` here. */
export type Layout = 'home' | 'plan'

const HOMES: Readonly<Record<Layout, string>> = { home: '.longhaul', plan: '.' }

function pathsIn(home: string, env: NodeJS.ProcessEnv): DaemonPaths {
  const file = (...parts: string[]): string => join(home, 'var', ...parts)
  return {
    home,
    socket: env['KSI_SOCKET_PATH'] || file('run', 'daemon.sock'),
    pid: file('run', 'ksi_daemon.pid'),
    flags: file('run', 'daemon_flags.json'),
    store: file('state', 'ksi_state.db'),
    log: file('logs', 'daemon_current.log'),
    events: file('logs', 'event_log_current.jsonl'),
  }
}

/**
 * Where a daemon's files are: in `LONGHAUL_HOME`, else in `.longhaul` here, or here by the layout of the test plan. Where no layout is given,
 * the one is taken in which a daemon answers, or has run. `KSI_SOCKET_PATH` puts the socket elsewhere.
 */
export function daemonPaths(env: NodeJS.ProcessEnv, layout?: Layout): DaemonPaths {
  const { LONGHAUL_HOME: home } = env
  if (home) return pathsIn(resolve(home), env)
  if (layout) return pathsIn(resolve(HOMES[layout]), env)
  const all = (['home', 'plan'] as const).map((each) => pathsIn(resolve(HOMES[each]), env))
  // No other program's files have this name, so that nobody else's var/ is taken for a daemon's.
  const used = all.filter(({ events }) => existsSync(events))
  return used.find(({ socket }) => existsSync(socket)) ?? used[0] ?? all[0]!
}

/** Makes the folders, for their owner only, and takes over the runs of a daemon of version 0.1. */
export function makeFolders({ home, socket, pid, store, log }: DaemonPaths): void {
  for (const file of [socket, pid, store, log]) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const before = join(home, 'runs.db')
  if (!existsSync(before) || existsSync(store)) return
  for (const end of ['', '-wal', '-shm']) if (existsSync(before + end)) renameSync(before + end, store + end)
}
