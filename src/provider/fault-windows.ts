import { parseDuration, type Duration, type Milliseconds } from '../clock/index.ts'
import { applies, scopeOfToday, type CallScope, type CallSubject } from './call-scope.ts'
import { DEFAULT_MIX, type Fault, type FaultMix } from './faults/index.ts'
import { suggestion } from '../options/index.ts'
import { durationOf, factor, share } from './options/check.ts'
import { faultMix, faultName } from './options/config.ts'
import { InvalidProviderConfigError } from './options/invalid.ts'

/**
 * A window with its own faults, as `outage` and `brownout` return it. If several windows are open, their fail rates add
 * up, and their factors multiply.
 */
export interface FaultWindow extends CallScope {
  /** Start of the window, from the start of the run. */
  from: Duration
  /** Length of the window. Default: until the end of the run. */
  for?: Duration
  /** Repeats the window with this period, from start to start. Default: once. */
  every?: Duration
  /** Share of calls that fail, from 0 to 1. */
  failRate: number
  /** Relative weights of the faults. Default: mostly faults that clients retry, and sometimes a call that hangs. */
  mix?: FaultMix
  /** Factor applied to latencies. Default 1. */
  slow?: number
}

/** A window as calls are held against it. */
export interface ResolvedFaultWindow extends CallScope {
  fromMs: Milliseconds
  /** Infinity for one that never ends. */
  forMs: Milliseconds
  /** Repeats after so long. */
  everyMs: Milliseconds | undefined
  rate: number
  mix: FaultMix
  slowFactor: number
}

/** The times of a window in milliseconds, with its defaults. */
export function resolveWindow(window: FaultWindow): ResolvedFaultWindow {
  const {
    from,
    for: length = Number.POSITIVE_INFINITY,
    every,
    failRate,
    mix = DEFAULT_MIX,
    slow = 1,
    ...scope
  } = window
  return {
    ...scope,
    fromMs: parseDuration(from),
    forMs: parseDuration(length),
    everyMs: every === undefined ? undefined : parseDuration(every),
    rate: failRate,
    mix,
    slowFactor: slow,
  }
}

/** When a window is open, and for which calls. */
export interface WindowSpan extends CallScope {
  /** Start of the window, from the start of the run. */
  from: Duration
  /** Length of the window. Default: until the end of the run. */
  for?: Duration
  /** Repeats the window with this period, from start to start. Default: once. */
  every?: Duration
}

/** Options of `outage`: a window in which every call fails. */
export interface OutageOptions extends WindowSpan {
  /** The fault of every call. Default `'bad_gateway'`: status 502 with a page of HTML, as proxies send it. */
  fault?: Fault
}

/** Options of `brownout`: a window in which the service is slow, and a share of the calls fails. */
export interface BrownoutOptions extends WindowSpan {
  /** Share of calls that fail, from 0 to 1. Default 0.3. */
  failRate?: number
  /** Factor applied to latencies. Default 3. */
  slow?: number
  /** Relative weights of the faults. Default: mostly faults that clients retry, and sometimes a call that hangs. */
  mix?: FaultMix
}

const SPAN = ['from', 'for', 'every', 'agent', 'model', 'service']
/** Weights of faults have another name in windows than elsewhere. */
const WEIGHTS = ['faults', 'fault']

function spanOf(
  span: WindowSpan,
  where: string,
  more: readonly string[],
): Omit<FaultWindow, 'failRate' | 'mix' | 'slow'> {
  const { from, for: length, every, agent, model, service, ...unknown } = scopeOfToday(span)
  const [wrong] = Object.keys(unknown)
  if (wrong !== undefined) {
    const isMix = WEIGHTS.includes(wrong) && more.includes('mix')
    throw new InvalidProviderConfigError(
      `There is no option ${where}.${wrong}. ${isMix ? 'Here, its name is "mix".' : suggestion(wrong, [...SPAN, ...more])}`,
    )
  }
  return {
    from: durationOf(from, `${where}.from`),
    ...(length !== undefined && { for: durationOf(length, `${where}.for`) }),
    ...(every !== undefined && { every: durationOf(every, `${where}.every`) }),
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model }),
    ...(service !== undefined && { service }),
  }
}

/**
 * A window in which every call fails, by default as `bad_gateway` (502). Without `for`, the window lasts until the end
 * of the run.
 *
 * @throws InvalidProviderConfigError naming what cannot be
 * @example
 * ```ts
 * const provider = {
 *   windows: [
 *     outage({ from: '5m', for: '2m', service: 'openai' }),
 *     // The key expires after eight hours.
 *     outage({ from: '8h', fault: 'unauthorized' }),
 *   ],
 * }
 * ```
 */
export function outage({ fault = 'bad_gateway', ...span }: OutageOptions): FaultWindow {
  faultName(fault, 'outage.fault')
  return { ...spanOf(span, 'outage', ['fault']), failRate: 1, mix: { [fault]: 1 } }
}

/**
 * A window in which answers take `slow` times as long (default 3) and a share of the calls fails (default 0.3). Without
 * `for`, the window lasts until the end of the run.
 *
 * @throws InvalidProviderConfigError naming what cannot be
 * @example
 * ```ts
 * const provider = { windows: [brownout({ from: '5m', for: '10m', slow: 4, failRate: 0.1 })] }
 * ```
 */
export function brownout({ failRate = 0.3, slow = 3, mix = DEFAULT_MIX, ...span }: BrownoutOptions): FaultWindow {
  share(failRate, 'brownout.failRate')
  factor(slow, 'brownout.slow')
  faultMix(mix, 'brownout.mix')
  return { ...spanOf(span, 'brownout', ['failRate', 'slow', 'mix']), failRate, mix, slow }
}

/** When a window that is open ends; nothing where it is not open. Milliseconds since the start of the run. */
export function endOfWindow(
  { fromMs, forMs, everyMs }: ResolvedFaultWindow,
  at: Milliseconds,
): Milliseconds | undefined {
  if (at < fromMs) return undefined
  const into = everyMs ? (at - fromMs) % everyMs : at - fromMs
  return into < forMs ? at - into + forMs : undefined
}

/** Whether a window is open for a call that comes now. Milliseconds since the start of the run. */
export const windowApplies = (window: ResolvedFaultWindow, call: CallSubject, at: Milliseconds): boolean =>
  applies(window, call) && endOfWindow(window, at) !== undefined
