import type { Trace } from '../../trace/index.ts'
import { pause } from '../service/deadline.ts'
import { CompletionError } from '../service/failures.ts'
import type { Timekeeper } from '../service/time.ts'
import type { Policy } from './completion.ts'

/** Asks a second time when the first has no answer for `hedgeAfterMs`; the first answer wins and ends the other. */
export const hedged =
  (
    { hedgeAfterMs }: { hedgeAfterMs: number },
    { trace, time }: { trace: Pick<Trace, 'append'>; time: Timekeeper },
  ): Policy =>
  (complete) => {
    if (!Number.isFinite(hedgeAfterMs)) return complete
    return async (question, signal) => {
      const race = new AbortController()
      const both = AbortSignal.any([signal, race.signal])
      const first = complete(question, both)
      let isHedged = false
      const second = pause(hedgeAfterMs, both, time).then(() => {
        isHedged = true
        trace.append({ type: 'call.hedged', agent: question.agent, target: question.target.name })
        return complete(question, both)
      })
      second.catch(() => {})
      // One that fails before that is no reason to wait for a second one.
      first.catch((error: unknown) => void (!isHedged && race.abort(error)))
      try {
        return await Promise.any([first, second])
      } catch (error) {
        throw error instanceof AggregateError ? (error.errors[0] as unknown) : error
      } finally {
        race.abort(new CompletionError('cancelled', 'The other hedged request was faster.'))
      }
    }
  }
