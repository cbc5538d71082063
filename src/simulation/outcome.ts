import type { Ledger } from '../provider/index.ts'
import { parseDuration, type Duration } from '../clock/index.ts'
import {
  agentsOf,
  callsOf,
  costOverTime,
  gathersOf,
  type AgentRecord,
  type CallRecord,
  type CostPoint,
  type GatherRecord,
  type Trace,
} from '../trace/index.ts'

/** How an orchestration ended, and what the provider and the trace know of it. */
export class Outcome<Result = unknown> {
  readonly status: 'completed' | 'failed'
  /** What the system returned. */
  readonly result: Result | undefined
  /** What the system threw. */
  readonly error: unknown
  /** From start to end, on the clock in force. Milliseconds. */
  readonly elapsedMs: number
  readonly trace: Trace
  /** What the provider bills. */
  readonly ledger: Ledger

  constructor(of: Pick<Outcome<Result>, 'status' | 'result' | 'error' | 'elapsedMs' | 'trace' | 'ledger'>) {
    this.status = of.status
    this.result = of.result
    this.error = of.error
    this.elapsedMs = of.elapsedMs
    this.trace = of.trace
    this.ledger = of.ledger
  }

  /** All calls, in the order of arrival. */
  get calls(): CallRecord[] {
    return callsOf(this.trace)
  }

  /** What each agent has asked of the services: calls, failures, retries, tokens, cost, latency. */
  get agents(): AgentRecord[] {
    return agentsOf(this.calls)
  }

  /** The bill as it grows: a point at the end of each span in which something was billed. */
  costOverTime(every: Duration): CostPoint[] {
    return costOverTime(this.calls, Math.max(1, parseDuration(every)))
  }

  /** All gathers, in the order of their start. */
  get gathers(): GatherRecord[] {
    return gathersOf(this.trace)
  }

  /**
   * The newest gather of a name.
   *
   * @throws Error naming the gathers that there were
   */
  gather(name: string): GatherRecord {
    const { gathers } = this
    const found = gathers.findLast((gather) => gather.name === name)
    if (found) return found
    const names = [...new Set(gathers.map((gather) => gather.name))]
    throw new Error(
      `There was no gather named "${name}". ${names.length > 0 ? `There were: ${names.join(', ')}.` : 'The system reported none: report.gather(name, …) does.'}`,
    )
  }
}
