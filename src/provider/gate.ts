import { runInForce } from './callers.ts'

/** Holds back what a run sends while it is about to stop, so that its calls in progress are its last ones. */
export class Gate {
  readonly #closed = new Map<number, PromiseWithResolvers<void>>()

  /** Holds back the requests of a run until the returned function is called. */
  close(run: number): () => void {
    const opened = Promise.withResolvers<void>()
    this.#closed.set(run, opened)
    return () => {
      if (this.#closed.get(run) === opened) this.#closed.delete(run)
      opened.resolve()
    }
  }

  /** What the request in force has to wait for, if anything. One from another process may be of any run. */
  get wait(): Promise<void> | undefined {
    if (this.#closed.size === 0) return undefined
    const run = runInForce()
    if (run === null) return undefined
    const closed = run === undefined ? this.#closed.values().next().value : this.#closed.get(run)
    return closed?.promise
  }
}
