import type { RunnerTestCase } from 'vitest'
import type { Case, CaseRun, SmallestFailure } from '../explore/index.ts'
import type { Attempt } from './attempt.ts'
import { runOf } from './failure-context.ts'
import { Handover, type Step } from './handover.ts'
import { Reruns } from './rerun.ts'
import { isAborted, writeFailure, type Verdict } from './verdict.ts'

/** A search for the smallest case that fails in the same way. */
export type Search = Handover<Case, CaseRun, SmallestFailure>

/** What a test of a case has failed with. */
export interface FailedAttempt {
  attempt: Attempt<unknown>
  /** As Vitest writes them down; one at least. */
  errors: readonly unknown[]
}

/** As it was before the case was made smaller. */
interface Failure extends FailedAttempt {
  retryCount: number
  /** Tries that Vitest has written down before. */
  attempts: number
}

/** What is done for the tests of a case that fail. */
export interface Explainer {
  /** Begins to look for the smallest case, if it is worth it. */
  search(failed: FailedAttempt): Search | undefined
  /** What is told of a failure, with the smallest case if there is one. */
  told(failed: FailedAttempt, smallest: SmallestFailure | undefined): Promise<readonly unknown[]>
}

/**
 * One test of a case of a sweep. Vitest runs it as it is; where it fails, Vitest runs it again with smaller cases, as
 * if it were retried: whatever the test failed by the first time (its body, a hook, an assertion that was never made),
 * it can fail by again.
 */
export class SweptTest {
  readonly #reruns: Reruns
  readonly #task: RunnerTestCase
  #searching: { search: Search; failure: Failure; candidate: Case } | undefined

  /** @param task has not begun */
  constructor(task: RunnerTestCase) {
    this.#task = task
    this.#reruns = new Reruns(task)
  }

  /** It will not be run again. */
  over(): void {
    this.#reruns.over()
  }

  /** The case that the next run is made with, in place of its own. */
  get candidate(): Case | undefined {
    return this.#searching?.candidate
  }

  /** A run of the test is over. */
  async ended(attempt: Attempt<unknown>, verdict: Verdict, explainer: Explainer): Promise<void> {
    if (this.#searching) return this.#tried(attempt, verdict, explainer)
    if (verdict.kind !== 'failed') return this.#reruns.passed()
    const { errors } = verdict
    const { result } = this.#task
    const failure: Failure = {
      attempt,
      errors,
      retryCount: result?.retryCount ?? 0,
      attempts: result?.attempts?.length ?? 0,
    }
    const search = this.#reruns.isRetried(errors.at(-1)) ? undefined : explainer.search(failure)
    if (search) await this.#goOn(search.first(), { search, failure }, explainer)
    else writeFailure(attempt, await explainer.told(failure, undefined))
  }

  /** A run could not even be begun: a case that is no case shows nothing. */
  async notBegun(explainer: Explainer): Promise<void> {
    if (!this.#searching) return
    const { search, failure } = this.#searching
    await this.#goOn(search.next(runOf(failure.attempt, [])), { search, failure }, explainer)
  }

  async #tried(attempt: Attempt<unknown>, verdict: Verdict, explainer: Explainer): Promise<void> {
    const { search, failure } = this.#searching!
    if (isAborted(this.#task)) return this.#finish(failure, undefined, explainer)
    const errors = verdict.kind === 'failed' ? verdict.errors : []
    await this.#goOn(search.next(runOf(attempt, errors)), { search, failure }, explainer)
  }

  async #goOn(
    next: Promise<Step<Case, SmallestFailure>>,
    { search, failure }: { search: Search; failure: Failure },
    explainer: Explainer,
  ): Promise<void> {
    let step: Step<Case, SmallestFailure>
    try {
      step = await next
    } catch (error) {
      process.stderr.write(
        `longhaul could not shrink the failure of the test "${failure.attempt.name}": ${String(error)}\n`,
      )
      return this.#finish(failure, undefined, explainer)
    }
    if (step.kind === 'found') return this.#finish(failure, step.found, explainer)
    this.#searching = { search, failure, candidate: step.candidate }
    // As far as Vitest knows, the test has failed as it did at first.
    writeFailure(failure.attempt, failure.errors)
    this.#reruns.want()
  }

  async #finish(failure: Failure, smallest: SmallestFailure | undefined, explainer: Explainer): Promise<void> {
    this.#searching = undefined
    const errors = await explainer.told(failure, smallest)
    writeFailure(failure.attempt, errors)
    const { result } = this.#task
    if (!result) return
    result.retryCount = failure.retryCount
    const { attempts } = result
    if (!attempts) return
    // Reporters show the errors of each try. Those of this one are told; the one that Vitest is about to write down was of a search.
    attempts.splice(failure.attempts, attempts.length, {
      state: 'fail',
      errors: errors as NonNullable<typeof result.errors>,
      duration: 0,
      startTime: result.startTime ?? 0,
      retryIndex: failure.retryCount,
      repeatIndex: result.repeatCount ?? 0,
    })
    withoutNext(attempts)
  }
}

/** Lets the next thing that is put into a list fall through. */
function withoutNext(list: unknown[]): void {
  Object.defineProperty(list, 'push', {
    configurable: true,
    value: () => {
      delete (list as { push?: unknown }).push
      return list.length
    },
  })
}
