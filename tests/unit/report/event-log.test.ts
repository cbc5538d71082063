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

const says = (run: string, name: string): object => ({ ...line(run, 0), event_name: `orchestration:${name}`, data: {} })

test.each([
  [['started'], 'running'],
  [['started', 'suspended'], 'suspended'],
  [['started', 'completed', 'terminated'], 'completed'],
  [['started', 'failed', 'terminated'], 'failed'],
  [['started', 'terminated'], 'failed'],
  [['started', 'suspended', 'terminated'], 'failed'],
] as const)('a run that was %j is %s', (names, status) => {
  const told = names.map((name) => says('a', name))
  expect(loggedRuns([...told.slice(0, 1), line('a', 0), ...told.slice(1), line('a', 1)])).toMatchObject([{ status }])
})

test('a run has the name of its pattern, if the log has its start', () => {
  const started = { ...says('a', 'started'), data: { orchestration_id: 'a', pattern: 'debate' } }
  expect(loggedRuns([started, line('a', 0), line('b', 0)]).map(({ pattern }) => pattern)).toEqual(['debate', undefined])
})

test('a run that was suspended runs again when it is resumed; one without an event is none', () => {
  const resumed = line('a', 1, { type: 'run.resumed', run: 'a', uncertain: 0 })
  expect(loggedRuns([says('a', 'started'), says('a', 'suspended'), resumed, says('b', 'started')])).toMatchObject([
    { id: 'a', status: 'running' },
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
