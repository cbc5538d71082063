import { check } from './check.ts'
import { triesOf } from './tries.ts'

export const amplification = check({
  holds: 'Retries do not multiply: neither for one request, nor over the run.',
  why: 'Layers that each retry multiply: three times three tries are nine, all of them paid, at the worst moment.',
  advice:
    'Retry in one layer only (maxRetries: 0 in the SDK, or none around it), and keep a budget of retries for the run.',
  settings: {
    /** Most attempts of one request. */
    attempts: 8,
    /** Most calls for each request, over the run. */
    factor: 3,
    /** Fewer requests than this say nothing about a factor. */
    requests: 20,
  },
  *find(facts, { attempts, factor, requests }) {
    const tries = triesOf(facts)
    for (const call of facts.calls)
      if (tries.get(call.call) === attempts + 1)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} has asked ${call.provider} the same more than ${attempts} times`,
          calls: [call.call],
        }
    const first = facts.calls.filter(({ call }) => tries.get(call) === 1).length
    if (first >= requests && facts.calls.length > first * factor)
      yield {
        at: facts.until,
        what: `${first} requests have led to ${facts.calls.length} calls, ${(facts.calls.length / first).toFixed(1)} for each`,
      }
  },
})
