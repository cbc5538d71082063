import { expect, test } from 'vitest'
import { loggedRuns } from '../../../src/report/event-log.ts'

const line = (run: string | null, seq: number, more: object = {}): object => ({
  event_name: 'log',
  timestamp: 1_700_000_000,
  orchestration_id: run,
  data: { seq, at: seq * 10, causes: seq > 0 ? [seq - 1] : [], type: 'log', line: 1, text: '', ...more },
})

test('the runs of a log are told apart, and what is no event of one is passed over', () => {
  const runs = loggedRuns([
    line('a', 0),
    line('b', 0),
    line('a', 1),
    line(null, 0),
    'no line',
    { event_name: 'agent:spawned', timestamp: 1, orchestration_id: 'a', data: { agent_id: 'a_ann' } },
  ])
  expect(runs.map(({ id, events }) => [id, events.map(({ seq }) => seq)])).toEqual([
    ['a', [0, 1]],
    ['b', [0]],
  ])
})

test('a run that went on in another process has one numbering, and causes and gathers keep pointing where they did', () => {
  const [run] = loggedRuns([line('a', 0), line('a', 1), line('a', 0, { gather: 0 }), line('a', 1, { gather: 0 })])
  expect(run!.events.map(({ seq, causes }) => [seq, causes])).toEqual([
    [0, []],
    [1, [0]],
    [2, []],
    [3, [2]],
  ])
  expect(run!.events.slice(2)).toMatchObject([{ gather: 2 }, { gather: 2 }])
})
