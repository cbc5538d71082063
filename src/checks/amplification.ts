import { formatDuration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { check } from './check.ts'
import { requestsOf, REST_MS, type TriedRequest } from './tries.ts'

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
    const tried = requestsOf(facts).flatMap(countedOf)
    for (const { before, calls } of tried) {
      const call = calls[Math.max(0, attempts - before)]
      if (call && before <= attempts)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} sent the same request to ${call.provider} more than ${attempts} times: ${before + calls.length} in all, in ${formatDuration(calls.at(-1)!.arrivedAt - calls[0]!.arrivedAt)}`,
          calls: [call.call],
        }
    }
    const first = tried.filter(({ before }) => before === 0).length
    if (first >= requests && facts.calls.length > first * factor && !areOfOneOutage(tried))
      yield {
        at: facts.until,
        what: `${first} requests led to ${facts.calls.length} calls, ${(facts.calls.length / first).toFixed(1)} per request`,
      }
  },
})

/** The tries that count as those of one request. */
interface Counted {
  before: number
  calls: readonly CallRecord[]
}

/**
 * Rounds are those of one request where a backoff begins again and again within another one. A single backoff that has
 * grown to long pauses tries once a round, and a poll keeps its pace.
 */
function countedOf({ before, rounds, pauses }: TriedRequest): Counted[] {
  const rests = pauses.filter((ms) => ms >= REST_MS)
  const isNested = rounds.slice(1).some(({ length }) => length > 1) && rests.length * 3 <= pauses.length
  if (isNested && !isPoll(pauses)) return [{ before, calls: rounds.flat() }]
  return rounds.map((calls, round) => ({ before: round === 0 ? before : 0, calls }))
}

/** Whether the same rest comes again and again, other than as a step of a backoff without jitter: 8 s, 16 s, 32 s. */
function isPoll(pauses: readonly number[]): boolean {
  const isStep = (ms: number, nth: number): boolean =>
    nth > 1 && Math.abs(ms * pauses[nth - 2]! - pauses[nth - 1]! ** 2) <= pauses[nth - 1]! ** 2 / 100
  const rests = pauses.filter((ms, nth) => ms >= REST_MS && !isStep(ms, nth))
  return [...Map.groupBy(rests, (ms) => ms).values()].some(({ length }) => length > 1 && length * 3 >= rests.length)
}

/**
 * Whether all that was tried again waited at one moment, each by one backoff that has not begun again: an outage, which
 * many survive with few tries each.
 */
function areOfOneOutage(tried: readonly Counted[]): boolean {
  const again = tried.filter(({ calls }) => calls.length > 1)
  const begun = again.reduce((latest, { calls }) => Math.max(latest, calls[0]!.arrivedAt), 0)
  if (again.some(({ calls }) => calls.at(-1)!.arrivedAt < begun)) return false
  const pauses = again.map(({ calls }) => pausesOf(calls))
  if (pauses.every((each) => areOneBackoff([each]))) return true
  const survivors = again.filter(({ calls }) => calls.at(-1)!.status === 'ended')
  return survivors.length * 2 >= again.length && areOneBackoff(pauses)
}

const pausesOf = (calls: readonly CallRecord[]): number[] =>
  calls.slice(1).map((call, nth) => call.arrivedAt - calls[nth]!.endedAt!)

/**
 * Whether no pause is, in the mean of all requests that have it, shorter than half of one before it. The mean tells how
 * long a pause is meant to be, also where it is drawn from 0 (full jitter), if most requests have it.
 */
function areOneBackoff(pauses: readonly (readonly number[])[]): boolean {
  let longest = 0
  for (let nth = 0; ; nth++) {
    const those = pauses.flatMap((all) => all[nth] ?? [])
    if (those.length === 0 || those.length * 2 < pauses.length) return true
    const mean = those.reduce((sum, ms) => sum + ms, 0) / those.length
    if (mean * 2 < longest) return false
    longest = Math.max(longest, mean)
  }
}
