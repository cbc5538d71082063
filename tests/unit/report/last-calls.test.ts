import { expect, test } from 'vitest'
import { lastCallsText } from '../../../src/report/last-calls.ts'
import { call, event, story } from '../../given/story.ts'

const stuck = event(9_000, { type: 'clock.stuck', code: 'DEADLOCK', message: 'Nobody goes on.' })

test('the last call of each agent of a run that is stuck says how far it has come', () => {
  const trace = story(
    call(1, { agent: 'ann', from: 0, to: 500 }),
    call(2, { agent: 'ann', from: 600, to: 1_500 }),
    call(3, { agent: 'ben', from: 0, to: 2_000, fault: 'overloaded' }),
    call(4, { agent: 'cem', from: 3_000 }),
    stuck,
  )
  expect(lastCallsText(trace)).toBe(
    [
      'The last call of each agent:',
      '  ann: call 2 to gpt-4o-mini, answered at 1.5s',
      '  ben: call 3 to gpt-4o-mini, failed (overloaded) at 2s',
      '  cem: call 4 to gpt-4o-mini, no answer since 3s',
    ].join('\n'),
  )
})

test('a declared agent without a call comes first', () => {
  const trace = story(call(1, { agent: 'ann', from: 0, to: 500 }), stuck)
  expect(lastCallsText(trace, ['ann', 'dan']).split('\n').slice(1)).toEqual([
    '  dan: no call',
    '  ann: call 1 to gpt-4o-mini, answered at 500ms',
  ])
})

test('no more than twelve agents are told of', () => {
  const of = (agents: number) =>
    lastCallsText(
      story(...Array.from({ length: agents }, (_, n) => call(n, { agent: `agent_${n}`, from: 0, to: 1 })), stuck),
    ).split('\n')
  expect(of(12)).toHaveLength(13)
  expect(of(14)).toHaveLength(14)
  expect(of(14).at(-1)).toBe('  … and 2 more')
})

test('nothing is told of a run that is not stuck, or has asked nothing', () => {
  expect(lastCallsText(story(call(1, { from: 0 })))).toBe('')
  expect(lastCallsText(story(stuck))).toBe('')
})
