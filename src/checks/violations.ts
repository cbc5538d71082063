import { formatDuration, parseDuration, type Duration } from '../clock/index.ts'
import { noteFormerName } from '../options/index.ts'
import type { TraceEvent } from '../trace/index.ts'
import type { Check } from './check.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { Facts } from './facts.ts'
import { waiverText } from './waiver.ts'
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
  /** Settings of the check with which this would be no violation, such as `{ attempts: 12 }`. */
  tune?: Readonly<Record<string, number | string>>
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
    for (const { part, ...one } of find(facts, inForce)) {
      if (part !== undefined && inForce[part] === false) continue
      violations.push({ check: name, calls: [], why, advice, ...one, ...(part !== undefined && { part }) })
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
  return byCheck.map(([name, all]) => textOf(name, all)).join('\n\n')
}

function textOf(name: CheckName, all: readonly Violation[]): string {
  const shown = all.slice(0, MAX_SHOWN)
  const more = all.length > MAX_SHOWN ? [`  … and ${all.length - MAX_SHOWN} more`] : []
  const said = (of: 'why' | 'advice'): string => [...new Set(shown.map((violation) => violation[of]))].join(' ')
  return [
    `${name}: ${CHECKS[name].holds} The run violates this.`,
    ...shown.map(({ at, what }) => `  at ${formatDuration(at)}: ${what}`),
    ...more,
    `  Why it matters: ${said('why')}`,
    `  What to do: ${said('advice')}`,
    `  If this is intentional, ${waiverText(name, all)}`,
  ].join('\n')
}
