import { spawn } from 'node:child_process'
import { closeSync, existsSync, lstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DaemonSilentError,
  daemonPaths,
  endOf,
  isAnswering,
  makeFolders,
  NoDaemonError,
  ownerOnly,
  send,
  type DaemonAnswer,
  type DaemonPaths,
  type Layout,
} from '../daemon/index.ts'
import type { Daemon } from '../daemon/server.ts'
import { suggestion } from '../options/index.ts'
import type { DaemonMetrics } from '../telemetry/daemon-metrics.ts'
import { readDaemonSetup } from './daemon-setup.ts'
import { DAEMON_FLAGS } from './daemon-table.ts'
import { UsageError, type Command, type Given } from './flags.ts'
import { uiAddress, uiPort } from './ui-port.ts'
import { METRICS_PORT_ADVICE } from './metrics-server.ts'
import { promClient } from './prom-client.ts'
import { refuseTaken } from './taken-port.ts'
import { version } from './version.ts'

const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 30_000
const TELL_EVERY_MS = 2_000
/** The exit code of `status` for a daemon that does not run, as of init scripts. */
const NOT_RUNNING = 3

/** How long a daemon may take to say how it does. Real milliseconds. */
const ANSWER_LIMIT_MS = 10_000
/** What is shown of a log. Bytes, and lines. */
const LOG_END = 16 * 1024
const LOG_LINES = 5

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const NO_PROM_CLIENT = 'metrics need the package prom-client. Run npm install prom-client, and restart the daemon.'

const LAYOUTS: readonly string[] = ['home', 'plan']

function pathsOf({ flags: { layout } }: Given): DaemonPaths {
  if (layout !== undefined && !LAYOUTS.includes(layout))
    throw new UsageError(`--layout is "${layout}". ${suggestion(layout, LAYOUTS)}`)
  return daemonPaths(process.env, layout as Layout | undefined)
}

/** What is served beside the daemon. */
interface Served {
  close(): void | Promise<void>
}

/** Serves the live page and the metrics, as far as they are asked for. What keeps one from it is no reason for a daemon to end. */
async function servedBeside(
  { flags }: Given,
  {
    paths,
    metrics,
    metricsPort,
  }: { paths: DaemonPaths; metrics: DaemonMetrics | undefined; metricsPort?: number | undefined },
): Promise<Served[]> {
  const served: Served[] = []
  const begin = async (what: string, start: () => Promise<Served>): Promise<void> => {
    try {
      served.push(await start())
    } catch (error) {
      say(`${what} not served: ${(error as Error).message}`)
    }
  }
  if (flags['ui'] !== undefined)
    await begin('the live page is', async () =>
      (await import('./ui-server.ts')).startUi({ paths, port: uiPort(flags), metrics }),
    )
  if (metricsPort === undefined) return served
  if (!metrics) say(`metrics are not served: ${NO_PROM_CLIENT}`)
  else
    await begin('metrics are', async () => {
      const server = await (await import('./metrics-server.ts')).startMetrics(metrics, metricsPort)
      say(`longhaul daemon serves metrics at ${server.url}`)
      return server
    })
  return served
}

/** What is counted for Prometheus, where somebody may ask for it. */
async function metricsOf({ flags }: Given, port: number | undefined, daemon: () => Daemon | undefined) {
  if (flags['ui'] === undefined && port === undefined) return undefined
  const client = await promClient()
  if (!client) return undefined
  const { daemonMetrics } = await import('../telemetry/daemon-metrics.ts')
  return daemonMetrics(client, () => daemon()?.readings())
}

/** Runs the daemon in this process until it is told to stop. */
async function run(given: Given): Promise<void> {
  const paths = pathsOf(given)
  const setup = await readDaemonSetup(given, process.env)
  const { startDaemon } = await import('../daemon/server.ts')
  const { SimulatedServices } = await import('../systems/simulated-services.ts')
  const { simulated, metricsPort, ...options } = setup
  let daemon: Daemon | undefined
  const metrics = await metricsOf(given, metricsPort, () => daemon)
  daemon = await startDaemon(paths, {
    ...options,
    version: version(),
    watched: true,
    observer: metrics,
    simulate: simulated && ((clock) => new SimulatedServices({ ...simulated, clock })),
  })
  // What `restart` starts again. A file that is there may be open to others.
  rmSync(paths.flags, { force: true })
  writeFileSync(paths.flags, JSON.stringify(given.flags), { mode: 0o600 })
  // A terminal that is closed sends SIGHUP to what runs in it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void daemon.stop(signal))
  say(`longhaul daemon ${process.pid} answers at ${paths.socket}; ${daemon.recovered} orchestration(s) resumed`)
  const served = await servedBeside(given, { paths, metrics, metricsPort })
  const { cutBytes, keptIn } = daemon.repaired
  if (keptIn !== undefined)
    say(`the event log ended in ${cutBytes} bytes that are not an event; the daemon keeps them in ${keptIn}`)
  await daemon.stopped
  for (const each of served) await each.close()
}

/** The flags again, as a command line. */
const lineOf = ({ flags }: Given): string[] =>
  Object.entries(flags).map(([name, value]) =>
    DAEMON_FLAGS[name]!.value === undefined ? `--${name}` : `--${name}=${value}`,
  )

/** The process of the daemon that answers; nothing where none does, or not at once. */
async function pidOf(socket: string): Promise<number | undefined> {
  try {
    const { data } = await send(socket, 'system:health', {}, { withinMs: TELL_EVERY_MS })
    return Number(data['pid'])
  } catch {
    return undefined
  }
}

/** The last lines of a log. */
const lastLinesOf = (file: string): string => endOf(file, LOG_END).trim().split('\n').slice(-LOG_LINES).join('\n')

/**
 * Sends an event to a daemon that should answer soon.
 *
 * @throws NoDaemonError; DaemonSilentError with what to do
 */
async function requestFrom({ socket, pid }: DaemonPaths, event: string): Promise<DaemonAnswer> {
  try {
    return await send(socket, event, {}, { withinMs: ANSWER_LIMIT_MS })
  } catch (error) {
    if (!(error instanceof DaemonSilentError)) throw error
    const process = existsSync(pid) ? readFileSync(pid, 'utf8').trim() : undefined
    const how = process ? `kill -9 ${process} ends it, and the next daemon resumes the saved orchestrations.` : ''
    throw new DaemonSilentError(`${error.message} ${how}`.trim())
  }
}

async function start(given: Given, paths = pathsOf(given)): Promise<void> {
  if (await isAnswering(paths.socket)) throw new Error(`A daemon already answers at ${paths.socket}.`)
  if (lstatSync(paths.socket, { throwIfNoEntry: false })?.isSocket() === false)
    throw new Error(
      `${paths.socket} is not a socket. longhaul leaves the file unchanged. Set another path in KSI_SOCKET_PATH.`,
    )
  // What is wrong with the settings is said here, and not in a log.
  const { told, metricsPort } = await readDaemonSetup(given, process.env)
  if (metricsPort !== undefined && !(await promClient()))
    throw new Error(`--metrics-port serves metrics, and ${NO_PROM_CLIENT}`)
  if (given.flags['ui'] !== undefined) await refuseTaken(uiPort(given.flags), 'Set another port by --ui-port.')
  if (metricsPort !== undefined) await refuseTaken(metricsPort, METRICS_PORT_ADVICE)
  makeFolders(paths)
  ownerOnly(paths.log)
  const log = openSync(paths.log, 'a', 0o600)
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url))
  const child = spawn(process.execPath, [main, 'daemon', 'run', ...lineOf(given)], {
    detached: true,
    // Wherever its files were found, there they are for it too.
    env: { ...process.env, LONGHAUL_HOME: paths.home },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let exited = false
  child.once('exit', () => (exited = true))
  const began = performance.now()
  let toldAt = began
  for (;;) {
    const answering = await pidOf(paths.socket)
    if (answering === child.pid) break
    // Of two that were started at once, one has the files.
    if (exited && answering !== undefined)
      throw new Error(
        `A daemon (process ${answering}) was started by another command at the same time; the daemon of this command has ended.`,
      )
    if (exited || performance.now() - began > START_LIMIT_MS)
      throw new Error(`The daemon did not start. The end of ${paths.log}:\n${lastLinesOf(paths.log)}`)
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now()
      say(`longhaul daemon ${child.pid} is starting …`)
    }
    await sleep(30)
  }
  child.unref()
  say(`longhaul daemon ${child.pid} started; it answers at ${paths.socket}`)
  say(`LLM services: ${told}`)
  if (given.flags['ui'] !== undefined) say(`live page: ${uiAddress(uiPort(given.flags), paths)}`)
  if (metricsPort) say(`metrics: http://127.0.0.1:${metricsPort}/metrics`)
}

/**
 * Waits on a daemon: the last that it does is to remove its pid file, if that is where we look for it. A process that has ended and that nobody
 * has waited for yet is no daemon any more.
 */
function lifeOf(pid: number, file: string): () => boolean {
  const writtenHere = existsSync(file) && Number(readFileSync(file, 'utf8')) === pid
  return () => {
    if (writtenHere && !existsSync(file)) return false
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
}

async function stop(given: Given): Promise<void> {
  const paths = pathsOf(given)
  const { data } = await requestFrom(paths, 'system:health')
  const pid = Number(data['pid'])
  const isGoing = lifeOf(pid, paths.pid)
  await requestFrom(paths, 'system:shutdown')
  const until = performance.now() + STOP_LIMIT_MS
  let toldAt = performance.now()
  while (isGoing()) {
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now()
      say(`longhaul daemon ${pid} is stopping …`)
    }
    if (performance.now() > until)
      throw new Error(
        `The daemon ${pid} still runs ${STOP_LIMIT_MS / 1_000} s after it confirmed the stop. The log is ${paths.log}.`,
      )
    await sleep(20)
  }
  say(`longhaul daemon ${pid} stopped`)
}

async function status(given: Given): Promise<void> {
  const paths = pathsOf(given)
  const { socket } = paths
  if (!(await isAnswering(socket))) {
    say(`no longhaul daemon answers at ${socket}`)
    process.exitCode = NOT_RUNNING
    return
  }
  const { data } = await requestFrom(paths, 'system:health')
  say(
    `longhaul daemon ${String(data['pid'])} runs, ${String(data['orchestrations'])} orchestration(s) active, ${String(data['services'])} services`,
  )
}

async function health(given: Given): Promise<void> {
  const { data } = await requestFrom(pathsOf(given), 'system:health')
  say(JSON.stringify(data, null, 2))
  if (data['status'] !== 'healthy') process.exitCode = 1
}

/** What the daemon was last started with. */
function flagsBefore(file: string): Given['flags'] {
  try {
    const flags = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Given['flags']) : {}
    return Object.fromEntries(Object.entries(flags).filter(([name]) => Object.hasOwn(DAEMON_FLAGS, name)))
  } catch {
    return {}
  }
}

async function restart(given: Given): Promise<void> {
  const paths = pathsOf(given)
  await stop(given).catch((error: unknown) => {
    if (!(error instanceof NoDaemonError)) throw error
  })
  await start({ ...given, flags: { ...flagsBefore(paths.flags), ...given.flags } }, paths)
}

const ACTIONS: Readonly<Record<string, (given: Given) => Promise<void>>> = { start, stop, restart, status, health, run }
/** Actions that only look at the daemon. */
const LOOKING: readonly string[] = ['stop', 'status', 'health']

/** `longhaul daemon ACTION`. */
export const daemon: Command = {
  usage: `daemon ${Object.keys(ACTIONS).join(' | ')}`,
  about: `Runs orchestrations in a separate process, which persists them and resumes them after a restart. The daemon simulates LLM services in
that process, at no cost, unless --live, OPENAI_BASE_URL or ANTHROPIC_BASE_URL is set. restart keeps the flags of the last start; run
stays in the foreground. Files are in .longhaul (or LONGHAUL_HOME); longhaul.yaml may contain settings too.`,
  flags: DAEMON_FLAGS,
  async run(given) {
    const [action = '', ...more] = given.words
    const actions = Object.keys(ACTIONS)
    if (action !== '' && !Object.hasOwn(ACTIONS, action))
      throw new UsageError(`longhaul daemon has no action "${action}". ${suggestion(action, actions)}`)
    if (action === '' || more.length > 0) throw new UsageError(`longhaul daemon needs one of: ${actions.join(', ')}.`)
    const unread = LOOKING.includes(action) && Object.keys(given.flags).find((name) => name !== 'layout')
    if (unread)
      throw new UsageError(
        `longhaul daemon ${action} does not accept --${unread}. This option is for start, restart and run.`,
      )
    await ACTIONS[action]!(given)
  },
}
