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
