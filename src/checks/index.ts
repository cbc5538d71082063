import { formatDuration } from '../clock/index.ts'
import type { TraceEvent } from '../trace/index.ts'
import { amplification } from './amplification.ts'
import { backoff } from './backoff.ts'
import { breaker } from './breaker.ts'
import { budget } from './budget.ts'
import { cancellation } from './cancellation.ts'
import type { Check } from './check.ts'
import { claims } from './claims.ts'
import { conversations } from './conversations.ts'
import { deadlines } from './deadlines.ts'
import { deadlock } from './deadlock.ts'
import { Facts } from './facts.ts'
import { isolation } from './isolation.ts'
import { orphans } from './orphans.ts'
import { paidTwice } from './paid-twice.ts'
import { results } from './results.ts'
import { retryAfter } from './retry-after.ts'
import { runaway } from './runaway.ts'
import { sequential } from './sequential.ts'
import { timeouts } from './timeouts.ts'
import { trace } from './trace.ts'
import { unsimulated } from './unsimulated.ts'

/** All checks, by the name by which they are tuned and waived. */
export const CHECKS = {
  amplification,
  backoff,
  breaker,
  budget,
  cancellation,
  claims,
  conversations,
  deadlines,
  deadlock,
  isolation,
  orphans,
  'paid-twice': paidTwice,
  results,
  'retry-after': retryAfter,
  runaway,
  sequential,
  timeouts,
  trace,
  unsimulated,
} as const satisfies Readonly<Record<string, { settings: object }>>

/** The name of a check. */
export type CheckName = keyof typeof CHECKS

/** Checks that are waived (`false`) or tuned, by name. */
export type CheckSettings = { readonly [Name in CheckName]?: false | Partial<(typeof CHECKS)[Name]['settings']> }

/** Something that does not hold in a run. */
export interface Violation {
  check: CheckName
  /** Milliseconds since the start of the run. */
  at: number
  /** What happened, to whom. */
  what: string
  /** The calls that it is about. */
  calls: readonly number[]
  why: string
  advice: string
}

/** Thrown for settings of a check that there is not. */
export class InvalidCheckError extends Error {
  override readonly name = 'InvalidCheckError'
  readonly code = 'LONGHAUL_INVALID_CHECK'
}

/** Of one check. */
const MOST_VIOLATIONS = 20

function checkNames(settings: CheckSettings): void {
  for (const [name, tuned] of Object.entries(settings)) {
    if (!Object.hasOwn(CHECKS, name))
      throw new InvalidCheckError(`There is no check "${name}". There are: ${Object.keys(CHECKS).join(', ')}.`)
    if (typeof tuned !== 'object') continue
    const known = Object.keys(CHECKS[name as CheckName].settings)
    const unknown = Object.keys(tuned).find((setting) => !known.includes(setting))
    if (unknown !== undefined)
      throw new InvalidCheckError(
        `The check "${name}" has no setting "${unknown}". ${known.length > 0 ? `There are: ${known.join(', ')}.` : 'It has none.'}`,
      )
  }
}

/**
 * Looks for what should hold in every run and does not.
 *
 * @param slackMs how exact the times of the trace are: 0 in virtual time
 * @throws InvalidCheckError
 * @example
 * ```ts
 * for (const { check, what } of findViolations(outcome.trace, { sequential: false })) console.log(check, what)
 * ```
 */
export function findViolations(
  events: Iterable<TraceEvent>,
  settings: CheckSettings = {},
  { slackMs = 0 }: { slackMs?: number } = {},
): Violation[] {
  checkNames(settings)
  const facts = new Facts(events, slackMs)
  const violations: Violation[] = []
  for (const name of Object.keys(CHECKS) as CheckName[]) {
    const tuned = settings[name]
    if (tuned === false) continue
    const { find, why, advice, settings: defaults } = CHECKS[name] as unknown as Check<object>
    let found = 0
    for (const { at, what, calls = [] } of find(facts, { ...defaults, ...tuned })) {
      violations.push({ check: name, at, what, calls, why, advice })
      found += 1
      if (found >= MOST_VIOLATIONS) break
    }
  }
  return violations.toSorted((a, b) => a.at - b.at)
}

/** Thrown for a run in which something does not hold. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
  readonly code = 'LONGHAUL_INVARIANT'
  readonly violations: readonly Violation[]
  constructor(violations: readonly Violation[]) {
    super(violationsText(violations))
    this.violations = violations
  }
}

const MOST_SHOWN = 3

/** Violations in plain words, by check. */
function violationsText(violations: readonly Violation[]): string {
  const byCheck = [...Map.groupBy(violations, ({ check }) => check)]
  const parts = byCheck.map(([name, all]) => {
    const { why, advice } = all[0]!
    const shown = all.slice(0, MOST_SHOWN).map(({ at, what }) => `  at ${formatDuration(at)}: ${what}`)
    const more = all.length > MOST_SHOWN ? [`  … and ${all.length - MOST_SHOWN} more`] : []
    return [
      `${name}: ${CHECKS[name].holds} This does not hold.`,
      ...shown,
      ...more,
      `  Why it matters: ${why}`,
      `  What to do: ${advice}`,
      `  Where it is meant: checks: { ${/^\w+$/.test(name) ? name : `'${name}'`}: false }`,
    ].join('\n')
  })
  return parts.join('\n\n')
}
