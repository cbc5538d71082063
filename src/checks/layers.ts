import type { CallRecord } from '../trace/index.ts'
import { isOwnPause, REST_MS, type TriedRequest } from './tries.ts'

/** The tries that count as those of one request. */
export interface Counted {
  before: number
  calls: readonly CallRecord[]
}

/**
 * The tries of each request, as they count. Rounds are those of one request where a backoff begins again and again
 * within another one. A single backoff that has grown to long pauses tries once a round, and a poll keeps its pace.
 */
export function countedOf(requests: readonly TriedRequest[], attempts: number): Counted[] {
  const long = requests.filter((request) => request.pauses.length >= attempts || areOne(request))
  const again = long.filter(({ rounds }) => beginsAgain(pausesOf(rounds.flat()), REST_MS / 2))
  // Of many that draw their pauses, some happen to look so.
  const nested = new Set(again.length * 4 >= long.length ? again : [])
  const grown = grownAmong(
    long.filter((request) => !nested.has(request) && request.pauses.length >= attempts),
    attempts,
  )
  return requests.flatMap((request): Counted[] => {
    const { before, rounds } = request
    const calls = rounds.flat()
    if (!grown.has(request))
      return nested.has(request) && areOne(request)
        ? [{ before, calls }]
        : rounds.map((round, nth) => ({ before: nth === 0 ? before : 0, calls: round }))
    const first = Math.max(1, attempts - before)
    return [
      { before, calls: calls.slice(0, first) },
      ...calls.slice(first).map((call) => ({ before: 0, calls: [call] })),
    ]
  })
}

/** Whether the rounds of a request are too few for a poll, and more than single tries. */
function areOne({ rounds, pauses }: TriedRequest): boolean {
  const rests = pauses.filter((ms) => ms >= REST_MS)
  return rounds.slice(1).some(({ length }) => length > 1) && rests.length * 3 <= pauses.length && !isPoll(pauses)
}

/**
 * Whether a backoff begins again, and again, after it has grown to a pause: two pauses in a row are as short as the first
 * two. Pauses that are drawn from 0 (full jitter) hardly ever are.
 */
export function beginsAgain(pauses: readonly number[], grownMs: number): boolean {
  const [one = 0, two = 0] = pauses
  const [first, second] = [Math.max(one, two / 2), Math.max(two, one * 2)]
  const grown = pauses.findIndex((ms) => ms >= grownMs)
  // Who begins with long pauses has no short ones to begin again with.
  if (grown < 0 || first * 2 > grownMs) return false
  const again = pauses.filter((ms, nth) => nth > grown && ms <= 2 * first && (pauses[nth + 1] ?? 0) <= 2 * second)
  return again.length > 0 && again.length * 16 >= pauses.length
}

/**
 * Of requests with many tries those of one backoff that has grown to a minute, with pauses that are drawn from 0: many
 * pauses are short, but what comes beyond the attempts of a request comes after half of half a minute, in the mean.
 */
function grownAmong(long: readonly TriedRequest[], attempts: number): ReadonlySet<TriedRequest> {
  const beyond = ({ pauses }: TriedRequest): number[] => pauses.slice(attempts - 1)
  const isSlow = (pauses: readonly number[]): boolean =>
    pauses.reduce((sum, ms) => sum + ms, 0) * 2 >= REST_MS * pauses.length
  const all = long.flatMap(beyond)
  const isGrown = isSlow(all) && all.filter((ms) => ms >= REST_MS).length * 4 >= all.length
  // One with many pauses speaks for itself.
  return new Set(isGrown ? long.filter((one) => one.pauses.length < 2 * attempts || isSlow(beyond(one))) : [])
}

/** Whether the same rest comes again and again, other than as a step of a backoff without jitter: 8 s, 16 s, 32 s. */
function isPoll(pauses: readonly number[]): boolean {
  const isStep = (ms: number, nth: number): boolean =>
    nth > 1 && Math.abs(ms * pauses[nth - 2]! - pauses[nth - 1]! ** 2) <= pauses[nth - 1]! ** 2 / 100
  const rests = pauses.filter((ms, nth) => ms >= REST_MS && !isStep(ms, nth))
  return [...Map.groupBy(rests, (ms) => ms).values()].some(({ length }) => length > 1 && length * 3 >= rests.length)
}

/** The pauses between the tries of a request. Milliseconds. */
export const pausesOf = (calls: readonly CallRecord[]): number[] =>
  calls.slice(1).map((call, nth) => call.arrivedAt - calls[nth]!.endedAt!)

/** What clients have paused beyond what the service named. Milliseconds. */
export const ownPausesOf = (calls: readonly CallRecord[]): number[] =>
  pausesOf(calls).map((ms, nth) => (isOwnPause(calls[nth]!, ms) ? ms - (calls[nth]!.retryAfterMs ?? 0) : 0))

/** Whether no pause is shorter than half of one before it. */
export const isOneBackoff = (pauses: readonly number[]): boolean => areOneBackoff([pauses])

/**
 * Whether no pause is, in the mean of all requests that have it, shorter than half of one before it. The mean tells how
 * long a pause is meant to be, also where it is drawn from 0 (full jitter), if most requests have it.
 */
export function areOneBackoff(pauses: readonly (readonly number[])[]): boolean {
  let longest = 0
  for (let nth = 0; ; nth++) {
    const those = pauses.flatMap((all) => all[nth] ?? [])
    if (those.length === 0 || those.length * 2 < pauses.length) return true
    const mean = those.reduce((sum, ms) => sum + ms, 0) / those.length
    if (mean * 2 < longest) return false
    longest = Math.max(longest, mean)
  }
}
