import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createServer } from 'node:net'
import { startClock, type TimeMode } from '../clock/index.ts'
import type { OrchestratorSettings } from '../orchestrator/index.ts'
import { EventLog, RunStore, type EventLogOptions, type Repair } from '../store/index.ts'
import { isAnswering } from './client.ts'
import { Completions } from './completions.ts'
import { Connection } from './connection.ts'
import { HANDLERS, type LoggedEvent } from './handlers/index.ts'
import type { DaemonPaths } from './paths.ts'
import { Runs, type RunEvent } from './runs.ts'

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

/**
 * Starts the daemon in this process: orchestrations that are kept go on, and the socket answers.
 *
 * @throws DaemonRunningError, StoreError
 */
export async function startDaemon(
  paths: DaemonPaths,
  {
    settings,
    patterns,
    time = { kind: 'real' },
    eventLog = {},
  }: {
    settings: OrchestratorSettings
    patterns: readonly string[]
    time?: Exclude<TimeMode, { kind: 'virtual' }>
    eventLog?: EventLogOptions
  },
): Promise<Daemon> {
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 })
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 })
  if (existsSync(paths.socket)) {
    if (await isAnswering(paths.socket))
      throw new DaemonRunningError(`A daemon answers at ${paths.socket} already. Stop it with: longhaul daemon stop`)
    rmSync(paths.socket)
  }
  // What SQLite puts beside the file has the file's permissions.
  makeForOwnerOnly(paths.store)
  const store = new RunStore(paths.store)
  // Scaled time must not fall behind what the daemon before this one has kept.
  const clock =
    time.kind === 'scaled'
      ? startClock(time, { epoch: Math.max(Date.now(), store.list()[0]?.updatedAt ?? 0), tell: () => {} })
      : undefined
  const log = new EventLog(paths.events, eventLog)
  const events = ([...log.read()] as unknown as LoggedEvent[]).slice(-REMEMBERED_EVENTS)
  const connections = new Set<Connection>()
  const tell = (logged: LoggedEvent): void => {
    log.append(logged)
    events.push(logged)
    if (events.length > REMEMBERED_EVENTS) events.splice(0, REMEMBERED_EVENTS / 10)
    for (const connection of connections) connection.push(logged)
  }
  const onEvent = ({ run, correlationId, event }: RunEvent): void =>
    tell({
      event_name: event.type,
      timestamp: Date.now() / 1_000,
      orchestration_id: run,
      ...(correlationId !== null && { correlation_id: correlationId }),
      data: event,
    })
  const runs = new Runs({ store, settings, patterns, onEvent })
  const completions = new Completions({ store, runs, settings, tell })
  const done = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined
  const stop = (reason: string): Promise<void> => {
    stopping ??= (async () => {
      for (const connection of connections) {
        connection.send({ event: 'system:shutdown_notification', data: { reason, timestamp: Date.now() / 1_000 } })
        connection.close()
      }
      server.close()
      await completions.close()
      await runs.close()
      store.close()
      log.close()
      clock?.stop()
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
    events,
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
    clock?.stop()
    throw error
  }
  chmodSync(paths.socket, 0o600)
  writeFileSync(paths.pid, `${process.pid}\n`, { mode: 0o600 })
  const recovered = runs.recover()
  return { recovered, completions: completions.recover(), repaired: log.repaired, stopped: done.promise, stop }
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
