import type { Milliseconds } from '../clock/index.ts'
import type { KeyedRandom } from '../random/index.ts'
import { BurstTimes, type Bursts } from './bursts.ts'
import { applies, type CallScope } from './call-scope.ts'
import { endOfWindow, type ResolvedFaultWindow } from './fault-windows.ts'
import type { Fault, FaultMix } from './faults/index.ts'

/** A fault of one call of an agent. */
export interface ScheduledFault {
  /** The agent whose call fails. */
  agent: string
  /** The number of the call among the calls of the agent, from 0. */
  nth: number
  /** The fault that the call gets. */
  fault: Fault
}

/** A call as the faults see it. */
export interface FaultSubject {
  agent: string
  model: string
  provider: string
  /** Number of the call among its agent's, from 0. */
  nth: number
  /** Milliseconds since the start of the run. */
  at: Milliseconds
}

/** Calls that a test lets fail by `failNext`. */
export interface FailingNext {
  count: number
  fault: Fault
  scope: CallScope
}

/** What has been decided for a call. */
export interface FaultDecision {
  fault: Fault | undefined
  /** Factor on the latency, of the windows that are open. */
  slowFactor: number
  /** When the window ends that has let the call fail; infinity for one without an end. */
  until?: Milliseconds
}

/** Settings of the faults, as numbers. */
export interface FaultSettings {
  rateOf(subject: FaultSubject): number
  mixOf(subject: FaultSubject): FaultMix
  windows: readonly ResolvedFaultWindow[]
  bursts: Bursts | undefined
  /** Exactly these calls fail, in place of those that chance would choose. */
  schedule: readonly ScheduledFault[] | undefined
}

/** The fault at a place in a mix. `u` in [0, 1). */
function pick(mix: FaultMix, u: number): Fault | undefined {
  const weighted = Object.entries(mix) as [Fault, number][]
  let place = u * weighted.reduce((sum, [, weight]) => sum + weight, 0)
  return weighted.find(([, weight]) => (place -= weight) < 0)?.[0]
}

/** Faults that are remembered, for reports. */
export const MAX_REMEMBERED = 10_000

const NO_WINDOWS: readonly ResolvedFaultWindow[] = []
const NO_FAULT: FaultDecision = { fault: undefined, slowFactor: 1 }

/** Decides which calls fail, and how: one keyed draw a call, and scripts that go before chance. */
export class FaultChance {
  readonly #settings: FaultSettings
  readonly #random: KeyedRandom
  readonly #scripts: (FailingNext & { left: number; isMet: boolean })[] = []
  readonly #bursts: BurstTimes | undefined
  readonly #schedule: ReadonlyMap<string, Fault> | undefined
  /** Calls that chance or the schedule has let fail, as far as they are remembered. */
  readonly injected: ScheduledFault[] = []

  constructor(settings: FaultSettings, random: KeyedRandom) {
    this.#settings = settings
    this.#random = random
    this.#bursts = settings.bursts && new BurstTimes(settings.bursts, random)
    this.#schedule =
      settings.schedule && new Map(settings.schedule.map(({ agent, nth, fault }) => [`${nth} ${agent}`, fault]))
  }

  /** The next `count` calls in the scope fail with `fault`. */
  failNext(count: number, fault: Fault, scope: CallScope = {}): void {
    if (count > 0) this.#scripts.push({ count, left: count, isMet: false, fault, scope })
  }

  /** What no call has met so far of what `failNext` asked for. */
  get unmet(): readonly FailingNext[] {
    return this.#scripts.filter(({ isMet }) => !isMet)
  }

  /** Faults of the schedule whose call has not come so far. */
  get unreached(): readonly ScheduledFault[] {
    const { schedule = [] } = this.#settings
    const happened = new Set(this.injected.map(({ agent, nth }) => `${nth} ${agent}`))
    return this.injected.length < MAX_REMEMBERED
      ? schedule.filter(({ agent, nth }) => !happened.has(`${nth} ${agent}`))
      : []
  }

  decide(subject: FaultSubject): FaultDecision {
    const windows = this.#openWindows(subject)
    const slowFactor = windows.reduce((factor, window) => factor * window.slowFactor, 1)
    const script = this.#script(subject)
    if (script) return { fault: script, slowFactor }
    const decided = this.#schedule
      ? { fault: this.#schedule.get(`${subject.nth} ${subject.agent}`), slowFactor }
      : this.#byChance(subject, windows, slowFactor)
    const { fault } = decided
    if (fault && this.injected.length < MAX_REMEMBERED)
      this.injected.push({ agent: subject.agent, nth: subject.nth, fault })
    return decided
  }

  #script(subject: FaultSubject): Fault | undefined {
    if (this.#scripts.length === 0) return undefined
    const script = this.#scripts.find(({ scope }) => applies(scope, subject))
    if (!script) return undefined
    script.isMet = true
    // Of calls without end, as many are left.
    script.left -= 1
    if (script.left === 0) this.#scripts.splice(this.#scripts.indexOf(script), 1)
    return script.fault
  }

  #openWindows(subject: FaultSubject): readonly ResolvedFaultWindow[] {
    const { windows } = this.#settings
    if (windows.length === 0) return NO_WINDOWS
    return windows.filter((each) => applies(each, subject) && endOfWindow(each, subject.at) !== undefined)
  }

  #byChance(subject: FaultSubject, windows: readonly ResolvedFaultWindow[], slowFactor: number): FaultDecision {
    const ordinary = this.#settings.rateOf(subject)
    const added = windows.reduce((sum, window) => sum + window.rate, 0)
    const rate = Math.max(Math.min(1, added), this.#bursts?.rateAt(subject.at) ?? 0, ordinary)
    if (rate <= 0) return slowFactor === 1 ? NO_FAULT : { fault: undefined, slowFactor }
    const u = this.#random.draw(`fault/${subject.agent}`, subject.nth)
    if (u >= rate) return { fault: undefined, slowFactor }
    if (added === 0 || Math.min(1, added) < rate)
      return { fault: pick(this.#settings.mixOf(subject), u / rate), slowFactor }
    // Each window fails its share of the calls, by its own mix.
    let place = (u / rate) * added
    const window =
      windows.length === 1
        ? windows[0]!
        : (windows.find((each) => (place -= each.rate) < 0) ?? windows.findLast((each) => each.rate > 0)!)
    const within = windows.length === 1 ? u / rate : (place + window.rate) / window.rate
    return { fault: pick(window.mix, within), slowFactor, until: endOfWindow(window, subject.at)! }
  }
}
