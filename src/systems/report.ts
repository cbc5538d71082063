import { parseDuration, type Duration } from '../clock/index.ts'
import { parseDollars, type Money } from '../money/index.ts'
import { openGather, type OpenGather, type Trace } from '../trace/index.ts'

/** Adds events to the trace that only the system under test knows. */
export interface Report {
  /**
   * Reports the start of a gather of answers `from` these agents. `timeout` is the time after which the system goes on
   * without the missing ones (default: none), and `atLeast` the number of answers that it needs (default: one of each
   * agent).
   */
  gather(name: string, options: { from: readonly string[]; timeout?: Duration; atLeast?: number }): OpenGather
  /** Reports that an agent started. */
  spawned(agent: string): void
  /** Reports that an agent was terminated, and why. */
  terminated(agent: string, reason: string): void
  /** Reports that a run was resumed; `uncertain` calls were in flight at its end, and may be repeated. */
  resumed(run: string, options?: { uncertain?: number }): void
  /**
   * Reports a new state of a circuit breaker. The check `breaker` judges the calls that follow: while the breaker is
   * `open`, each of them is a violation, so report `half-open` before the trial call, and `closed` after it.
   *
   * @param target what the breaker protects: the service (`openai`), the model (`gpt-4o`), the model of a service
   * (`openai/gpt-4o`), or the agent whose calls pass through it (`writer`). For another name the check judges no call
   * @example
   * ```ts
   * for (const [event, state] of [['open', 'open'], ['halfOpen', 'half-open'], ['close', 'closed']] as const)
   *   breaker.on(event, () => report.breaker('openai', state))
   * ```
   */
  breaker(target: string, state: 'closed' | 'open' | 'half-open'): void
  /**
   * Reports a cost in US dollars as the system computes it. The check `claims` compares the sum of each agent with what
   * the services bill. A number is rounded to 10⁻¹² dollars, which is finer than any price, because sums of numbers with
   * a point have errors.
   *
   * @example
   * ```ts
   * report.cost('planner', priceOf(response.usage), { model: response.model })
   * ```
   */
  cost(agent: string, dollars: Money, options?: { model?: string }): void
  /** Adds a note to the trace. `data` must be JSON. */
  note(text: string, data?: unknown): void
}

/** A report into a trace. */
/** What a sum of numbers with a point is meant to be, in picodollars: `0.1 + 0.2` has seventeen decimals. */
const exact = (dollars: Money): Money =>
  typeof dollars === 'number' && dollars >= 0 && Number.isFinite(dollars) ? BigInt(Math.round(dollars * 1e12)) : dollars

export const reportInto = (trace: Trace): Report => ({
  gather: (name, { from, timeout, atLeast = from.length }) =>
    openGather(trace, { name, from, atLeast, timeoutMs: timeout === undefined ? null : parseDuration(timeout) }),
  spawned: (agent) => void trace.append({ type: 'agent.spawned', agent }),
  terminated: (agent, reason) => void trace.append({ type: 'agent.terminated', agent, reason }),
  resumed: (run, { uncertain = 0 } = {}) => void trace.append({ type: 'run.resumed', run, uncertain }),
  breaker: (target, state) => void trace.append({ type: 'breaker.changed', target, state }),
  cost: (agent, dollars, { model = '' } = {}) =>
    void trace.append({
      type: 'cost.claimed',
      agent,
      model,
      known: Number(parseDollars(exact(dollars))),
      uncertain: 0,
    }),
  note: (text, data) => void trace.append({ type: 'note', text, ...(data !== undefined && { data }) }),
})
