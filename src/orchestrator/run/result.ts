import type { StrategyFailure, Json } from '../../strategy/index.ts'
import type { ReportedCost } from '../money/reported-cost.ts'
import type { CacheSavings } from '../questions/cache/cache.ts'

/** The reason for the end of a run. */
export type EndReason =
  'returned' | 'timeout' | 'max_messages' | 'rounds' | 'event' | 'failed' | 'cancelled' | 'suspended'

/** The result of a run of the reference orchestrator. */
export interface OrchestrationResult {
  /** How the run ended. A suspended run can be resumed. */
  status: 'completed' | 'failed' | 'suspended'
  /** Why the run ended. */
  reason: EndReason
  /** The value of RETURN. */
  result: Json
  /** All variables at the end of the run. */
  variables: Readonly<Record<string, Json>>
  /** The failure that ended a failed run, otherwise null. */
  failure: StrategyFailure | null
  /** The cost of the run as the orchestrator computes it. Picodollars. */
  cost: ReportedCost & { byAgent: Readonly<Record<string, ReportedCost>> }
  /** Hits, misses and savings of the cache; null if the cache is off. */
  cache: CacheSavings | null
  /** The state of each circuit breaker, by model. */
  breakers: Readonly<Record<string, 'closed' | 'open' | 'half-open'>>
  /** The state of each agent at the end, by name. */
  agents: Readonly<Record<string, 'alive' | 'terminated' | 'given_up'>>
}

/** Kinds of failures that are the strategy's own. */
const OWN_FAULTS: readonly string[] = ['type', 'assertion', 'refused_request', 'runaway', 'error']

/** Thrown by `run` when a strategy fails. */
export class OrchestrationError extends Error {
  override readonly name = 'OrchestrationError'
  readonly code = 'LONGHAUL_ORCHESTRATION_FAILED'
  /** The failure that ended the run. */
  readonly failure: StrategyFailure
  /** The result of the run at its failure: variables, cost, agents. */
  readonly outcome: OrchestrationResult
  constructor(file: string, failure: StrategyFailure, outcome: OrchestrationResult) {
    // Where a service has failed, the line says enough.
    const column = OWN_FAULTS.includes(failure.kind) && failure.column !== undefined ? `:${failure.column}` : ''
    const where = failure.line > 0 ? `${file}:${failure.line}${column}` : file
    super(`${where}: ${failure.kind}: ${failure.message}`)
    this.failure = failure
    this.outcome = outcome
  }
}
