import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseTimeMode } from '../clock/index.ts'
import { daemonPaths, isAnswering, NoDaemonError, send } from '../daemon/index.ts'
import type { OrchestratorSettings } from '../orchestrator/index.ts'

const paths = daemonPaths(process.env)
const START_LIMIT_MS = 15_000
const STOP_LIMIT_MS = 30_000
/** The exit code of `status` for a daemon that does not run, as of init scripts. */
const NOT_RUNNING = 3

const say = (text: string): void => void process.stdout.write(`${text}\n`)

function settingsFrom(env: NodeJS.ProcessEnv): OrchestratorSettings {
  const key = (name: string): { apiKey?: string } => (env[name] === undefined ? {} : { apiKey: env[name] })
  return {
    services: {
      openai: {
        baseURL: env['OPENAI_BASE_URL'] ?? 'https://api.openai.com/v1',
        format: 'openai',
        ...key('OPENAI_API_KEY'),
      },
      anthropic: {
        baseURL: env['ANTHROPIC_BASE_URL'] ?? 'https://api.anthropic.com',
        format: 'anthropic',
        ...key('ANTHROPIC_API_KEY'),
      },
    },
  }
}

function numberFrom(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  if (!/^[1-9]\d{0,12}$/.test(text)) throw new Error(`${name} is "${text}". Give a whole number from 1 on.`)
  return Number(text)
}

/** Runs the daemon in this process until it is told to stop. */
async function run(): Promise<void> {
  const time = parseTimeMode(process.env['LONGHAUL_TIME'] ?? 'real')
  if (time.kind === 'virtual')
    throw new Error('LONGHAUL_TIME=virtual needs all in one process. Give real, or a factor such as 60x.')
  const { startDaemon } = await import('../daemon/server.ts')
  const daemon = await startDaemon(paths, {
    settings: settingsFrom(process.env),
    patterns: [],
    time,
    eventLog: {
      maxBytes: numberFrom(process.env, 'LONGHAUL_LOG_BYTES', 4 * 1024 * 1024),
      keep: numberFrom(process.env, 'LONGHAUL_LOG_KEEP', 5),
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void daemon.stop(signal))
  say(`longhaul daemon ${process.pid} answers at ${paths.socket}; ${daemon.recovered} orchestration(s) went on`)
  const { cutBytes, keptIn } = daemon.repaired
  if (keptIn !== undefined)
    say(`the event log ended in ${cutBytes} bytes that are no event; they are kept in ${keptIn}`)
  await daemon.stopped
}

async function start(): Promise<void> {
  if (await isAnswering(paths.socket)) throw new Error(`A daemon answers at ${paths.socket} already.`)
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 })
  const log = openSync(paths.log, 'a', 0o600)
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url))
  const child = spawn(process.execPath, [main, 'daemon', 'run'], { detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  let exited = false
  child.once('exit', () => (exited = true))
  const until = Date.now() + START_LIMIT_MS
  while (!(await isAnswering(paths.socket))) {
    if (exited || Date.now() > until) {
      const lines = readFileSync(paths.log, 'utf8').trim().split('\n').slice(-5).join('\n')
      throw new Error(`The daemon did not start. The end of ${paths.log}:\n${lines}`)
    }
    await sleep(30)
  }
  child.unref()
  say(`longhaul daemon ${child.pid} started; it answers at ${paths.socket}`)
}

async function stop(): Promise<void> {
  const { data } = await send(paths.socket, 'system:health', {})
  await send(paths.socket, 'system:shutdown', {})
  const pid = Number(data['pid'])
  const until = Date.now() + STOP_LIMIT_MS
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      break
    }
    if (Date.now() > until)
      throw new Error(`The daemon ${pid} still runs after ${STOP_LIMIT_MS / 1_000} s. Its log is ${paths.log}.`)
    await sleep(20)
  }
  say(`longhaul daemon ${pid} stopped`)
}

async function status(): Promise<void> {
  if (!(await isAnswering(paths.socket))) {
    say(`no longhaul daemon answers at ${paths.socket}`)
    process.exitCode = NOT_RUNNING
    return
  }
  const { data } = await send(paths.socket, 'system:health', {})
  say(`longhaul daemon ${String(data['pid'])} runs, ${String(data['orchestrations'])} orchestration(s) under way`)
}

async function health(): Promise<void> {
  const { data } = await send(paths.socket, 'system:health', {})
  say(JSON.stringify(data, null, 2))
  if (data['status'] !== 'healthy') process.exitCode = 1
}

async function restart(): Promise<void> {
  await stop().catch((error: unknown) => {
    if (!(error instanceof NoDaemonError)) throw error
  })
  await start()
}

const ACTIONS: Readonly<Record<string, () => Promise<void>>> = { run, start, stop, restart, status, health }

/** `longhaul daemon ACTION`. */
export async function daemon(given: readonly string[]): Promise<void> {
  const [action = ''] = given
  if (given.length !== 1 || !Object.hasOwn(ACTIONS, action))
    throw new Error(`longhaul daemon needs one of: ${Object.keys(ACTIONS).join(', ')}.`)
  await ACTIONS[action]!()
}
