import type { Milliseconds } from '../clock/index.ts'

/** Thrown when the function of a test ends without awaiting the run that it started, so that longhaul cannot verify it. */
export class NotAwaitedError extends Error {
  override readonly name = 'NotAwaitedError'
  readonly code = 'LONGHAUL_NOT_AWAITED'

  /** @param call what the test called, such as `run()` */
  constructor(call: string, text = textOf(call), options?: ErrorOptions) {
    super(text, options)
  }
}

const textOf = (call: string): string =>
  `The test called ${call} and ended without awaiting the promise: later calls and assertions would have no effect on the test. Write \`await ${call}\`, or return its promise.`

const IDLE =
  'The test called start() and ended before the orchestration did anything. Await `outcome()` of what `start()` returned, or `cancel()`.'

const failedText = (error: unknown): string =>
  `The test called start() and did not look at the outcome, and the orchestration failed: ${String(error)}. Await \`outcome()\` of what \`start()\` returned.`

/** A run that a test started, and of which it has used nothing yet. */
interface UnusedRun {
  at: Milliseconds
  ended?: { status: 'completed' | 'failed'; error?: unknown }
}

/** The promises that a test was given, and has to wait for. */
export class Given {
  readonly #open = new Map<Promise<unknown>, { call: string; at: Milliseconds }>()
  readonly #unused = new Set<UnusedRun>()

  /** Keeps a promise in mind until it is settled. */
  keep<Value>(call: string, at: Milliseconds, promise: Promise<Value>): Promise<Value> {
    this.#open.set(promise, { call, at })
    const over = (): void => void this.#open.delete(promise)
    promise.then(over, over)
    return promise
  }

  /**
   * Keeps a run in mind that a test started, until the test uses what it was given of it.
   *
   * @returns what says that the test used it
   */
  begin(at: Milliseconds, running: Promise<NonNullable<UnusedRun['ended']>>): () => void {
    const run: UnusedRun = { at }
    this.#unused.add(run)
    void running.then((ended) => (run.ended = ended))
    return () => void this.#unused.delete(run)
  }

  /**
   * Verifies, when the function of a test has ended, that it waited, and that no run failed of which it used nothing. A test that lets time pass beside a promise, as in a race
   * with `sleep('1h')`, has seen something of it.
   *
   * @throws NotAwaitedError
   */
  verify(now: Milliseconds): void {
    for (const { call, at } of this.#open.values()) if (at === now) throw new NotAwaitedError(call)
    for (const { at, ended } of this.#unused) {
      if (ended?.status === 'failed')
        throw new NotAwaitedError('start()', failedText(ended.error), { cause: ended.error })
      if (!ended && at === now) throw new NotAwaitedError('start()', IDLE)
    }
  }
}
