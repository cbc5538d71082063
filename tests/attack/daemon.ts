import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')
export const PATTERNS = resolve(import.meta.dirname, '../../fixtures/orchestrations')
/** How long a daemon may take to answer at all. Milliseconds. */
const START_MS = 30_000

export type Data = Readonly<Record<string, unknown>>

/** A daemon in a process of its own, with a folder of its own. */
export class DaemonProcess {
  readonly home = mkdtempSync(join(tmpdir(), 'longhaul-attack-'))
  readonly socket = join(this.home, 'var/run/daemon.sock')
  readonly flags: readonly string[]
  child: ChildProcess | undefined
  /** What it has said on its standard error. */
  said = ''

  constructor(flags: readonly string[] = []) {
    this.flags = flags
  }

  get env(): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = { ...process.env, LONGHAUL_HOME: this.home, NO_COLOR: '1' }
    for (const name of [
      'OPENAI_BASE_URL',
      'ANTHROPIC_BASE_URL',
      'LONGHAUL_TIME',
      'LONGHAUL_FAIL_RATE',
      'KSI_SOCKET_PATH',
    ])
      delete env[name]
    return env
  }

  get isAlive(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** Starts it. Says whether it answers: one that has said why it cannot run has ended. */
  async start(): Promise<boolean> {
    const given = ['daemon', 'run', '--latency', '5ms', '--patterns', PATTERNS, ...this.flags]
    const child = spawn(process.execPath, [MAIN, ...given], { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] })
    this.child = child
    this.said = ''
    child.stderr.on('data', (text) => (this.said += String(text)))
    const until = Date.now() + START_MS
    while (child.exitCode === null && child.signalCode === null) {
      if ((await this.ask('system:health').catch(() => undefined)) !== undefined) return true
      if (Date.now() > until) throw new Error(`The daemon did not answer within ${START_MS} ms. ${this.said}`)
      await sleep(20)
    }
    return false
  }

  /** Sends one request on a connection of its own. */
  async ask(event: string, data: object = {}): Promise<Data> {
    const client = connect(this.socket)
    await once(client, 'connect')
    client.write(`${JSON.stringify({ event, data, correlation_id: 'ask' })}\n`)
    try {
      for await (const line of createInterface(client)) {
        const answer = JSON.parse(line) as { correlation_id?: string; data: Data; error?: string }
        if (answer.correlation_id === 'ask') return answer.data
        if (answer.error !== undefined) throw new Error(answer.error)
      }
      throw new Error(`The daemon closed the connection without an answer to ${event}.`)
    } finally {
      client.destroy()
    }
  }

  connect(): Socket {
    const client = connect(this.socket)
    client.on('error', () => {})
    return client
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.isAlive) return
    const exited = once(this.child!, 'exit')
    this.child!.kill(signal)
    await exited
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.home, { recursive: true, force: true })
  }

  /** Resident memory. MB. */
  get rss(): number {
    return rssOf(this.child?.pid)
  }
}

/** Resident memory of a process, where the system tells. MB. */
export function rssOf(pid: number | undefined): number {
  try {
    const [, kB] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kB) / 1_024)
  } catch {
    return Number.NaN
  }
}
