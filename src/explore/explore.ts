import { openSession, type OrchestrationOptions, type Session } from '../simulation/session.ts'
import { joinSettings, settingsFromEnvironment, type SettingsInForce } from '../simulation/settings.ts'
import { applyCase } from './apply.ts'
import { encodeCase, type Case } from './case.ts'
import { Coverage } from './coverage.ts'
import { smallestFailure, type SmallestFailure } from './failure.ts'
import { casesOf, type SweepOptions } from './sweep.ts'

/** A case that failed. */
export interface ExploredFailure {
  case: Case
  error: unknown
  /** The smallest case that fails in the same way; the first failures only. */
  smallest: SmallestFailure | undefined
  /** Repeats the smallest case, or this one: a value of `LONGHAUL_REPLAY`. */
  replay: string
}

/** What a sweep without a test runner has found. */
export interface Exploration {
  cases: number
  failures: readonly ExploredFailure[]
  coverage: Coverage
}

/**
 * Runs an orchestration in many cases, outside of a test runner, and makes those that fail smaller. One after another, as there is one time in a
 * process. A case fails if the work throws, or if a check finds something.
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
  const settingsOf = (of: Case): SettingsInForce => joinSettings(options, environment, caseSettings(of))
  const first = joinSettings(options, environment).seed
  const cases = casesOf(sweep, { first, mix: options.provider?.faults })
  const coverage = new Coverage()
  const failures: ExploredFailure[] = []
  for (const of of cases) {
    const session = openSession(name, applyCase(options, of), settingsOf(of))
    let failed: { error: unknown } | undefined
    try {
      await session.supervise(() => work(session))
    } catch (error) {
      failed = { error }
    } finally {
      await session.close()
    }
    coverage.add(session.trace)
    if (!failed) continue
    const { shrinkMost = 3, shrinkMs = 10_000 } = sweep
    const smallest =
      failures.length < shrinkMost && settingsOf(of).time.kind === 'virtual'
        ? await smallestFailure({ name, options, of, session, settingsOf, work, budgetMs: shrinkMs, ...failed })
        : undefined
    failures.push({ case: of, ...failed, smallest, replay: encodeCase(smallest?.case ?? of) })
  }
  return { cases: cases.length, failures, coverage }
}

/** What a case says of the settings. */
export const caseSettings = ({ seed, failRate, latencyScale }: Case) => ({
  seed,
  ...(failRate !== undefined && { failRate }),
  ...(latencyScale !== undefined && { latencyScale }),
})
