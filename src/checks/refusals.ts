import { formatDuration } from '../clock/index.ts'
import type { EventOf } from '../trace/index.ts'
import { check } from './check.ts'
import type { Facts } from './facts.ts'
import { hasRested, isAnotherLife, requestsOf } from './tries.ts'

/** Refusals of calls that time does not mend. A limit, a quota and an overload pass, and a lost connection says nothing. */
const FOR_GOOD: ReadonlySet<string | undefined> = new Set([
  'unauthorized',
  'model_not_found',
  'model_retired',
  'context_length',
  'prompt_filtered',
  'request_too_large',
])
/** What has the status of a limit, so that an SDK sends it three times before its program knows. */
const AS_A_LIMIT = 'request_too_large'
const TRIES_OF_SDKS = 3
/** What passes, of the statuses from 400 to 499: timeout, conflict, too early, limit. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429])
/** Who sends again sooner has not read that the first was refused. Milliseconds. */
const READ_MS = 10

/** Calls that stand for all of a violation. */
const MAX_SHOWN = 20

/** A request that was refused for good. */
interface Refused {
  call: number
  agent: string
  service: string
  at: number
  /** What was asked, of whom, and why it was refused: the same where nothing has changed. */
  content: string
  reason: string
}

export const refusals = check({
  holds: 'A request that a service refuses for good is not sent again.',
  why: 'An invalid request, a wrong key and a retired model fail each time: every repetition costs time and hides the cause.',
  advice:
    'Retry only what can pass: 408, 409, 429, statuses from 500, and lost connections. After any other refusal, change the request or the key, or give up.',
  settings: {
    /** This many refusals of the same request in a row, for the same reason, are a violation. */
    tries: 3,
  },
  *find(facts, { tries }) {
    for (const tried of [...callsRefused(facts), ...requestsRefused(facts)])
      for (const row of Map.groupBy(tried, ({ content }) => content).values()) {
        const [first, last] = [row[0]!, row.at(-1)!]
        const each = first.reason === AS_A_LIMIT ? TRIES_OF_SDKS : 1
        const most = Math.max(2, tries) * each
        if (row.length < most) continue
        yield {
          at: row[most - 1]!.at,
          what: `${first.agent} sent the same request ${row.length.toLocaleString('en')} times in ${formatDuration(last.at - first.at)}, and ${first.service} refused each for good: ${first.reason}`,
          calls: row.slice(0, MAX_SHOWN).map(({ call }) => call),
          tune: { tries: Math.floor(row.length / each) + 1 },
        }
      }
  },
})

/** The refusals of each request that became a call. Google and Azure have the model in the path, not in the content. */
const callsRefused = (facts: Facts): Refused[][] =>
  requestsOf(facts).map(({ rounds }) =>
    rounds.flat().flatMap(({ call, agent, service, arrivedAt, fault, status, model }) => {
      if (status !== 'failed' || !FOR_GOOD.has(fault)) return []
      return [{ call, agent, service, at: arrivedAt, content: `${service} ${model} ${fault}`, reason: fault! }]
    }),
  )

/** The refusals of each request that became no call, as it was invalid, without a key or too large. */
function requestsRefused(facts: Facts): Refused[][] {
  const asked = Map.groupBy(
    // A resource that is not there yet may be polled.
    facts.of('call.refused').filter(({ call, method }) => call !== null && method === 'POST'),
    ({ agent, provider, host, path, request, status }) =>
      JSON.stringify([agent, provider, host, path, request, status]),
  )
  return [...asked].flatMap(([content, all]) => {
    const [{ status, request }] = all as [EventOf<'call.refused'>]
    if (request === null || status === null || status < 400 || status >= 500 || PASSING.has(status)) return []
    return inRows(facts, all).map((row) =>
      row.map(({ call, agent, provider, at, reason }) => ({
        call: call!,
        agent: agent ?? 'unknown',
        service: provider ?? 'the service',
        at,
        content,
        reason: `${status} ${reason}`,
      })),
    )
  })
}

/** Equal requests as they follow from each other: after a rest, a restart or in another run they begin anew. */
function inRows(facts: Facts, all: readonly EventOf<'call.refused'>[]): EventOf<'call.refused'>[][] {
  const rows: EventOf<'call.refused'>[][] = []
  let longestMs = 0
  for (const sent of all) {
    const before = rows.at(-1)?.at(-1)
    const pauseMs = before ? sent.at - before.at : 0
    if (before && pauseMs < READ_MS) continue
    if (!before || hasRested(pauseMs, longestMs) || isAnotherLife(facts, lifeOf(before), lifeOf(sent))) {
      rows.push([sent])
      longestMs = 0
      continue
    }
    rows.at(-1)!.push(sent)
    longestMs = Math.max(longestMs, pauseMs)
  }
  return rows
}

const lifeOf = ({ agent, seq }: EventOf<'call.refused'>) => ({ agent: agent ?? '', seq, run: undefined })
