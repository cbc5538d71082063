import type { Milliseconds } from '../clock/index.ts'

/** Thrown when the function of a test ends without awaiting the run that it started, so that longhaul cannot verify it. */
export class NotAwaitedError extends Error {
  override readonly name = 'NotAwaitedError'
  readonly code = 'LONGHAUL_NOT_AWAITED'

  /** @param call what the test called, such as `run()` */
  constructor(call: string) {
    super(
      `The test called ${call} and ended without awaiting the promise: later calls and assertions would have no effect on the test. Write \`await ${call}\`, or return its promise.`,
    )
  }
}

/** The promises that a test was given, and has to wait for. */
export class Given {
  readonly #open = new Map<Promise<unknown>, { call: string; at: Milliseconds }>()

  /** Keeps a promise in mind until it is settled. */
  keep<Value>(call: string, at: Milliseconds, promise: Promise<Value>): Promise<Value> {
    this.#open.set(promise, { call, at })
    const over = (): void => void this.#open.delete(promise)
    promise.then(over, over)
    return promise
  }

  /**
   * Verifies, when the function of a test has ended, that it waited. A test that lets time pass beside a promise, as in a race
   * with `sleep('1h')`, has seen something of it.
   *
   * @throws NotAwaitedError
   */
  verify(now: Milliseconds): void {
    for (const { call, at } of this.#open.values()) if (at === now) throw new NotAwaitedError(call)
  }
}
