import { formatDuration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { check, type Found } from './check.ts'
import { areOneBackoff, beginsAgain, countedOf, isOneBackoff, ownPausesOf, pausesOf, type Counted } from './layers.ts'
import { requestsOf } from './tries.ts'

/** What is said of retries that are one layer: nothing there multiplies. */
const ONE_LAYER = {
  why: 'A service that is down receives a multiple of its load, at the moment when it is weakest, and each request waits for all attempts.',
  advice:
    'These retries are one layer. Let it make fewer attempts, let its pauses grow to half a minute, or end the retries of the whole run early by a retry budget or a circuit breaker.',
}

export const amplification = check({
  holds: 'Retries do not multiply, neither for one request nor over the run.',
  why: 'Nested retry layers multiply: three attempts in each of three layers are 27 calls, at the moment when the service is weakest.',
  advice:
    'Retry in one layer only (set maxRetries: 0 in the SDK, or remove the retries around it), and limit the retries of the whole run by a retry budget.',
  settings: {
    /** Maximum number of attempts of one request. */
    attempts: 8,
    /** Maximum ratio of calls to requests, over the whole run; not for one layer of retries whose pauses grow. */
    factor: 3,
    /** The check compares the factor only in runs with at least this many requests. */
    requests: 20,
  },
  *find(facts, { attempts, factor, requests }): Generator<Found> {
    const tried = countedOf(requestsOf(facts), attempts)
    for (const { before, calls } of tried) {
      const call = calls[Math.max(0, attempts - before)]
      if (call && before <= attempts)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} sent the same request to ${call.provider} more than ${attempts} times: ${before + calls.length} in all, in ${formatDuration(calls.at(-1)!.arrivedAt - calls[0]!.arrivedAt)}`,
          calls: [call.call],
          tune: { attempts: before + calls.length },
          ...(isOneLayer(calls) && ONE_LAYER),
        }
    }
    const first = tried.filter(({ before }) => before === 0).length
    const again = tried.filter(({ calls }) => calls.length > 1)
    const many = facts.calls.length > first * factor
    if (first < requests || !many || areOfOneOutage(again) || growAlone(again)) return
    const most = again.toSorted((a, b) => b.calls.length - a.calls.length)[0]?.calls ?? facts.calls
    const isOne = again.length > 0 && areOneLayer(again)
    yield {
      at: Math.max(...(again.length > 0 ? again : tried).map(({ calls }) => calls.at(-1)!.arrivedAt)),
      what: `${first} requests led to ${facts.calls.length} calls, ${(facts.calls.length / first).toFixed(1)} per request${isOne ? `, by one layer of retries with up to ${most.length} attempts of each` : ''}`,
      calls: most.map(({ call }) => call),
      tune: { factor: Math.ceil(facts.calls.length / first) },
      ...(isOne && ONE_LAYER),
    }
  },
})

/** Whether nothing in the tries of one request looks like another layer: no backoff begins again. */
function isOneLayer(calls: readonly CallRecord[]): boolean {
  const pauses = ownPausesOf(calls)
  return calls.length > 1 && (isOneBackoff(pauses) || !beginsAgain(pauses, 4 * pauses[0]!))
}

/** Whether all that was tried again was tried by one layer, as each request shows or all of them in their mean. */
function areOneLayer(again: readonly Counted[]): boolean {
  const pauses = again.map(({ calls }) => ownPausesOf(calls))
  return pauses.every(isOneBackoff) || areOneBackoff(pauses)
}

/**
 * Whether all that was tried again waited at one moment, each by one backoff that has not begun again: an outage, which
 * many survive with few tries each.
 */
function areOfOneOutage(again: readonly Counted[]): boolean {
  const begun = again.reduce((latest, { calls }) => Math.max(latest, calls[0]!.arrivedAt), 0)
  if (again.some(({ calls }) => calls.at(-1)!.arrivedAt < begun)) return false
  const pauses = again.map(({ calls }) => pausesOf(calls))
  if (pauses.every(isOneBackoff)) return true
  const survivors = again.filter(({ calls }) => calls.at(-1)!.status === 'ended')
  return survivors.length * 2 >= again.length && areOneBackoff(pauses)
}

/** How much longer the last pauses of a backoff are, in the mean, than the first. SDKs: 0.5 s, 1 s, less a quarter. */
const GROWTH = 1.5
/** Pauses to which a backoff grows, in the mean, that is told as one by its means alone. Milliseconds. */
const GROWN_MS = 5_000

/**
 * Whether each request was tried by one layer alone, with pauses that grow or that the service has named: however many
 * requests meet an outage, the attempts of one are the bound. Growth shows in the pauses of each request, or in the
 * means of all if they are drawn from 0 (full jitter) and become long.
 */
function growAlone(again: readonly Counted[]): boolean {
  const pauses = again.map(({ calls }) => ownPausesOf(calls))
  const isShown = pauses.every(isOneBackoff)
  if (again.length === 0 || !(isShown || areOneBackoff(pauses))) return false
  // Who waits as it was told pauses for nothing of its own.
  const own = pauses.filter((each) => each.length > 1 && each.some((ms) => ms > 0))
  if (isShown) return meanOf(own, -1) >= GROWTH * meanOf(own, 0)
  const longest = Math.max(...own.map(({ length }) => length))
  return (
    meanOf(
      own.filter(({ length }) => length === longest),
      -1,
    ) >= GROWN_MS
  )
}

const meanOf = (pauses: readonly (readonly number[])[], nth: number): number =>
  pauses.reduce((sum, each) => sum + each.at(nth)!, 0) / Math.max(1, pauses.length)
