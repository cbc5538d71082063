import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { type Clock, startClock, steadyNow, type TimeMode } from '../clock/index.ts'
import { isRunning, native } from '../doors/index.ts'
import type { OrchestratorSettings } from '../orchestrator/index.ts'
import { EventLog, RunStore, StoreError, type EventLogOptions, type Repair } from '../store/index.ts'
import type { TraceEvent } from '../trace/index.ts'
import { Admission } from './admission.ts'
import { Completions } from './completions.ts'
import { HANDLERS } from './handlers/index.ts'
import type { LoggedEvent } from './logged-event.ts'
import { describeSettings } from './config.ts'
import { guardProcess } from './guard.ts'
import { DaemonLog, lastTimeIn } from './log.ts'
import { nowInSeconds } from './now.ts'
import { makeFolders, ownerOnly, type DaemonPaths } from './paths.ts'
import { Pushes, type Push } from './pushes.ts'
import { RecentEvents } from './recent-events.ts'
import { detailsOf } from './run-details.ts'
import { readingsOf, type Readings } from './readings.ts'
import { Runs, type Run, type RunEvent } from './runs.ts'
import { introduce } from './introduce.ts'
import type { Simulation } from './simulation.ts'
import { checkSocketPath, DaemonRunningError, listenAt } from './socket-file.ts'
import { bookClaim } from './spending.ts'
import { runThatStoodStill, watch } from './watchdog.ts'

/** How long what runs may take to stop, when the daemon does. Real milliseconds. */
const STOPPING_MS = 10_000

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
  /** How it stands. */
  readings(): Readings
}

/** Is told of what happens in a daemon. */
export interface DaemonObserver {
  /** @param run in which orchestration; null for what belongs to none */
  happened(run: string | null, event: TraceEvent): void
  /** An orchestration has stopped, and stands so. */
  stopped(run: string, status: Run['phase']): void
}

/** How a daemon is set up. */
export interface DaemonOptions {
  settings: OrchestratorSettings
  /** Folders in which patterns are looked for by name, before those that come with longhaul. */
  patterns: readonly string[]
  time?: Exclude<TimeMode, { kind: 'virtual' }>
  eventLog?: EventLogOptions
  /** The newest orchestrations that are over, and completions, of which all is kept. Default 10,000 each. */
  keep?: number
  /** Makes services that answer in this process; those that it does not make are asked as the settings say. */
  simulate?: ((clock: Clock) => Simulation) | undefined
  /** The version of the package, for `system:health`. */
  version?: string
  /** What else is in force, for `system:config`. */
  config?: object
  observer?: DaemonObserver | undefined
  /** Whether another thread watches that the daemon goes on, so that a run by which it does not is known afterwards. */
  watched?: boolean
}

/**
 * Starts the daemon in this process: orchestrations that are kept go on, and the socket answers.
 *
 * @throws DaemonRunningError, SocketPathError, StoreError
 */
export async function startDaemon(paths: DaemonPaths, options: DaemonOptions): Promise<Daemon> {
  checkSocketPath(paths.socket)
  makeFolders(paths)
  const problems = problemOfEmptyStore(paths)
  // What SQLite puts beside the file has the file's permissions.
  ownerOnly(paths.store)
  // Who has the store is the daemon: before that, nothing of another one is touched.
  const store = openStore(paths)
  const undo = [() => store.close()]
  try {
    return await begin(paths, options, store, { undo, problems })
  } catch (error) {
    for (const step of undo.toReversed()) step()
    throw error
  }
}

/** A daemon has run here, and nothing is left of what it kept: that is not begun anew without a word. */
function problemOfEmptyStore({ store, events }: DaemonPaths): string[] {
  const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (sizeOf(events) === 0 || sizeOf(store) > 0 || sizeOf(`${store}-wal`) > 0) return []
  return [`${store} is missing or empty, but ${events} is not: previously saved orchestrations are lost.`]
}

/** Opens the store, which one daemon at a time has. @throws DaemonRunningError, StoreError */
function openStore({ store, socket, pid }: DaemonPaths): RunStore {
  try {
    return new RunStore(store)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'LONGHAUL_STORE_IN_USE') throw error
    const found = pidIn(pid)
    // The file may be that of a daemon that died.
    const other = found !== undefined && isRunning(found) ? found : undefined
    throw new DaemonRunningError(
      `A daemon already answers at ${socket}${other === undefined ? '' : ` (process ${other})`} and uses ${store}. Stop that daemon with: longhaul daemon stop`,
    )
  }
}

async function begin(
  paths: DaemonPaths,
  {
    settings: given,
    patterns,
    time = { kind: 'real' },
    eventLog = {},
    keep,
    simulate,
    config = {},
    version,
    observer,
    watched,
  }: DaemonOptions,
  store: RunStore,
  { undo, problems }: { undo: (() => unknown)[]; problems: readonly string[] },
): Promise<Daemon> {
  // Scaled time must not fall behind what the daemon before this one has kept.
  const epoch = Math.max(Date.now(), store.list()[0]?.updatedAt ?? 0, lastTimeIn(paths.log))
  const clock = startClock(time, ...(time.kind === 'scaled' ? [{ epoch, tell: () => {} }] : []))
  undo.push(() => {
    // Said in the time of all other lines.
    if (stopping) lines.say(`daemon ${process.pid} has stopped`)
    clock.stop()
  })
  keepGoing(clock)
  const lines = new DaemonLog(paths.log)
  const log = new EventLog(paths.events, { ...eventLog, countIn: paths.eventCount })
  undo.push(() => log.close())
  const remembered = new RecentEvents()
  for (const event of log.read()) if (isLogged(event)) remembered.add(event)
  for (const problem of [...problems, ...store.problems, ...log.problems]) lines.say(`daemon ${problem}`)
  const tell = (logged: LoggedEvent): void => {
    clock.progress()
    log.append(logged)
    remembered.add(logged)
    for (const connection of admission.all) connection.push(logged)
  }
  const onEvent = ({ run, correlationId, event }: RunEvent): void => {
    if (event.type === 'cost.claimed') bookClaim(store, run, event)
    watchdog?.at(run)
    lines.event(run, event)
    observer?.happened(run, event)
    tell({
      event_name: event.type,
      timestamp: nowInSeconds(),
      orchestration_id: run,
      ...(correlationId !== null && { correlation_id: correlationId }),
      data: event,
    })
    const profileOf = (agent: string): string =>
      runs.running(run)?.live.orchestrator.team.find(agent).settings.profile ?? 'agent'
    for (const push of pushes.happened(run, event, profileOf)) say(push, run)
  }
  const watchdog = watched ? watch(paths.busyRun) : undefined
  undo.push(() => watchdog?.stop())
  const pushes = new Pushes()
  const say = ({ name, data }: Push, run: string | null): void =>
    tell({ event_name: name, timestamp: nowInSeconds(), orchestration_id: run, data })
  const onChange = (run: Run, change: 'started' | 'resumed' | 'stopped'): void => {
    const told =
      change === 'stopped'
        ? pushes.stopped(run, detailsOf(run, store).messages)
        : pushes.begun(run, { isNew: change === 'started' })
    if (change === 'stopped') observer?.stopped(run.id, run.phase)
    for (const push of told) say(push, run.id)
  }
  const simulation = simulate?.(clock)
  const settings = { ...given, services: { ...simulation?.services, ...given.services } }
  const runs = new Runs({
    store,
    settings,
    patterns,
    onEvent,
    onChange,
    simulation,
    say: (text) => lines.say(text),
    ...(keep !== undefined && { keep }),
  })
  if (simulation) introduce(simulation, runs)
  const onTrace = (event: TraceEvent): void => {
    lines.event(null, event)
    observer?.happened(null, event)
  }
  const completions = new Completions({ store, runs, settings, tell, onTrace })
  const done = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined
  const stop = (reason: string): Promise<void> => {
    stopping ??= (async () => {
      lines.say(`daemon ${process.pid} stops: ${reason}`)
      for (const connection of admission.all) {
        connection.send({ event: 'system:shutdown_notification', data: { reason, timestamp: nowInSeconds() } })
        connection.close()
      }
      server.close()
      // What does not end is left where it stands: all that counts of it is kept.
      const ended = await within(STOPPING_MS, Promise.allSettled([completions.close(), runs.close()]))
      if (!ended) lines.say(`daemon ${process.pid} stops without waiting for the running orchestrations`)
      rmSync(paths.socket, { force: true })
      for (const step of undo.toReversed()) {
        try {
          step()
        } catch (error) {
          lines.say(`daemon ${(error as Error).message}`)
        }
      }
      // The next daemon may have begun meanwhile, with a file of its own.
      if (pidIn(paths.pid) === process.pid) rmSync(paths.pid, { force: true })
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
    problems,
    simulates: simulation !== undefined,
    config: () => ({ ...config, ...describeSettings(settings), files: paths }),
    events: remembered.events,
    handlers: HANDLERS,
    startedAt: steadyNow(),
    version,
    shutdown: () => void stop('daemon_shutdown'),
  }
  const admission = new Admission({ ...context, say: (text) => lines.say(`daemon ${text}`) })
  const server = createServer((socket) => admission.admit(socket))
  // A connection that could not be taken, as where there are no file descriptors left, is no end.
  await listenAt(server, paths.socket)
  server.on('error', (error) => lines.say(`daemon could not accept a client: ${error.message}`))
  undo.push(
    guardProcess({ fail: (run, error) => runs.fail(run, error), log: (text) => lines.say(text) }),
    // Who starts next must not find a socket on which nobody listens.
    () => void server.close(),
  )
  rmSync(paths.pid, { force: true })
  writeFileSync(paths.pid, `${process.pid}\n`, { mode: 0o600 })
  lines.say(`daemon ${process.pid} answers at ${paths.socket}`)
  const recovered = runs.recover(runThatStoodStill(paths.busyRun))
  return {
    recovered,
    completions: completions.recover(),
    repaired: log.repaired,
    stopped: done.promise,
    stop,
    readings: () => readingsOf(context),
  }
}

/** Whether something ends in time. Real milliseconds. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<false>((resolve) => (timer = native.setTimeout(() => resolve(false), ms)))
  const ended = await Promise.race([work.then(() => true as const), limit])
  native.clearTimeout(timer)
  return ended
}

/** The process that a pid file names, if it can be read. */
function pidIn(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}

/** What another program has written into the log is no event of ours. */
const isLogged = (event: Readonly<Record<string, unknown>>): event is Record<string, unknown> & LoggedEvent =>
  typeof event['event_name'] === 'string' &&
  typeof event['timestamp'] === 'number' &&
  typeof event['data'] === 'object' &&
  event['data'] !== null

const HOUR_MS = 3_600_000

/** A clock takes timers that fire for a day without progress for a storm, and stands still. A daemon may wait for as long as it likes. */
function keepGoing(clock: Clock): void {
  clock.progress()
  clock.after(HOUR_MS, () => keepGoing(clock))
}
