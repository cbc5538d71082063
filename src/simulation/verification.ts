import {
  checkSettings,
  findViolations,
  InvariantError,
  joinChecks,
  type CheckName,
  type CheckSettings,
  type CheckTuning,
  type Violation,
} from '../checks/index.ts'
import { formatDuration, type Clock, type TimeMode } from '../clock/index.ts'
import { realTurn } from '../doors/index.ts'
import type { NetworkMount } from '../mount/index.ts'
import type { Provider } from '../provider/index.ts'
import type { Trace } from '../trace/index.ts'
import { leftBy } from './left-calls.ts'
import { awaitLeftovers } from './leftovers.ts'
import type { Owners } from './owners.ts'

/** How exact times are that the wall clock rules. Real milliseconds. */
const SLACK_MS = 50

/** Findings that are told beside what a test failed with. */
const MAX_HINTS = 3

/** What checks have found, where it may be why something else failed. */
function violationsHint(violations: readonly Violation[]): string {
  // That it is stuck is what the error says.
  const others = violations.filter(({ check }) => check !== 'deadlock').slice(0, MAX_HINTS)
  const lines = others.map(({ check, at, what }) => `\n  ${check}, at ${formatDuration(at)}: ${what}`)
  return lines.length === 0 ? '' : `Violations that checks found, which may be the cause:${lines.join('')}`
}

const slackOf = (mode: TimeMode): number =>
  mode.kind === 'virtual' ? 0 : SLACK_MS * (mode.kind === 'scaled' ? mode.factor : 1)

/** What a verification reads. */
interface Verified {
  clock: Clock
  trace: Trace
  provider: Provider
  network: NetworkMount
  owners: Owners
}

/** Verifies the invariants that every run should satisfy, for one test. */
export class Verification {
  /** What the checks found when they looked last. */
  violations: readonly Violation[] = []
  readonly #of: Verified
  readonly #checks: CheckSettings | false
  #waived: CheckSettings = {}
  /** Whether the test fails for the violations themselves. */
  #isTold = false

  constructor(of: Verified, checks: CheckSettings | false) {
    this.#of = of
    this.#checks = checks
  }

  /** @throws InvalidCheckError */
  waive<Name extends CheckName>(name: Name, tuned?: CheckTuning<Name>): void {
    const given: CheckSettings = { [name]: tuned ?? false }
    checkSettings(given)
    // A part is no more than the whole, which the file or the test may have waived before.
    if (joinChecks(this.#checks || {}, this.#waived)[name] !== false) this.#waived = joinChecks(this.#waived, given)
  }

  /**
   * Looks for leftovers, if all orchestrations have ended, and runs the checks.
   *
   * @throws InvariantError
   */
  async verify(): Promise<void> {
    if (this.#checks === false) return
    const { clock, trace, provider, network, owners } = this.#of
    const tuned = joinChecks(this.#checks, this.#waived)
    const slackMs = slackOf(clock.mode)
    const place = trace.length
    const isRun = trace.ofType('run.started').length > 0
    const ended = owners.underWay === 0 && isRun
    if (clock.mode.kind !== 'real' && (ended || !isRun)) {
      // What the test has begun, and not waited for, is on its way.
      await realTurn()
      const { orphans = {} } = tuned
      await awaitLeftovers(
        { clock, trace, provider },
        { slackMs, isMeant: !isRun || orphans === false, timeouts: orphans !== false && orphans.timeouts !== false },
      )
    }
    const left = leftBy(trace, place)
    if (left.length > 0) trace.append({ type: 'calls.leaked', calls: left })
    if (ended && clock.mode.kind !== 'real') {
      const everyMs = clock.intervals()
      if (everyMs.length > 0) trace.append({ type: 'timers.leaked', everyMs })
    }
    network.readChildren()
    this.violations = findViolations(trace, tuned, { slack: slackMs })
    if (this.violations.length === 0) return
    this.#isTold = true
    throw new InvariantError(this.violations)
  }

  /** What the checks find, as a hint at why the test failed for another reason; empty where they find nothing. */
  hint(): string {
    if (this.#isTold) return ''
    const { clock, trace } = this.#of
    if (this.#checks !== false)
      this.violations = findViolations(trace, joinChecks(this.#checks, this.#waived), { slack: slackOf(clock.mode) })
    return violationsHint(this.violations)
  }
}
