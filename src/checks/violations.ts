import { formatDuration, parseDuration, type Duration } from '../clock/index.ts'
import { noteFormerName } from '../options/index.ts'
import type { TraceEvent } from '../trace/index.ts'
import type { Check } from './check.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { Facts } from './facts.ts'
import { checkSettings, settingsInForce, type CheckSettings } from './settings.ts'

/** A violation of an invariant by a run. */
export interface Violation {
  /** The name of the violated check. */
  check: CheckName
  /** Milliseconds since the start of the run. */
  at: number
  /** What happened, with the names of the agents and calls. */
  what: string
  /** The numbers of the calls that show the violation. */
  calls: readonly number[]
  /** The setting that waives violations of this kind only, for a check with several parts. */
  part?: string
  /** Why the invariant matters, as one sentence. */
  why: string
  /** How to fix the violation, as one sentence. */
  advice: string
}

/** Of one check. */
const MAX_VIOLATIONS = 20

/**
 * Runs the checks on a trace, and returns the violations of their invariants.
 *
 * @param slack how exact the times of the trace are: 0 in virtual time
 * @throws InvalidCheckError
 * @throws InvalidDurationError for another slack
 * @example
 * ```ts
 * for (const { check, what } of findViolations(outcome.trace, { sequential: false })) console.log(check, what)
 * ```
 */
export function findViolations(
  events: Iterable<TraceEvent>,
  settings: CheckSettings = {},
  {
    slackMs,
    slack = slackMs ?? 0,
  }: { slack?: Duration; /** @deprecated The former name of `slack`. */ slackMs?: number } = {},
): Violation[] {
  if (slackMs !== undefined) noteFormerName('slackMs', 'slack')
  checkSettings(settings)
  const facts = new Facts(events, parseDuration(slack))
  const violations: Violation[] = []
  for (const name of Object.keys(CHECKS) as CheckName[]) {
    const tuned = settings[name]
    if (tuned === false) continue
    const { find, why, advice } = CHECKS[name] as unknown as Check<Record<string, boolean>>
    const inForce = settingsInForce(name, tuned) as Record<string, boolean>
    let found = 0
    for (const { at, what, calls = [], part } of find(facts, inForce)) {
      if (part !== undefined && inForce[part] === false) continue
      violations.push({ check: name, at, what, calls, ...(part !== undefined && { part }), why, advice })
      found += 1
      if (found >= MAX_VIOLATIONS) break
    }
  }
  return violations.toSorted((a, b) => a.at - b.at)
}

/** Thrown when a run violates an invariant check. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
  readonly code = 'LONGHAUL_INVARIANT'
  /** All violations, in the order of time. */
  readonly violations: readonly Violation[]
  constructor(violations: readonly Violation[]) {
    super(violationsText(violations))
    this.violations = violations
  }
}

const MAX_SHOWN = 3

/** Violations in plain words, by check. */
function violationsText(violations: readonly Violation[]): string {
  const byCheck = [...Map.groupBy(violations, ({ check }) => check)]
  const parts = byCheck.map(([name, all]) => {
    const { why, advice } = all[0]!
    const shown = all.slice(0, MAX_SHOWN).map(({ at, what }) => `  at ${formatDuration(at)}: ${what}`)
    const parts = new Set(all.map(({ part }) => part))
    const [part] = parts
    const waived = parts.size > 1 || part === undefined ? 'false' : `{ ${part}: false }`
    const more = all.length > MAX_SHOWN ? [`  … and ${all.length - MAX_SHOWN} more`] : []
    return [
      `${name}: ${CHECKS[name].holds} The run violates this.`,
      ...shown,
      ...more,
      `  Why it matters: ${why}`,
      `  What to do: ${advice}`,
      `  If this is intentional, waive it: checks: { ${/^\w+$/.test(name) ? name : `'${name}'`}: ${waived} }`,
    ].join('\n')
  })
  return parts.join('\n\n')
}
