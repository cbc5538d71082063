import { expect, test } from 'vitest'
import { LiveRuns } from '../../../src/report/page/live-runs.ts'

const push = (run: string | null, seq: number, timestamp = seq) => ({
  event: 'log',
  timestamp,
  orchestration_id: run,
  data: { seq, at: seq, causes: [], type: 'log', line: 1, text: 'x'.repeat(20) },
})

test('an event that comes again, as after a reconnection, is there once', () => {
  const runs = new LiveRuns()
  for (const seq of [0, 1, 1, 0, 2]) runs.add(push('a', seq))
  expect(runs.run('a')!.events.map(({ seq }) => seq)).toEqual([0, 1, 2])
})

test('history that comes late stands where it happened', () => {
  const runs = new LiveRuns()
  for (const seq of [2, 3, 0, 1]) runs.add(push('a', seq))
  expect(runs.run('a')!.events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
})

test('what happened at one moment stands in its order, though history comes page by page, the newest first', () => {
  const runs = new LiveRuns()
  for (const seq of [3, 4, 5, 0, 1, 2]) runs.add(push('a', seq, 7))
  expect(runs.run('a')!.events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5])
})

test('of many long orchestrations the longest is cut, so that all together stay within a bound', () => {
  const runs = new LiveRuns()
  for (let seq = 0; seq < 15_000; seq++) for (let nth = 0; nth < 10; nth++) runs.add(push(`run_${nth}`, seq))
  const kept = runs.ids.map((id) => runs.run(id)!.events.length)
  expect(kept).toHaveLength(10)
  expect(kept.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(60_000)
  expect(Math.min(...kept)).toBeGreaterThan(2_000)
  for (const id of runs.ids) expect(runs.run(id)!.events.length + runs.cut(id)).toBe(15_000)
})

test('what is no event of an orchestration is passed over', () => {
  const runs = new LiveRuns()
  runs.add(push(null, 1))
  runs.add({ ...push('a', 1), data: { agent_id: 'a_ann' } })
  expect(runs.ids).toEqual([])
})

test('it keeps the newest events of the newest orchestrations, and says how many it has let go', () => {
  const runs = new LiveRuns()
  // As many as an orchestration of eight hours has, at ten a second.
  for (let seq = 0; seq < 288_000; seq++) runs.add(push('long', seq))
  const { events } = runs.run('long')!
  expect(events.length).toBeLessThanOrEqual(20_000)
  expect(events.at(-1)!.at).toBe(287_999)
  expect(events.length + runs.cut('long')).toBe(288_000)
  for (let nth = 0; nth < 100; nth++) runs.add(push(`run_${nth}`, 0))
  expect(runs.ids).toHaveLength(20)
  expect(runs.run('long')).toBeUndefined()
})
