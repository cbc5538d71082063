import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { awaitEvents } from '../../../../src/orchestrator/effects/await-events.ts'
import type { Json, Options } from '../../../../src/strategy/index.ts'
import { failure } from '../../../given/ask.ts'
import { said, teamThatSays } from '../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Team = ReturnType<typeof teamThatSays>

/** What an AWAIT has heard, and when it ended; a failure as its kind and message. */
async function heard(given: Team, options: Options): Promise<unknown> {
  const ended = awaitEvents(options, given.dependencies).then(
    (events) => ({ at: Date.now(), events }),
    ({ kind, message }: { kind: string; message: string }) => ({ at: Date.now(), kind, message }),
  )
  await vi.advanceTimersByTimeAsync(600_000)
  return ended
}

const response = (agent: string, text = 'Yes.') => ({ event: 'agent:response', from: agent, data: { agent, text } })
const done = (from: string, data: Json = {}) => ({ event: 'work:done', from, data })
const keysOf = (given: Team): unknown[] => given.questions.map(({ key }) => key)
const at = (ms: number, action: () => void): void => void setTimeout(action, ms)

const three = { ann: [{ ms: 3_000 }], ben: [{ ms: 1_000 }], cem: [{ ms: 2_000 }] }

describe('AWAIT of events', () => {
  test('waits for the first answer of anybody, and asks who has something to read', async () => {
    const given = teamThatSays(three)
    for (const agent of ['ann', 'cem']) given.team.send(agent, 'Well?', 'strategy')
    expect(await heard(given, {})).toEqual({ at: 2_000, events: [response('cem')] })
    expect(given.asked).toEqual([
      { at: 0, agent: 'ann', text: 'Well?' },
      { at: 0, agent: 'cem', text: 'Well?' },
    ])
    expect(keysOf(given)).toEqual(['1/ann 1', '1/cem 1'])
    expect(given.goingOn).toHaveLength(2)
  })

  test('waits for one of each sender, and asks nobody else', async () => {
    const given = teamThatSays(three)
    for (const agent of given.team.names) given.team.send(agent, 'Well?', 'strategy')
    expect(await heard(given, { from: ['ann', 'cem'] })).toEqual({
      at: 3_000,
      events: [response('cem'), response('ann')],
    })
    expect(given.asked.map(({ agent }) => agent)).toEqual(['ann', 'cem'])
  })

  test.for([
    [{ from: null }, 1],
    [{ from: 'all' }, 3],
    [{ min_responses: 2 }, 2],
    [{ min_responses: 1, max_responses: 3 }, 3],
    [{ max_responses: '2', from: 'all' }, 2],
  ] as const)('with %j ends after %i', async ([options, count]) => {
    const given = teamThatSays(three)
    for (const agent of given.team.names) given.team.send(agent, 'Well?', 'strategy')
    const all = [response('ben'), response('cem'), response('ann')]
    expect(await heard(given, options)).toEqual({ at: count * 1_000, events: all.slice(0, count) })
  })

  test('asks those who are told something meanwhile, each time, but nobody who has gone', async () => {
    const given = teamThatSays(three)
    given.team.terminate('cem', 'it is ill')
    at(1_000, () => given.team.send('ben', 'One?', 'strategy'))
    at(5_000, () => given.team.send('ben', 'Two?', 'strategy'))
    at(6_000, () => given.team.send('cem', 'Three?', 'strategy'))
    expect(await heard(given, { max_responses: 2 })).toEqual({ at: 6_000, events: [response('ben'), response('ben')] })
    expect(given.asked).toEqual([
      { at: 1_000, agent: 'ben', text: 'One?' },
      { at: 5_000, agent: 'ben', text: 'Two?' },
    ])
    expect(keysOf(given)).toEqual(['1/ben 1', '1/ben 2'])
    given.team.send('ann', 'Four?', 'strategy')
    expect(given.asked).toHaveLength(2)
  })

  test('hears only events of its pattern, and of its senders', async () => {
    const given = teamThatSays(three)
    at(1_000, () => given.team.bus.emit({ event: 'work:begun', from: 'ann', data: {} }))
    at(2_000, () => given.team.bus.emit({ event: 'other', from: 'ann', data: {} }))
    at(3_000, () => given.team.bus.emit(done('ben')))
    at(4_000, () => given.team.bus.emit(done('ann', { n: 1 })))
    at(5_000, () => given.team.bus.emit(done('ann', { n: 2 })))
    expect(await heard(given, { from: 'ann', event_pattern: 'work:*', max_responses: 2 })).toEqual({
      at: 4_000,
      events: [{ event: 'work:begun', from: 'ann', data: {} }, done('ann', { n: 1 })],
    })
    expect(given.dependencies.heard).toHaveLength(2)
  })

  test('hears the strategy itself', async () => {
    const given = teamThatSays(three)
    at(1_000, () => given.team.bus.emit(done('ben')))
    at(2_000, () => given.team.bus.emit(done('strategy')))
    expect(await heard(given, { from: 'strategy', event_pattern: 'work:done' })).toEqual({
      at: 2_000,
      events: [done('strategy')],
    })
    const all = teamThatSays(three)
    at(1_000, () => all.team.bus.emit(done('strategy')))
    expect(await heard(all, { from: ['ben', 'strategy'], event_pattern: 'work:done', min_responses: 1 })).toMatchObject(
      {
        events: [done('strategy')],
      },
    )
  })

  test('knows of no agent that there is not', async () => {
    expect(await heard(teamThatSays(three), { from: 'bean' })).toMatchObject({
      at: 0,
      kind: 'refused_request',
      message: expect.stringContaining('There is no agent "bean".') as string,
    })
  })

  test.for([
    [{}, { at: 300_000, kind: 'deadline', message: 'AWAIT agent:response took longer than 5m.' }],
    [{ timeout: '30s' }, { at: 30_000, kind: 'deadline', message: 'AWAIT agent:response took longer than 30s.' }],
    [
      { timeout: '30s', min_responses: 2 },
      { at: 30_000, kind: 'deadline' },
    ],
    [
      { timeout: '30s', min_responses: 1, max_responses: 3 },
      { at: 30_000, events: [response('ben')] },
    ],
    [
      { timeout: '30s', max_responses: 3, collect_partial: true },
      { at: 30_000, events: [response('ben')] },
    ],
    [
      { timeout: 30, from: ['ann', 'ben'], collect_partial: true },
      { at: 30_000, events: [response('ben')] },
    ],
  ] as const)('with %j has an end: %j', async ([options, ended]) => {
    const given = teamThatSays({ ann: [{ ms: 500_000 }], ben: [{ ms: 1_000 }] })
    given.team.send('ann', 'Well?', 'strategy')
    if ('max_responses' in options || 'from' in options || 'min_responses' in options)
      given.team.send('ben', 'Well?', 'strategy')
    expect(await heard(given, options)).toMatchObject(ended)
    expect(given.brokenOff).toMatchObject([{ at: ended.at, agent: 'ann' }])
    given.team.bus.emit(response('cem'))
    expect(given.dependencies.heard.filter(({ from }) => from === 'cem')).toEqual([])
  })

  test('ends with its run, whatever it has heard', async () => {
    const given = teamThatSays(three)
    given.team.send('ben', 'Well?', 'strategy')
    at(2_000, () => given.run.abort(failure('cancelled')))
    expect(await heard(given, { max_responses: 2, min_responses: 1, collect_partial: true })).toEqual({
      at: 2_000,
      kind: 'cancelled',
      message: 'It is cancelled.',
    })
    const over = teamThatSays(three)
    over.run.abort(failure('cancelled'))
    over.team.send('ben', 'Well?', 'strategy')
    expect(await heard(over, {})).toMatchObject({ kind: 'cancelled' })
    expect(over.asked).toEqual([])
  })

  test('goes on after a restart with what it has heard, whom it has asked, and the time that is left', async () => {
    const before = [
      { effect: 1, question: 'ben 1', answer: said('ben', 1) },
      { effect: 1, question: 'ben 2', answer: said('ben', 1) },
    ]
    const over = { elapsedMs: 20_000 }
    const given = teamThatSays(three, { before, over: { ...over, heard: [response('ben', 'One.')] } })
    given.team.send('ben', 'Three?', 'strategy')
    expect(await heard(given, { max_responses: 2, timeout: '30s' })).toEqual({
      at: 1_000,
      events: [response('ben', 'One.'), response('ben')],
    })
    expect(keysOf(given)).toEqual(['1/ben 3'])
    vi.setSystemTime(0)
    const late = teamThatSays({ ann: [{ ms: 60_000 }] }, { over })
    late.team.send('ann', 'Well?', 'strategy')
    expect(await heard(late, { timeout: '30s' })).toMatchObject({ at: 10_000, kind: 'deadline' })
    vi.setSystemTime(0)
    const enough = teamThatSays(three, { over: { heard: [response('ben')] } })
    enough.team.send('ann', 'Well?', 'strategy')
    expect(await heard(enough, {})).toEqual({ at: 0, events: [response('ben')] })
    expect(enough.asked).toEqual([])
  })
})
