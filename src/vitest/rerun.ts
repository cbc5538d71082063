import type { RunnerTestCase } from 'vitest'

type Retry = Exclude<RunnerTestCase['retry'], number | undefined>
type Condition = Retry['condition']

/** More than a test is ever run. */
const MOST = 1_000_000

const isMet = (condition: Condition, error: unknown): boolean => {
  if (condition === undefined) return true
  if (condition instanceof RegExp) return condition.test(String((error as { message?: unknown }).message ?? ''))
  return condition(error as Parameters<typeof condition>[0])
}

/**
 * Lets Vitest run a test again, as often as is wanted, by its own retries: with its hooks, fixtures and all by which it
 * may fail. Has to be made before the test begins.
 */
export class Reruns {
  readonly #own: Retry
  readonly #task: RunnerTestCase
  #failures = 0
  #isWanted = false
  #isExtra = false
  #decided: boolean | undefined

  constructor(task: RunnerTestCase) {
    this.#task = task
    const { retry = 0 } = task
    this.#own = typeof retry === 'number' ? { count: retry } : retry
    const { delay = 0 } = this.#own
    const delayMs = (): number => (this.#isExtra ? 0 : delay)
    task.retry = {
      count: (this.#own.count ?? 0) + MOST,
      get delay() {
        return delayMs()
      },
      condition: (error) => this.#again(error),
    }
  }

  /** The test is as it was declared. */
  over(): void {
    this.#task.retry = this.#own
  }

  /** Whether the test's own settings let it be run again after a failure. */
  isRetried(error: unknown): boolean {
    this.#decided ??= this.#failures < (this.#own.count ?? 0) && isMet(this.#own.condition, error)
    return this.#decided
  }

  /** The test has passed: what comes next is another repeat of it. */
  passed(): void {
    this.#failures = 0
    this.#decided = undefined
  }

  /** Asks for one more run of the test, which has to be failed. */
  want(): void {
    this.#isWanted = true
  }

  #again(error: unknown): boolean {
    this.#isExtra = this.#isWanted
    this.#isWanted = false
    if (this.#isExtra) return true
    const decided = this.isRetried(error)
    this.#decided = undefined
    this.#failures = decided ? this.#failures + 1 : 0
    return decided
  }
}
