import { check } from './check.ts'
import type { Facts } from './facts.ts'

export const paidTwice = check({
  holds: 'An answer that was paid before a restart is not asked for again.',
  why: 'A resume that begins anew pays for hours of work a second time.',
  advice:
    'Keep each answer with what it has changed in one write, before going on, and look there first after a restart.',
  settings: {},
  *find(facts) {
    for (const { at, run, uncertain } of facts.of('run.resumed')) {
      const before = new Map<string, { count: number; call: number }>()
      const after = new Map<string, { count: number; call: number }>()
      const { from, to } = lifeOf(facts, at)
      for (const call of facts.calls) {
        if (call.arrivedAt < from || call.arrivedAt >= to) continue
        if (call.status !== 'ended' || call.fault !== undefined) continue
        const side = call.arrivedAt < at ? before : after
        // One that had not ended is what nobody can know of.
        if (side === before && (call.endedAt ?? Number.POSITIVE_INFINITY) > at) continue
        const key = `${call.agent}\u0000${call.request}`
        const found = side.get(key)
        side.set(key, { count: (found?.count ?? 0) + 1, call: call.call })
      }
      // Who asks the same again and again means it.
      const twice = [...after].filter(([key, { count }]) => count === 1 && before.get(key)?.count === 1)
      if (twice.length > uncertain)
        yield {
          at,
          what: `after the restart of ${run}, ${twice.length} request(s) were made again that had been answered before${uncertain > 0 ? ` (${uncertain} could not be known)` : ''}`,
          calls: twice.map(([, { call }]) => call),
        }
    }
  },
})

/** The orchestration that goes on at a time; one that has asked nothing yet takes up the one before it, which has failed. */
function lifeOf(facts: Facts, at: number): { from: number; to: number } {
  const begun = facts.runs.filter(({ startedAt }) => startedAt <= at).toSorted((a, b) => a.startedAt - b.startedAt)
  const current = begun.at(-1)
  const hasCalls = facts.calls.some(({ arrivedAt }) => current && arrivedAt >= current.startedAt && arrivedAt < at)
  const before = begun.findLast((run) => run !== current && run.name === current?.name)
  const first = !hasCalls && before?.status === 'failed' ? before : current
  return { from: first?.startedAt ?? 0, to: current?.endedAt ?? Number.POSITIVE_INFINITY }
}
