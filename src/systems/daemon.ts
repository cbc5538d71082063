import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { native, ownFolder } from '../doors/index.ts'
import { daemonPaths, isAnswering, send } from '../daemon/index.ts'
import { startServer } from '../mount/index.ts'
import { loadPattern } from '../pattern/index.ts'
import { parseDollars } from '../money/index.ts'
import type { System } from './system.ts'

/** Thrown when the daemon refuses a request, or an orchestration of the daemon fails. */
export class DaemonOrchestrationError extends Error {
  override readonly name = 'DaemonOrchestrationError'
  readonly code = 'LONGHAUL_DAEMON_ORCHESTRATION'
}

/** The result of an orchestration in a daemon. */
export interface DaemonResult {
  /** The id of the orchestration in the daemon. */
  id: string
  /** The value of RETURN. */
  result: unknown
  /** Number of messages of the orchestration, as `message_count` of the daemon. */
  messages: number
  /** The cost as the daemon computes it. Picodollars. */
  cost: { known: bigint; uncertain: bigint }
}

/** Settings of the daemon under test. */
export interface DaemonSettings {
  /** The folder of its files, for inspection after the test. Default: a temporary folder. */
  home?: string
  /** Environment variables of the daemon, in addition to the variables of this process. */
  env?: Readonly<Record<string, string>>
  /** Flags of `longhaul daemon start`, such as `{ 'call-timeout': '2h', failover: 'claude-haiku-4-5' }`. */
  flags?: Readonly<Record<string, string>>
}

const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../cli/main.ts' : '../cli/main.js', import.meta.url),
)
const isGone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
/** Milliseconds on the clock in force between two looks at the orchestration. */
const LOOK_EVERY_MS = 5_000

/** How an orchestration of a daemon may have ended. */
const ENDED: ReadonlySet<unknown> = new Set(['completed', 'failed', 'terminated'])

/** How long a daemon may take to answer for the first time. Real milliseconds. */
const START_LIMIT_MS = 60_000

/** Waits on the clock in force. @throws the reason of the signal as soon as it is aborted */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done, reject) => {
    signal.throwIfAborted()
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      done()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })

/**
 * A pattern in a real daemon, which is a separate process, as a system under test. The simulated provider answers the
 * daemon over loopback HTTP. Needs scaled or real time: virtual time is limited to one process.
 *
 * @param pattern the path of a YAML file, or a name that is found
 * @throws DaemonOrchestrationError where the daemon refuses, or the orchestration fails
 * @example
 * ```ts
 * describeOrchestration('one after another', { system: daemonSystem('sequential_pattern'), time: '60x' }, (test) => {
 *   test('completes', async ({ run, expect }) => {
 *     expect(await run()).toHaveCompleted()
 *   })
 * })
 * ```
 */
export function daemonSystem(pattern: string, settings: DaemonSettings = {}): System<DaemonResult> {
  return async ({ vars, provider, signal, agentSignal, control, readyWhen }) => {
    const ready = Promise.withResolvers<void>()
    readyWhen(ready.promise)
    const { mode } = provider.clock
    if (mode.kind === 'virtual')
      throw new DaemonOrchestrationError(
        "A daemon runs in a separate process, which cannot use virtual time. Give time: '60x', or LONGHAUL_TIME=60x.",
      )
    const { sources } = loadPattern(pattern)
    const home = settings.home ?? ownFolder('system')
    const server = await startServer(provider)
    const env = {
      ...process.env,
      ...settings.env,
      LONGHAUL_HOME: home,
      KSI_SOCKET_PATH: undefined,
      LONGHAUL_TIME: mode.kind === 'scaled' ? `${mode.factor}x` : 'real',
      OPENAI_BASE_URL: server.baseURLs.openai,
      ANTHROPIC_BASE_URL: server.baseURLs.anthropic,
    }
    const flags = Object.entries(settings.flags ?? {}).map(([name, value]) => `--${name}=${value}`)
    const { socket } = daemonPaths({ LONGHAUL_HOME: home })
    let daemon: ChildProcess | undefined
    /** The orchestration has ended: a daemon that is started now would not know it. */
    let isOver = false
    // At once, wherever the work below stands: what is to come on a clock that has stopped does not come.
    signal.addEventListener('abort', () => void daemon?.kill('SIGKILL'), { once: true })
    const begin = async (): Promise<void> => {
      signal.throwIfAborted()
      const began = native.now()
      const started = (daemon = spawn(process.execPath, [MAIN, 'daemon', 'run', ...flags], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      }))
      while (!(await isAnswering(socket))) {
        if (isGone(started))
          throw new DaemonOrchestrationError(
            `The daemon exited with ${started.signalCode ?? `exit code ${started.exitCode}`} before its first answer.`,
          )
        if (native.now() - began > START_LIMIT_MS)
          throw new DaemonOrchestrationError(
            `The daemon did not answer at ${socket} within ${START_LIMIT_MS / 1_000} s.`,
          )
        await pause(LOOK_EVERY_MS / 10, signal)
      }
    }
    const end = async (): Promise<void> => {
      if (!daemon || isGone(daemon)) return
      const exited = once(daemon, 'exit')
      daemon.kill('SIGKILL')
      await exited
    }
    const request = async (event: string, data: object): Promise<Readonly<Record<string, unknown>>> => {
      const answer = await send(socket, event, data)
      const { error } = answer.data
      if (error !== undefined && answer.data['state'] === undefined)
        throw new DaemonOrchestrationError(`${event}: ${String(error)}`)
      return answer.data
    }
    try {
      await begin()
      const { orchestration_id: given, agents } = await request('orchestration:start', {
        pattern,
        pattern_files: sources,
        vars,
      })
      const id = String(given)
      const state = async (): Promise<unknown> =>
        (await request('orchestration:status', { orchestration_id: id }))['state']
      /** Does nothing after the end of the orchestration, which its outcome tells. */
      const untilItsEnd = async (work: () => Promise<void>): Promise<void> => {
        if (isOver) return
        try {
          await work()
        } catch (error) {
          if (!isOver && !ENDED.has(await state().catch(() => undefined))) throw error
        }
      }
      let down: Promise<unknown> = Promise.resolve()
      let kills = 0
      control({
        suspend: ({ running = 'drain' } = {}) =>
          untilItsEnd(async () => {
            await request('orchestration:suspend', { orchestration_id: id, cancel: running === 'cancel' })
          }),
        kill: async () => {
          if (isOver) return
          kills += 1
          const killed = end()
          down = killed.then(() => (isOver ? undefined : begin()))
          // Who waits for it is told of it.
          down.catch(() => {})
          return killed
        },
        resume: ({ checkpoint } = {}) =>
          untilItsEnd(async () => {
            await down
            // After a kill the next daemon has gone on by itself.
            if ((await state()) === 'suspended')
              await request('orchestration:resume', {
                orchestration_id: id,
                ...(checkpoint !== undefined && { checkpoint_id: checkpoint }),
              })
          }),
      })
      for (const agent of agents as string[])
        agentSignal(agent.slice(id.length + 1)).addEventListener(
          'abort',
          // The signal of all cancels the orchestration.
          () => signal.aborted || void request('agent:terminate', { agent_id: agent }).catch(() => {}),
          { once: true },
        )
      ready.resolve()
      for (;;) {
        await pause(LOOK_EVERY_MS, signal)
        await down
        signal.throwIfAborted()
        const killsBefore = kills
        let answer
        try {
          answer = await request('orchestration:status', { orchestration_id: id })
        } catch (error) {
          // The daemon was killed while it was asked: the next one answers.
          if (kills > killsBefore) continue
          throw error
        }
        const { state, result, error, message_count: messages } = answer
        if (state === 'completed') {
          const { known, uncertain } = await request('orchestration:cost_status', { orchestration_id: id })
          return {
            id,
            result,
            messages: Number(messages),
            cost: { known: parseDollars(String(known)), uncertain: parseDollars(String(uncertain)) },
          }
        }
        if (ENDED.has(state)) throw new DaemonOrchestrationError(`${id} is ${String(state)}: ${String(error)}`)
      }
    } finally {
      isOver = true
      await end()
      await server.close()
      if (settings.home === undefined) rmSync(home, { recursive: true, force: true })
    }
  }
}
