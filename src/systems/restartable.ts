import { runInForce } from '../provider/index.ts'
import { drained } from './drained.ts'
import type { System, SystemContext, Vars } from './system.ts'

/** Thrown when a system keeps running after its signal was aborted. */
export class SystemGoesOnError extends Error {
  override readonly name = 'SystemGoesOnError'
  readonly code = 'LONGHAUL_SYSTEM_GOES_ON'
}

/** The context that a restartable system gets at each start. */
export interface RestartableContext<Given extends Vars = Vars> extends Omit<SystemContext<Given>, 'control'> {
  /**
   * Aborted when the test kills or cancels the system, when the test ends, and when the test suspends the system: then
   * after its calls in progress have ended, unless the test cancels them.
   */
  signal: AbortSignal
  /** False at the first start, true when the system resumes from its saved state. */
  resumed: boolean
  /** The checkpoint from which the test resumes the system, if the test names one. */
  checkpoint: string | undefined
}

/** How long a system may take to end once its signal is aborted. Milliseconds on the clock in force. */
const GRACE_MS = 60_000

/** One life of a system, from a start to an end. */
interface Life<Result> {
  controller: AbortController
  /** Never rejects. */
  ended: Promise<{ result: Result } | { error: unknown }>
}

/** Resolves when a life has ended. @throws SystemGoesOnError */
async function endOf({ ended }: Life<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new SystemGoesOnError(
            `The system still runs ${GRACE_MS / 1_000} s after its signal was aborted, so longhaul cannot restart it. Pass the signal to ` +
              'everything that the system waits for: client calls ({ signal }), timers, gathers.',
          ),
        ),
      GRACE_MS,
    )
  })
  try {
    await Promise.race([ended, limit])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A system of your own that a test can suspend, kill and restart. longhaul calls the function again at each restart;
 * the function has to load the state that it saved before, from a file, a database or a queue. At the end of each life,
 * longhaul aborts `signal`, and ignores what the function returns or throws afterwards. `suspend()` lets the calls in
 * progress end first; a request that the function makes meanwhile waits, and the signal ends it.
 *
 * The process does not end: variables of modules keep their values, which a crash would lose. To lose them, call
 * `vi.resetModules()` in the function and load the program by `await import('./program.ts')`, or let a child process or
 * `daemonSystem` run it.
 *
 * @example
 * ```ts
 * describeOrchestration('a team with a memory', {
 *   system: restartable(async ({ signal, resumed }) => {
 *     const memory = resumed ? readMemory() : newMemory()
 *     return work(memory, { signal })
 *   }),
 * }, (test) => {
 *   test('goes on after a restart', async ({ start, sleep, expect }) => {
 *     const orchestration = await start()
 *     await sleep('10m')
 *     await orchestration.restart()
 *     expect(await orchestration.outcome()).toHaveCompleted()
 *   })
 * })
 * ```
 */
export function restartable<Result, Given extends Vars = Vars>(
  work: (context: RestartableContext<Given>) => Promise<Result>,
): System<Result, Given> {
  return async ({ control, ...context }) => {
    const { signal, provider, report } = context
    const begin = (resumed: boolean, checkpoint?: string): Life<Result> => {
      const controller = new AbortController()
      const own = AbortSignal.any([signal, controller.signal])
      const ended = (async () => work({ ...context, signal: own, resumed, checkpoint }))().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      )
      return { controller, ended }
    }
    let life = begin(false)
    let next: PromiseWithResolvers<void> | undefined
    let isOver = false
    let uncertain = 0
    const run = runInForce()
    const stop = async (how: string): Promise<void> => {
      if (isOver || next) return
      next = Promise.withResolvers()
      uncertain = provider.openCalls
      life.controller.abort(new DOMException(`The system was ${how} by the test.`, 'AbortError'))
      await endOf(life)
    }
    /** Lets calls in progress end, and no other begin, before the system stops. */
    const drain = async (): Promise<void> => {
      if (typeof run !== 'number' || isOver || next) return stop('suspended')
      const open = provider.gate.close(run)
      try {
        await Promise.race([drained(provider, run), life.ended])
        const stopped = stop('suspended')
        // Who heeds the signal has taken back by then what was held back; who does not is sent on, and seen.
        await provider.clock.sleep(0)
        open()
        await stopped
      } finally {
        open()
      }
    }
    control({
      suspend: ({ running = 'drain' } = {}) => (running === 'cancel' ? stop('suspended') : drain()),
      kill: () => stop('killed'),
      async resume({ checkpoint } = {}) {
        if (isOver || !next) return
        report.resumed('system', { uncertain })
        life = begin(true, checkpoint)
        const { resolve } = next
        next = undefined
        resolve()
      },
    })
    const cancelled = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
    for (;;) {
      const end = await life.ended
      // Who is stopped by the test gives no result: a process that was killed cannot.
      if (!next) {
        isOver = true
        if ('error' in end) throw end.error
        return end.result
      }
      await Promise.race([next.promise, cancelled])
      isOver = signal.aborted
      signal.throwIfAborted()
    }
  }
}
