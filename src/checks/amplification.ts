import { check } from './check.ts'
import { triesOf } from './tries.ts'

export const amplification = check({
  holds: 'Retries do not multiply, neither for one request nor over the run.',
  why: 'Nested retry layers multiply: three attempts in each of three layers are 27 calls, at the moment when the service is weakest.',
  advice:
    'Retry in one layer only (set maxRetries: 0 in the SDK, or remove the retries around it), and limit the retries of the whole run by a retry budget.',
  settings: {
    /** Maximum number of attempts of one request. */
    attempts: 8,
    /** Maximum ratio of calls to requests, over the whole run. */
    factor: 3,
    /** The check compares the factor only in runs with at least this many requests. */
    requests: 20,
  },
  *find(facts, { attempts, factor, requests }) {
    const tries = triesOf(facts)
    for (const call of facts.calls)
      if (tries.get(call.call) === attempts + 1)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} sent the same request to ${call.provider} more than ${attempts} times`,
          calls: [call.call],
        }
    const first = facts.calls.filter(({ call }) => tries.get(call) === 1).length
    if (first >= requests && facts.calls.length > first * factor)
      yield {
        at: facts.until,
        what: `${first} requests led to ${facts.calls.length} calls, ${(facts.calls.length / first).toFixed(1)} per request`,
      }
  },
})
