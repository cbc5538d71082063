import type { Duration, Milliseconds } from '../clock/index.ts'
import { DEFAULT_MIX, type Fault, type FaultMix } from './faults/index.ts'
import { noteFormerName, suggestion } from '../options/index.ts'
import { durationOf, factor, share } from './options/check.ts'
import { faultMix, faultName } from './options/config.ts'
import { InvalidProviderConfigError } from './options/invalid.ts'

/** Selects calls; a field that is left out selects all. */
export interface CallScope {
  /** Calls of this agent. */
  agent?: string
  /** Calls of this model. */
  model?: string
  /** Calls of this service. */
  service?: string
  /** @deprecated The former name of `service`. */
  provider?: string
}

/** What a call is of, as requests and events have it. */
export interface Subject {
  agent: string
  model: string
  /** The service. */
  provider: string
}

/** A span of time with its own faults. Where several are open their fail rates add up, and their factors multiply. */
export interface FaultWindow extends CallScope {
  fromMs: Milliseconds
  /** Infinity for one that never ends. */
  forMs: Milliseconds
  /** Repeats after so long. */
  everyMs: Milliseconds | undefined
  rate: number
  mix: FaultMix
  slowFactor: number
}

/** When a window is open, and for which calls. */
export interface WindowSpan extends CallScope {
  /** Start of the window, from the start of the run. */
  from: Duration
  /** Length of the window. */
  for: Duration
  /** Repeats the window with this period, from start to start. */
  every?: Duration
}

const NAMES = ['from', 'for', 'every', 'agent', 'model', 'service', 'fault', 'failRate', 'slow', 'mix']

function spanOf(
  {
    from,
    for: length,
    every,
    agent,
    model,
    provider,
    service = provider,
    ...unknown
  }: Omit<WindowSpan, 'for'> & { for?: Duration },
  where: string,
): Omit<FaultWindow, 'rate' | 'mix' | 'slowFactor'> {
  if (provider !== undefined) noteFormerName('provider', 'service')
  const [wrong] = Object.keys(unknown)
  if (wrong !== undefined)
    throw new InvalidProviderConfigError(`There is no option ${where}.${wrong}. ${suggestion(wrong, NAMES)}`)
  return {
    fromMs: durationOf(from, `${where}.from`),
    forMs: length === undefined ? Number.POSITIVE_INFINITY : durationOf(length, `${where}.for`),
    everyMs: every === undefined ? undefined : durationOf(every, `${where}.every`),
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model }),
    ...(service !== undefined && { service }),
  }
}

/**
 * A time in which every call fails, by default with a bad gateway. Without `for` it lasts until the end of the run.
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
export function outage({
  fault = 'bad_gateway',
  ...span
}: Omit<WindowSpan, 'for'> & { for?: Duration; fault?: Fault }): FaultWindow {
  faultName(fault, 'outage.fault')
  return { ...spanOf(span, 'outage'), rate: 1, mix: { [fault]: 1 }, slowFactor: 1 }
}

/**
 * A time in which answers take `slow` times as long (default 3) and a share of the calls fails (default 0.3).
 *
 * @throws InvalidProviderConfigError naming what cannot be
 * @example
 * ```ts
 * const provider = { windows: [brownout({ from: '5m', for: '10m', slow: 4, failRate: 0.1 })] }
 * ```
 */
export function brownout({
  failRate = 0.3,
  slow = 3,
  mix = DEFAULT_MIX,
  ...span
}: WindowSpan & { failRate?: number; slow?: number; mix?: FaultMix }): FaultWindow {
  share(failRate, 'brownout.failRate')
  factor(slow, 'brownout.slow')
  faultMix(mix, 'brownout.mix')
  return { ...spanOf(span, 'brownout'), rate: failRate, mix, slowFactor: slow }
}

/** Whether something is for a call. */
export const applies = (scope: CallScope, { agent, model, provider }: Subject): boolean =>
  (scope.agent === undefined || scope.agent === agent) &&
  (scope.model === undefined || scope.model === model) &&
  (scope.service === undefined || scope.service === provider)

/** When a window that is open ends; nothing where it is not open. Milliseconds since the start of the run. */
export function endOfWindow({ fromMs, forMs, everyMs }: FaultWindow, at: Milliseconds): Milliseconds | undefined {
  if (at < fromMs) return undefined
  const into = everyMs ? (at - fromMs) % everyMs : at - fromMs
  return into < forMs ? at - into + forMs : undefined
}

/** Whether a window is open for a call that comes now. Milliseconds since the start of the run. */
export const windowApplies = (window: FaultWindow, call: Subject, at: Milliseconds): boolean =>
  applies(window, call) && endOfWindow(window, at) !== undefined
