import { AsyncLocalStorage } from 'node:async_hooks'

/** What a run does, whatever it waits for, knows whose it is. */
const runs = new AsyncLocalStorage<string>()

/** Does work of a run: an error that nobody catches, in a timer of the work's own too, is that run's. */
export const onBehalfOf = <Result>(run: string, work: () => Result): Result => runs.run(run, work)

/** What becomes of an error that nobody has caught. */
export interface Guard {
  /** The run whose error it is ends with it. */
  fail(run: string, error: Error): void
  log(text: string): void
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/**
 * Keeps the process alive: an error that nobody catches ends the run that it comes from, and no other one. It is the
 * last resort behind requests, connections and runs, each of which has a place that catches.
 *
 * @returns ends it
 */
export function guardProcess({ fail, log }: Guard): () => void {
  const caught = (thrown: unknown): void => {
    const error = asError(thrown)
    const run = runs.getStore()
    log(`${run ?? 'daemon'} uncaught error: ${error.stack ?? error.message}`)
    if (run === undefined) return
    try {
      fail(run, error)
    } catch (second) {
      log(`${run}: the daemon could not end this orchestration: ${asError(second).message}`)
    }
  }
  process.on('uncaughtException', caught)
  process.on('unhandledRejection', caught)
  return () => {
    process.off('uncaughtException', caught)
    process.off('unhandledRejection', caught)
  }
}
