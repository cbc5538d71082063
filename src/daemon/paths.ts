import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The files of a daemon. Source of the names below `var/`: the test plan, and the KSI daemon. */
export interface DaemonPaths {
  /** In which all others are. */
  home: string
  socket: string
  pid: string
  /** What it was started with. */
  flags: string
  /** What clients of the bridge need. */
  token: string
  store: string
  /** What is told to people: starts, retries, circuit changes, failovers. */
  log: string
  /** The run by which the daemon stands still. */
  busyRun: string
  /** How many events were ever written. */
  eventCount: string
  /** All events, as newline-delimited JSON. */
  events: string
}

/** Where the files are: in `.longhaul/var` here, or as in the test plan in `var` here. */
export type Layout = 'home' | 'plan'

const HOMES: Readonly<Record<Layout, string>> = { home: '.longhaul', plan: '.' }

/**
 * A path that the environment gives.
 *
 * @throws HomeError for one that is set and empty, which is no path and may have been meant as one
 */
function pathFrom(env: NodeJS.ProcessEnv, name: 'LONGHAUL_HOME' | 'KSI_SOCKET_PATH'): string | undefined {
  const path = env[name]
  if (path !== undefined && path.trim() === '')
    throw new HomeError(`${name} is set and empty. Give a path, or unset it.`)
  return path
}

function pathsIn(home: string, env: NodeJS.ProcessEnv): DaemonPaths {
  const socket = pathFrom(env, 'KSI_SOCKET_PATH')
  const file = (...parts: string[]): string => join(home, 'var', ...parts)
  return {
    home,
    socket: socket ?? file('run', 'daemon.sock'),
    pid: file('run', 'ksi_daemon.pid'),
    flags: file('run', 'daemon_flags.json'),
    token: file('run', 'bridge_token'),
    store: file('state', 'ksi_state.db'),
    log: file('logs', 'daemon_current.log'),
    busyRun: file('state', 'busy_run'),
    eventCount: file('state', 'event_count'),
    events: file('logs', 'event_log_current.jsonl'),
  }
}

/**
 * Where a daemon's files are: in `LONGHAUL_HOME`, else in `.longhaul` here, or here by the layout of the test plan. Where no layout is given,
 * the one is taken in which a daemon answers, or has run. `KSI_SOCKET_PATH` puts the socket elsewhere.
 *
 * @throws HomeError for a variable that is set and empty
 */
export function daemonPaths(env: NodeJS.ProcessEnv, layout?: Layout): DaemonPaths {
  const home = pathFrom(env, 'LONGHAUL_HOME')
  if (home !== undefined) return pathsIn(resolve(home), env)
  if (layout) return pathsIn(resolve(HOMES[layout]), env)
  const all = (['home', 'plan'] as const).map((each) => pathsIn(resolve(HOMES[each]), env))
  // No other program's files have this name, so that nobody else's var/ is taken for a daemon's.
  const used = all.filter(({ events }) => existsSync(events))
  return used.find(({ socket }) => existsSync(socket)) ?? used[0] ?? all[0]!
}

/** Thrown when the daemon cannot create its files in a folder. */
class HomeError extends Error {
  override readonly name = 'HomeError'
  readonly code = 'LONGHAUL_HOME'
}

const OTHERS = 0o077

/** Takes a file or folder of ours, as it was found, from all but its owner. */
function takeFromOthers(path: string): void {
  const { mode } = statSync(path)
  if ((mode & OTHERS) !== 0) chmodSync(path, mode & ~OTHERS & 0o777)
}

/** Makes a folder and those above it. Node's own `recursive` never ends in a folder such as /proc, which takes none. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Somebody else has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/**
 * Makes the folders, for their owner only, and takes over the runs of a daemon of version 0.1. Folders of ours that were
 * there before are taken from others; the one that `KSI_SOCKET_PATH` names may be anybody's, and stays as it is.
 *
 * @throws HomeError where that cannot be done
 */
export function makeFolders({ home, socket, pid, store, log }: DaemonPaths): void {
  try {
    for (const file of [pid, store, log]) {
      makeFolder(dirname(file))
      takeFromOthers(dirname(file))
    }
    makeFolder(dirname(socket))
  } catch (error) {
    throw new HomeError(
      `The daemon cannot keep its files in ${home}: ${(error as Error).message}. Set another folder in LONGHAUL_HOME.`,
    )
  }
  const before = join(home, 'runs.db')
  if (!existsSync(before) || existsSync(store)) return
  for (const end of ['', '-wal', '-shm']) if (existsSync(before + end)) renameSync(before + end, store + end)
}

/** Makes a file, if there is none, that its owner alone may read and write. Where that cannot be done, who opens it says why. */
export function ownerOnly(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
    takeFromOthers(file)
  } catch {
    // Said by who opens it.
  }
}
