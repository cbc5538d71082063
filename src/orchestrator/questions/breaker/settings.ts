import { parseDuration, type Duration } from '../../../clock/index.ts'
import { noteFormerName } from '../../../options/index.ts'
import { InvalidOrchestratorSettingError } from '../../setting-error.ts'

/** When a circuit breaker opens, and for how long. */
export interface BreakerSettings {
  /** Opens after this many failures, each answer subtracting `failureRate / (1 - failureRate)` of them. Default 8. */
  failures?: number
  /**
   * The failure rate above which a service counts as down, from 0 to 1: one answer offsets `failureRate / (1 - failureRate)`
   * failures. 0 counts failures alone, 1 counts consecutive failures. Default 0.8: one answer offsets four failures.
   */
  failureRate?: number
  /** @deprecated The former name of `failureRate`. */
  share?: number
  /** Length of the window: older calls do not count. Default 5 m. */
  window?: Duration
  /** How long the breaker stays open before it lets one trial call through. Default 5 m. */
  openFor?: Duration
}

/** The settings of a breaker in force. */
export interface ResolvedBreakerSettings {
  failures: number
  failureRate: number
  windowMs: number
  openMs: number
}

/**
 * Fills in defaults.
 *
 * Eight in a row: at a fail rate of 0.2 that happens once in 400,000 calls, and an outage is known within ten.
 *
 * @throws InvalidOrchestratorSettingError
 */
export function resolveBreakerSettings({
  failures = 8,
  share,
  failureRate = share ?? 0.8,
  window = '5m',
  openFor = '5m',
}: BreakerSettings = {}): ResolvedBreakerSettings {
  if (share !== undefined) noteFormerName('breaker.share', 'breaker.failureRate')
  if (!(failures >= 1))
    throw new InvalidOrchestratorSettingError('breaker.failures', failures, 'a number of at least 1')
  if (!(failureRate >= 0 && failureRate <= 1))
    throw new InvalidOrchestratorSettingError('breaker.failureRate', failureRate, 'a number from 0 to 1')
  return { failures, failureRate, windowMs: parseDuration(window), openMs: parseDuration(openFor) }
}
