import type { Trace } from '../../trace/index.ts'
import type { Costs } from '../money/costs.ts'
import type { ReportedUsage } from '../service/client.ts'
import { CompletionError } from '../service/failures.ts'
import type { Timekeeper } from '../service/time.ts'
import type { Completion, Policy } from './completion.ts'

const NO_USAGE: ReportedUsage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 }

interface AttemptTracingOptions {
  trace: Pick<Trace, 'append'>
  time: Timekeeper
  costs: Pick<Costs, 'costOf'>
}

/** Tells the trace of each call as it is made, and as it ends. */
export const tracingAttempts =
  ({ trace, time, costs }: AttemptTracingOptions): Policy =>
  (complete) =>
  async (question, signal) => {
    const { agent, target } = question
    const of = { agent, provider: target.provider, model: target.model }
    const began = time.now()
    const started = trace.append({ type: 'attempt.started', ...of })
    const ended = (how: { failure: string | null; message: string }, usage = NO_USAGE): void => {
      trace.append(
        {
          type: 'attempt.ended',
          ...of,
          tookMs: Math.max(0, time.now() - began),
          ...how,
          inputTokens: usage.input,
          cachedInputTokens: usage.cachedInput,
          outputTokens: usage.output,
          cost: Number(costs.costOf(target, usage)),
        },
        [started],
      )
    }
    let completion: Completion
    try {
      completion = await complete(question, signal)
    } catch (error) {
      ended({ failure: kindOf(error, signal), message: (error as Error).message })
      throw error
    }
    ended({ failure: null, message: '' }, completion.usage)
    return completion
  }

/** What a call that was broken off has failed with is why it was. */
function kindOf(error: unknown, { aborted, reason }: AbortSignal): string {
  const cause: unknown = aborted ? reason : error
  return cause instanceof CompletionError ? cause.kind : 'cancelled'
}
