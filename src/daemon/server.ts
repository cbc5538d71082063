import { chmodSync, closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { startClock, type Clock, type TimeMode } from '../clock/index.ts'
import type { OrchestratorSettings } from '../orchestrator/index.ts'
import { EventLog, RunStore, type EventLogOptions, type Repair } from '../store/index.ts'
import { isAnswering } from './client.ts'
import { Completions } from './completions.ts'
import { Connection } from './connection.ts'
import { HANDLERS } from './handlers/index.ts'
import type { LoggedEvent } from './logged-event.ts'
import { describeSettings } from './config.ts'
import { DaemonLog } from './log.ts'
import { makeFolders, type DaemonPaths } from './paths.ts'
import { Pushes, type Push } from './pushes.ts'
import { detailsOf } from './run-details.ts'
import { Runs, type Run, type RunEvent } from './runs.ts'
import { introduce } from './introduce.ts'
import type { Simulation } from './simulation.ts'
import { bookClaim } from './spending.ts'

const MOST_CONNECTIONS = 200
const REMEMBERED_EVENTS = 10_000

/** Thrown when a daemon answers on the socket already. */
class DaemonRunningError extends Error {
  override readonly name = 'DaemonRunningError'
  readonly code = 'LONGHAUL_DAEMON_RUNNING'
}

/** A running daemon. */
export interface Daemon {
  /** How many orchestrations went on that were running when the last one ended. */
  recovered: number
  /** … and completions that were asked of it and not answered. */
  completions: number
  /** What was mended of the event log. */
  repaired: Repair
  /** Resolves when it has stopped. */
  stopped: Promise<void>
  stop(reason: string): Promise<void>
}

/** How a daemon is set up. */
export interface DaemonOptions {
  settings: OrchestratorSettings
  /** Folders in which patterns are looked for by name, before those that come with longhaul. */
  patterns: readonly string[]
  time?: Exclude<TimeMode, { kind: 'virtual' }>
  eventLog?: EventLogOptions
  /** Makes services that answer in this process; those that it does not make are asked as the settings say. */
  simulate?: ((clock: Clock) => Simulation) | undefined
  /** What else is in force, for `system:config`. */
  config?: object
}

/** Events that are remembered, and most of their JSON. */
const REMEMBERED_BYTES = 16 * 1024 * 1024

/**
 * Starts the daemon in this process: orchestrations that are kept go on, and the socket answers.
 *
 * @throws DaemonRunningError, StoreError
 */
export async function startDaemon(
  paths: DaemonPaths,
  { settings: given, patterns, time = { kind: 'real' }, eventLog = {}, simulate, config = {} }: DaemonOptions,
): Promise<Daemon> {
  checkSocket(paths.socket)
  makeFolders(paths)
  if (existsSync(paths.socket)) {
    if (await isAnswering(paths.socket))
      throw new DaemonRunningError(`A daemon answers at ${paths.socket} already. Stop it with: longhaul daemon stop`)
    rmSync(paths.socket)
  }
  // What SQLite puts beside the file has the file's permissions.
  makeForOwnerOnly(paths.store)
  const store = new RunStore(paths.store)
  // Scaled time must not fall behind what the daemon before this one has kept.
  const epoch = Math.max(Date.now(), store.list()[0]?.updatedAt ?? 0)
  const clock = startClock(time, ...(time.kind === 'scaled' ? [{ epoch, tell: () => {} }] : []))
  keepGoing(clock)
  const log = new EventLog(paths.events, eventLog)
  const lines = new DaemonLog(paths.log)
  const remembered = new Remembered([...log.read()] as unknown as LoggedEvent[])
  const connections = new Set<Connection>()
  const tell = (logged: LoggedEvent): void => {
    clock.progress()
    log.append(logged)
    remembered.add(logged)
    for (const connection of connections) connection.push(logged)
  }
  const onEvent = ({ run, correlationId, event }: RunEvent): void => {
    if (event.type === 'cost.claimed') bookClaim(store, run, event)
    lines.event(run, event)
    tell({
      event_name: event.type,
      timestamp: Date.now() / 1_000,
      orchestration_id: run,
      ...(correlationId !== null && { correlation_id: correlationId }),
      data: event,
    })
    const profileOf = (agent: string): string =>
      runs.live.find(({ id }) => id === run)?.live.orchestrator.team.find(agent).settings.profile ?? 'agent'
    for (const push of pushes.happened(run, event, profileOf)) say(push, run)
  }
  const pushes = new Pushes()
  const say = ({ name, data }: Push, run: string | null): void =>
    tell({ event_name: name, timestamp: Date.now() / 1_000, orchestration_id: run, data })
  const onChange = (run: Run, change: 'started' | 'resumed' | 'stopped'): void => {
    const told =
      change === 'stopped'
        ? pushes.stopped(run, detailsOf(run, store).messages)
        : pushes.begun(run, { isNew: change === 'started' })
    for (const push of told) say(push, run.id)
  }
  const simulation = simulate?.(clock)
  const settings = { ...given, services: { ...simulation?.services, ...given.services } }
  const runs = new Runs({ store, settings, patterns, onEvent, onChange, simulation })
  if (simulation) introduce(simulation, runs)
  const completions = new Completions({ store, runs, settings, tell, onTrace: (event) => lines.event(null, event) })
  const done = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined
  const stop = (reason: string): Promise<void> => {
    stopping ??= (async () => {
      lines.say(`daemon ${process.pid} stops: ${reason}`)
      for (const connection of connections) {
        connection.send({ event: 'system:shutdown_notification', data: { reason, timestamp: Date.now() / 1_000 } })
        connection.close()
      }
      server.close()
      await completions.close()
      await runs.close()
      store.close()
      log.close()
      clock.stop()
      for (const file of [paths.socket, paths.pid]) rmSync(file, { force: true })
      done.resolve()
    })()
    return stopping
  }
  const context = {
    runs,
    store,
    log,
    completions,
    patterns,
    push: (name: string, data: object) => say({ name, data }, null),
    simulates: simulation !== undefined,
    config: () => ({ ...config, ...describeSettings(settings), files: paths }),
    events: remembered.events,
    handlers: HANDLERS,
    startedAt: Date.now(),
    shutdown: () => void stop('daemon_shutdown'),
  }
  const server = createServer((socket) => {
    const connection = new Connection(socket, context)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  })
  server.maxConnections = MOST_CONNECTIONS
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(paths.socket, resolve)
    })
  } catch (error) {
    store.close()
    log.close()
    clock.stop()
    throw error
  }
  chmodSync(paths.socket, 0o600)
  writeFileSync(paths.pid, `${process.pid}\n`, { mode: 0o600 })
  lines.say(`daemon ${process.pid} answers at ${paths.socket}`)
  const recovered = runs.recover()
  return { recovered, completions: completions.recover(), repaired: log.repaired, stopped: done.promise, stop }
}

const HOUR_MS = 3_600_000

/** A clock takes timers that fire for a day without progress for a storm, and stands still. A daemon may wait for as long as it likes. */
function keepGoing(clock: Clock): void {
  clock.progress()
  clock.after(HOUR_MS, () => keepGoing(clock))
}

/** The newest events. */
class Remembered {
  readonly events: LoggedEvent[] = []
  readonly #bytes: number[] = []
  #total = 0

  constructor(before: readonly LoggedEvent[]) {
    for (const event of before.slice(-REMEMBERED_EVENTS)) this.add(event)
  }

  add(event: LoggedEvent): void {
    const bytes = JSON.stringify(event).length
    this.events.push(event)
    this.#bytes.push(bytes)
    this.#total += bytes
    if (this.events.length <= REMEMBERED_EVENTS && this.#total <= REMEMBERED_BYTES) return
    // A tenth at a time, so that not every event moves all others.
    const gone = Math.max(1, Math.ceil(this.events.length / 10))
    this.events.splice(0, gone)
    for (const each of this.#bytes.splice(0, gone)) this.#total -= each
  }
}

/** The longest path that a Unix socket can have on all systems. Bytes. */
const MOST_SOCKET_PATH = 103

function checkSocket(path: string): void {
  if (Buffer.byteLength(path) <= MOST_SOCKET_PATH) return
  throw new Error(
    `The path of the socket, ${path}, has ${Buffer.byteLength(path)} bytes, and a system takes ${MOST_SOCKET_PATH} of them. ` +
      `Give a shorter one as KSI_SOCKET_PATH, or a shorter LONGHAUL_HOME.`,
  )
}

/** Makes a file, if there is none, that its owner alone may read and write. Where that cannot be done, who opens it says why. */
function makeForOwnerOnly(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
  } catch {
    // Said by who opens it.
  }
}
