import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect } from 'vitest'

/** The program of the commands. */
export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')

/** Simulated services whose answers take milliseconds. */
export const FLAGS = ['--latency', '5ms', '--patterns', resolve(import.meta.dirname, '../../fixtures/orchestrations')]

/** How a program has ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs a program to its end. */
export function execute(program: string, given: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((done) => {
    execFile(program, given, { env: environment }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

/** The environment of commands whose files are in a folder of their own. */
export function environment(home: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LONGHAUL_HOME: home, NO_COLOR: '1' }
  for (const name of ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'LONGHAUL_TIME', 'LONGHAUL_FAIL_RATE']) delete env[name]
  return env
}

export type Data = Record<string, unknown>

/** A daemon as users start it, by the command, for the tests of a file: it runs before the first, and ends after the last. */
export function daemonOfCommands() {
  const home = mkdtempSync(join(tmpdir(), 'longhaul-daemon-'))
  const socket = join(home, 'var/run/daemon.sock')
  const env = environment(home)

  /** Runs a command as a user does. */
  const longhaul = (...given: string[]): Promise<Ended> => execute(process.execPath, [MAIN, ...given], env)

  /** Sends requests on one connection and gives their answers. */
  async function talk(
    ...requests: (object | string)[]
  ): Promise<{ data: Data; correlation_id: unknown; error?: string }[]> {
    const client = connect(socket)
    await once(client, 'connect')
    for (const request of requests) client.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
    const answers: { data: Data; correlation_id: unknown }[] = []
    for await (const line of createInterface(client)) {
      answers.push(JSON.parse(line) as { data: Data; correlation_id: unknown })
      if (answers.length === requests.length) break
    }
    client.destroy()
    return answers
  }

  const ask = async (event: string, data: object = {}): Promise<Data> => (await talk({ event, data }))[0]!.data

  beforeAll(async () => {
    expect(await longhaul('daemon', 'start', ...FLAGS)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('simulated in the process of the daemon, at no cost') as string,
    })
  }, 60_000)

  afterAll(async () => {
    await longhaul('daemon', 'stop')
    rmSync(home, { recursive: true })
  }, 60_000)

  return {
    home,
    socket,
    env,
    store: join(home, 'var/state/ksi_state.db'),
    longhaul,
    talk,
    ask,
    /** Asks until the answer is as it should be. */
    async until(event: string, data: object, fits: (answer: Data) => boolean): Promise<Data> {
      for (;;) {
        const answer = await ask(event, data)
        if (fits(answer)) return answer
      }
    },
    pid: (): number => Number(readFileSync(join(home, 'var/run/ksi_daemon.pid'), 'utf8')),
    /** Starts an orchestration of three agents, and gives its id. */
    start: async (vars: object): Promise<string> =>
      String((await ask('orchestration:start', { pattern: 'session_recovery', vars }))['orchestration_id']),
  }
}
