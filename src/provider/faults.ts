import { parseDuration, type Duration, type Milliseconds } from '../clock/index.ts'
import type { KeyedRandom } from '../random/index.ts'

/**
 * What can go wrong with a call, and at which share of its latency it shows.
 * `billed` faults are those in which the model has worked.
 */
export const FAULTS = {
  /** 429: too many requests. */
  rate_limited: { at: 0.02, billed: false },
  /** 529 at Anthropic, 503 at OpenAI. */
  overloaded: { at: 0.05, billed: false },
  /** 500. */
  server_error: { at: 0.5, billed: false },
  /** 502 with a page of HTML, as proxies send. */
  bad_gateway: { at: 0.3, billed: false },
  /** No answer, ever. */
  hang: { at: Number.POSITIVE_INFINITY, billed: false },
  /** The connection is reset before an answer. */
  reset: { at: 0.3, billed: false },
  /** The connection is reset in the middle of the answer. */
  reset_midway: { at: 1, billed: true },
  /** The answer ends early, and the connection is closed in good order. */
  truncated: { at: 1, billed: true },
  /** The answer is not JSON. */
  malformed_json: { at: 1, billed: true },
  /** The answer is fine and says nothing. */
  empty: { at: 1, billed: true },
  /** The model declines. */
  refusal: { at: 1, billed: true },
  /** The answer takes `slowFactor` times as long. */
  slow: { at: 1, billed: true },
} as const satisfies Record<string, { at: number; billed: boolean }>

/** The name of something that can go wrong with a call. */
export type Fault = keyof typeof FAULTS

/** All that can go wrong. */
export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[]

/** A call that fails: the `nth` of its agent, from 0. */
export interface ScheduledFault {
  agent: string
  nth: number
  fault: Fault
}

/** Relative weights of faults. */
export type FaultMix = Partial<Readonly<Record<Fault, number>>>

/** The mix for a fail rate given alone: what every client is expected to retry, and now and then a call that hangs. */
export const DEFAULT_MIX: FaultMix = {
  rate_limited: 6,
  overloaded: 6,
  server_error: 4,
  bad_gateway: 2,
  reset: 3,
  hang: 1,
}

/** Which calls something is for; what is left out is any. */
export interface Scope {
  agent?: string
  model?: string
  provider?: string
}

/** A span of time with its own faults. Where several are open their fail rates add up, and their factors multiply. */
export interface FaultWindow extends Scope {
  fromMs: Milliseconds
  forMs: Milliseconds
  /** Repeats after so long. */
  everyMs: Milliseconds | undefined
  rate: number
  mix: FaultMix
  slowFactor: number
}

interface Span extends Scope {
  /** When it begins, after the start of the run. */
  from: Duration
  /** How long it lasts. */
  for: Duration
  /** Comes again after so long, from one beginning to the next. */
  every?: Duration
}

function spanOf({
  from,
  for: length,
  every,
  agent,
  model,
  provider,
}: Span): Omit<FaultWindow, 'rate' | 'mix' | 'slowFactor'> {
  return {
    fromMs: parseDuration(from),
    forMs: parseDuration(length),
    everyMs: every === undefined ? undefined : parseDuration(every),
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
  }
}

/**
 * A time in which every call fails, by default with a bad gateway.
 *
 * @example
 * ```ts
 * const provider = { windows: [outage({ from: '5m', for: '2m', provider: 'openai' })] }
 * ```
 */
export const outage = (span: Span & { fault?: Fault }): FaultWindow => ({
  ...spanOf(span),
  rate: 1,
  mix: { [span.fault ?? 'bad_gateway']: 1 },
  slowFactor: 1,
})

/** A time in which answers take `slow` times as long (default 3) and a share of the calls fails (default 0.3). */
export const brownout = (span: Span & { failRate?: number; slow?: number; mix?: FaultMix }): FaultWindow => ({
  ...spanOf(span),
  rate: span.failRate ?? 0.3,
  mix: span.mix ?? DEFAULT_MIX,
  slowFactor: span.slow ?? 3,
})

/** Failures that come in bursts: an on/off Markov chain in continuous time, so both lengths are exponential. */
export interface Bursts {
  /** Mean length of a burst. */
  meanOn: Duration
  /** Mean length of the quiet between two. */
  meanOff: Duration
  /** Share of calls that fail in a burst. Default 0.9. */
  failRate?: number
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

/** What the faults have decided for a call. */
export interface FaultDecision {
  fault: Fault | undefined
  /** Factor on the latency. */
  slowFactor: number
}

/** Settings of the faults, as numbers. */
export interface FaultSettings {
  rateOf(subject: FaultSubject): number
  mixOf(subject: FaultSubject): FaultMix
  windows: readonly FaultWindow[]
  bursts: Bursts | undefined
  slowFactor: number
  /** Exactly these calls fail, in place of those that chance would choose. */
  schedule: readonly ScheduledFault[] | undefined
}

const applies = (scope: Scope, { agent, model, provider }: Scope): boolean =>
  (scope.agent === undefined || scope.agent === agent) &&
  (scope.model === undefined || scope.model === model) &&
  (scope.provider === undefined || scope.provider === provider)

function isOpen({ fromMs, forMs, everyMs }: FaultWindow, at: Milliseconds): boolean {
  if (at < fromMs) return false
  const into = everyMs ? (at - fromMs) % everyMs : at - fromMs
  return into < forMs
}

/** The fault at a place in a mix. `u` in [0, 1). */
function pick(mix: FaultMix, u: number): Fault | undefined {
  const weighted = Object.entries(mix) as [Fault, number][]
  let place = u * weighted.reduce((sum, [, weight]) => sum + weight, 0)
  return weighted.find(([, weight]) => (place -= weight) < 0)?.[0]
}

/** Faults that are remembered, for reports. */
export const MOST_REMEMBERED = 10_000

/** Decides which calls fail, and how: one keyed draw a call, and scripts that go before chance. */
export class Faults {
  readonly #settings: FaultSettings
  readonly #random: KeyedRandom
  readonly #scripts: { left: number; fault: Fault; scope: Scope }[] = []
  /** Times at which bursts begin and end, in turn, as far as they have been needed. */
  readonly #burstEdges: Milliseconds[] = []
  readonly #schedule: ReadonlyMap<string, Fault> | undefined
  /** Calls that chance or the schedule has let fail, as far as they are remembered. */
  readonly injected: ScheduledFault[] = []

  constructor(settings: FaultSettings, random: KeyedRandom) {
    this.#settings = settings
    this.#random = random
    this.#schedule =
      settings.schedule && new Map(settings.schedule.map(({ agent, nth, fault }) => [`${nth} ${agent}`, fault]))
  }

  /** The next `count` calls in the scope fail with `fault`. */
  failNext(count: number, fault: Fault, scope: Scope = {}): void {
    this.#scripts.push({ left: count, fault, scope })
  }

  decide(subject: FaultSubject): FaultDecision {
    const windows = this.#settings.windows.filter(
      (candidate) => applies(candidate, subject) && isOpen(candidate, subject.at),
    )
    const slowFactor = windows.reduce((factor, window) => factor * window.slowFactor, 1)
    const script = this.#scripts.find(({ left, scope }) => left > 0 && applies(scope, subject))
    if (script) {
      script.left -= 1
      return this.#decision(script.fault, slowFactor)
    }
    const fault = this.#schedule
      ? this.#schedule.get(`${subject.nth} ${subject.agent}`)
      : this.#byChance(subject, windows)
    if (fault && this.injected.length < MOST_REMEMBERED)
      this.injected.push({ agent: subject.agent, nth: subject.nth, fault })
    return this.#decision(fault, slowFactor)
  }

  #byChance(subject: FaultSubject, windows: readonly FaultWindow[]): Fault | undefined {
    const ordinary = this.#settings.rateOf(subject)
    const inBurst = this.#inBurst(subject.at) ? (this.#settings.bursts?.failRate ?? 0.9) : 0
    const added = windows.reduce((sum, { rate }) => sum + rate, 0)
    const rate = Math.max(Math.min(1, added), inBurst, ordinary)
    if (rate <= 0) return undefined
    const u = this.#random.draw(`fault/${subject.agent}`, subject.nth)
    if (u >= rate) return undefined
    if (added === 0 || Math.min(1, added) < rate) return pick(this.#settings.mixOf(subject), u / rate)
    // Each window fails its share of the calls, by its own mix.
    let place = (u / rate) * added
    const window = windows.find((each) => (place -= each.rate) < 0) ?? windows.findLast((each) => each.rate > 0)!
    return pick(window.mix, (place + window.rate) / window.rate)
  }

  #decision(fault: Fault | undefined, slowFactor: number): FaultDecision {
    return { fault, slowFactor: fault === 'slow' ? slowFactor * this.#settings.slowFactor : slowFactor }
  }

  #inBurst(at: Milliseconds): boolean {
    const { bursts } = this.#settings
    if (!bursts) return false
    const means = [parseDuration(bursts.meanOff), parseDuration(bursts.meanOn)] as const
    while ((this.#burstEdges.at(-1) ?? 0) <= at) {
      const nth = this.#burstEdges.length
      const length = -Math.log(1 - this.#random.draw('bursts', nth)) * means[nth % 2]!
      this.#burstEdges.push((this.#burstEdges.at(-1) ?? 0) + length)
    }
    return this.#burstEdges.findIndex((edge) => edge > at) % 2 === 1
  }
}
