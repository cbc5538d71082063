import { openSession, type Session } from '../simulation/session.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import { joinSettings, settingsFromEnvironment, type ResolvedRunSettings } from '../simulation/settings.ts'
import { applyCase } from './apply.ts'
import { encodeCase, type Case } from './case.ts'
import { Coverage } from './coverage.ts'
import { smallestFailure, type CaseRun, type SmallestFailure } from './failure.ts'
import { casesOf, maxShrunkOf, shrinkLimitOf, type SweepOptions } from './sweep.ts'
import { withText } from './with-text.ts'

/** A case that failed. */
export interface ExploredFailure {
  /** The case that failed. */
  case: Case
  /**
   * The error that the case threw, or an `InvariantError` with its violations. `replay` repeats the smallest case, whose
   * error is `smallest.error`.
   */
  error: unknown
  /** The smallest case that fails in the same way; only for the first failures. */
  smallest: SmallestFailure | undefined
  /** Replays the smallest case, or this case if there is none: a value of `LONGHAUL_REPLAY`. */
  replay: string
}

/** The result of a sweep without a test runner. */
export interface Exploration {
  /** Number of cases that were run. */
  cases: number
  /** The failed cases, in the order of the sweep. */
  failures: readonly ExploredFailure[]
  /** The conditions and events that the cases covered. */
  coverage: Coverage
}

/**
 * Runs an orchestration in many cases without a test runner, and shrinks the cases that fail. The cases run one after
 * another, because a process has only one time. A case fails if the work throws, or if a check finds a violation.
 *
 * @param work what is done in each case. Default: one run, to its end
 * @throws InvalidSweepError
 * @example
 * ```ts
 * const { failures } = await explore('three agents vote', { system, agents }, { seeds: 500, failRate: [0, 0.2, 0.5] })
 * ```
 */
export async function explore<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  sweep: SweepOptions,
  work: (session: Session<Result>) => unknown = (session) => session.run(),
): Promise<Exploration> {
  const environment = settingsFromEnvironment(process.env)
  const settingsOf = (of: Case): ResolvedRunSettings => joinSettings(options, environment, caseSettings(of))
  const { seed: first, failRate } = joinSettings(options, environment)
  const provider = { ...options.provider, ...(failRate !== undefined && { failRate }) }
  const cases = casesOf(sweep, { first, provider })
  const coverage = new Coverage()
  const failures: ExploredFailure[] = []
  const run = async (of: Case): Promise<CaseRun & Pick<Session, 'provider'>> => {
    const session = openSession(name, applyCase(options, of), settingsOf(of))
    const { trace, provider } = session
    const { epoch } = session.clock
    try {
      await session.supervise(() => work(session))
      return { errors: [], trace, provider, epoch }
    } catch (error) {
      return { errors: [withText(error, session.hints())], trace, provider, epoch }
    } finally {
      await session.close()
    }
  }
  for (const of of cases) {
    const failed = await run(of)
    coverage.add(failed.trace)
    const [error] = failed.errors
    if (failed.errors.length === 0) continue
    const smallest =
      failures.length < maxShrunkOf(sweep) && settingsOf(of).time.kind === 'virtual'
        ? await smallestFailure({
            name,
            options,
            of,
            failed,
            injected: failed.provider.injected,
            run,
            budgetMs: shrinkLimitOf(sweep),
          })
        : undefined
    failures.push({ case: of, error, smallest, replay: encodeCase(smallest?.case ?? { ...of, epoch: failed.epoch }) })
  }
  return { cases: cases.length, failures, coverage }
}

/** What a case says of the settings. */
export const caseSettings = ({ seed, failRate, latencyScale }: Case) => ({
  seed,
  ...(failRate !== undefined && { failRate }),
  ...(latencyScale !== undefined && { latencyScale }),
})
