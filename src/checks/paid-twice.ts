import type { CallRecord, EventOf } from '../trace/index.ts'
import { check } from './check.ts'
import type { Facts } from './facts.ts'

export const paidTwice = check({
  holds: 'A request that was answered before a restart is not sent again.',
  why: 'A resume that starts over pays for the same work twice.',
  advice:
    'Save each answer together with the state that it changes in one transaction, and read it after a restart before sending the request.',
  settings: {},
  *find(facts) {
    const restarts = facts.of('run.resumed')
    for (const restart of restarts) {
      const { at, run, uncertain } = restart
      const next = restarts.find(({ seq, run: other }) => seq > restart.seq && other === run)
      const calls = callsOfLife(facts, restart)
      const interrupted = interruptedBy(calls, restart)
      const twice = [...Map.groupBy(calls, ({ agent }) => agent).values()].flatMap((mine) =>
        askedAgain(facts, mine, {
          at,
          seq: restart.seq,
          until: next?.seq ?? Number.POSITIVE_INFINITY,
          restarts: restarts.filter((other) => other.run === run).map(({ seq }) => seq),
          interrupted,
        }),
      )
      // The service knows which calls had no answer. An answer to any other call that was in progress may have been lost.
      const lost = Math.max(0, uncertain - interrupted.length)
      if (twice.length > lost)
        yield {
          at,
          what: `after the restart of ${run}, ${twice.length} request(s) were sent again that had been answered before${lost > 0 ? ` (${lost} of them may have been in progress)` : ''}`,
          calls: twice.map(({ call }) => call),
        }
    }
  },
})

/** A restart, and what it ends and begins. Places in the trace. */
interface Restarted {
  at: number
  seq: number
  until: number
  /** The places of all restarts of the run. */
  restarts: readonly number[]
  /** The calls that it left without an answer. */
  interrupted: readonly CallRecord[]
}

/** The calls that were in progress when the life before a restart ended. */
function interruptedBy(calls: readonly CallRecord[], { seq, at }: EventOf<'run.resumed'>): CallRecord[] {
  const before = calls.filter((call) => call.seq < seq)
  // A call that its client gave up earlier was in progress no more: what ends a life is the last that happens to calls.
  const moments = before.flatMap(({ arrivedAt, endedAt = 0 }) => [arrivedAt, ...(endedAt <= at ? [endedAt] : [])])
  const last = moments.reduce((latest, moment) => Math.max(latest, moment), 0)
  return before.filter(
    ({ status, endedAt, fault }) =>
      status === 'open' || endedAt! > at || (fault === 'disconnected' && endedAt! >= last),
  )
}

const isAnswered = ({ status, fault }: CallRecord): boolean => status === 'ended' && fault === undefined

/**
 * The calls of one agent after a restart that ask again for what it had been answered before.
 *
 * Who begins anew repeats the end of what was done, before it comes to anything new; a question that stands in every
 * round ("Ready?") comes again too, but alone, or for a gather of another name. One that goes on with a conversation
 * from before the restart is of that moment.
 */
function askedAgain(
  facts: Facts,
  calls: readonly CallRecord[],
  { at, seq, until, restarts, interrupted }: Restarted,
): CallRecord[] {
  const before = calls.filter((call) => call.seq < seq)
  const after = calls.filter((call) => call.seq > seq && call.seq < until)
  const isMeant = meantIn([...before, ...after], restarts)
  // One that had not ended is what nobody can know of.
  const answered = before.filter((call) => isAnswered(call) && call.endedAt! <= at && !isMeant(call))
  const last = answered.toSorted((a, b) => a.endedAt! - b.endedAt! || a.seq - b.seq).at(-1)
  if (!last) return []
  const first = new Map(answered.toReversed().map((call) => [call.request, call]))
  // What was asked when the last answer was there, and has none, is what comes next.
  const isNext = (call: CallRecord): boolean => call.seq > last.seq && call.arrivedAt >= last.endedAt!
  const known = new Set(before.filter((call) => first.has(call.request) || !isNext(call)).map(({ request }) => request))
  const end = after.findIndex(({ request }) => !known.has(request))
  const repeats = new Set(end < 0 ? after : after.slice(0, end))
  const beginsAnew =
    [...repeats].some(({ request }) => request === last.request) || dropsWork({ before, after, interrupted })
  const again = after.filter((call) => {
    const paid = first.get(call.request)
    if (!paid || !isAnswered(call)) return false
    const begun = call.continues === undefined ? undefined : facts.call(call.continues)
    const isOfBefore = begun !== undefined && begun.seq < seq
    return isOfBefore || (beginsAnew && repeats.has(call) && isSame(gatherOf(facts, paid), gatherOf(facts, call)))
  })
  const isPoll = first.size === 1 && again.every((call) => keepsOwnTime(facts, first.get(call.request)!, call, at))
  return isPoll ? [] : [...Map.groupBy(again, ({ request }) => request).values()].map(([first]) => first!)
}

/**
 * Whether an agent begins with the first thing that it had ever asked, while what was interrupted is asked by nobody: a
 * system that has lost its state, whose later prompts differ because the answers in them do.
 */
function dropsWork({
  before,
  after,
  interrupted,
}: {
  before: readonly CallRecord[]
  after: readonly CallRecord[]
  interrupted: readonly CallRecord[]
}): boolean {
  const asked = new Set(after.map(({ request }) => request))
  const isOwn = interrupted.some((call) => before.includes(call))
  return isOwn && before[0]?.request === after[0]?.request && !interrupted.some(({ request }) => asked.has(request))
}

/** Who starts over comes to a question about as soon after a restart as after the start. Milliseconds. */
const DELAY_MS = 60_000

/** Whether a question comes so long after a restart that it does not repeat the beginning, but comes in its own time. */
function keepsOwnTime(facts: Facts, paid: CallRecord, call: CallRecord, restartedAt: number): boolean {
  const starts = [...facts.of('run.started'), ...facts.of('run.resumed')].filter(({ seq }) => seq < paid.seq)
  const start = Math.max(0, ...starts.map(({ at }) => at))
  return call.arrivedAt - restartedAt > 2 * (paid.arrivedAt - start) + DELAY_MS
}

/** The name of the gather for which an agent is asked. */
const gatherOf = (facts: Facts, { agent, arrivedAt }: CallRecord): string | undefined =>
  facts.gathers.findLast(
    ({ expected, startedAt, endedAt = Number.POSITIVE_INFINITY }) =>
      expected.includes(agent) && startedAt <= arrivedAt && arrivedAt <= endedAt,
  )?.name

const isSame = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b

/** Tells the requests that are meant to come again: they have been answered twice without a restart in between. */
function meantIn(calls: readonly CallRecord[], restarts: readonly number[]): (call: CallRecord) => boolean {
  const meant = new Set<string>()
  for (const life of Map.groupBy(
    calls.filter(isAnswered),
    ({ seq }) => restarts.filter((other) => other < seq).length,
  )) {
    const seen = new Set<string>()
    for (const { request } of life[1]) (seen.has(request) ? meant : seen).add(request)
  }
  return ({ request }) => meant.has(request)
}

/**
 * The calls of the orchestration that goes on with a restart; one that has asked nothing yet takes up the one before
 * it, which has failed.
 */
function callsOfLife(facts: Facts, restart: EventOf<'run.resumed'>): CallRecord[] {
  const begun = facts.runs.filter(({ seq }) => seq < restart.seq)
  const current = begun.at(-1)
  const hasCalls = facts.calls.some(({ seq }) => current && seq > current.seq && seq < restart.seq)
  const before = begun.findLast((run) => run !== current && run.name === current?.name)
  const first = !hasCalls && before?.status === 'failed' ? before : current
  const to = current?.endSeq ?? Number.POSITIVE_INFINITY
  const runs = [first, current].filter((run) => run !== undefined)
  return facts.calls.filter((call) => call.seq >= (first?.seq ?? 0) && call.seq < to && facts.mayBeOf(runs, call))
}
