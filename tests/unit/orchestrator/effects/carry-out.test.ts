import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { carryOut, carryOutLate } from '../../../../src/orchestrator/effects/carry-out.ts'
import type { Json, LastingEffect } from '../../../../src/strategy/index.ts'
import { failure } from '../../../given/ask.ts'
import { said, teamThatSays } from '../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Team = ReturnType<typeof teamThatSays>
type Request = LastingEffect['request']

const effect = (request: Request): LastingEffect => ({ id: 1, line: 1, request })

/** What an effect gives, and when; a failure as its kind and message. */
async function ended(given: Team, request: Request): Promise<{ at: number; value?: Json; kind?: string }> {
  const result = carryOut(effect(request), given.dependencies).then(
    (value) => ({ at: Date.now(), value }),
    ({ kind, message }: { kind: string; message: string }) => ({ at: Date.now(), kind, message }),
  )
  await vi.advanceTimersByTimeAsync(600_000)
  return result
}

/** A team whose first agent, which leads it, says one thing. */
const led = (ends: string) => teamThatSays({ lead: [{ ends }], ann: [{}] })

describe('a statement that asks who leads the others', () => {
  test.for<[Request, string, string, Json]>([
    [
      { kind: 'process', value: { n: 1 } },
      'Process the following, and say what follows from it:\n{"n":1}',
      'Much.',
      'Much.',
    ],
    [{ kind: 'ask', text: 'What now?' }, 'What now?', '[1]', '[1]'],
    [{ kind: 'value', text: 'the votes' }, 'the votes', 'They are {"yes":2}.', { yes: 2 }],
    [{ kind: 'value', text: 'the votes' }, 'the votes', 'None.', 'None.'],
    [
      { kind: 'check', text: 'all agree' },
      'Check this, and begin your answer with "no" if it does not hold: all agree',
      'No, ben does not.',
      'No, ben does not.',
    ],
    [
      { kind: 'check', text: 'all agree' },
      'Check this, and begin your answer with "no" if it does not hold: all agree',
      'They do.',
      null,
    ],
    [{ kind: 'judge', text: 'all agree' }, 'Answer with yes or no: all agree?', 'Yes, they do.', true],
    [{ kind: 'judge', text: 'all agree' }, 'Answer with yes or no: all agree?', 'Hardly.', false],
    [
      { kind: 'aggregate', request: { method: 'custom', data: ['a'], options: { by: 'name' } } },
      'Aggregate the following, as {"by":"name"} says:\n["a"]',
      '{"a":1}',
      { a: 1 },
    ],
    [
      { kind: 'aggregate', request: { method: 'custom', responses: ['b'] } },
      'Aggregate the following, as {} says:\n["b"]',
      'One.',
      'One.',
    ],
    [
      { kind: 'aggregate', request: { method: 'custom' } },
      'Aggregate the following, as {} says:\nnull',
      'One.',
      'One.',
    ],
  ])('%j: it is asked "%s"; where it says "%s" the value is %j', async ([request, text, ends, value]) => {
    const given = led(ends)
    expect(await ended(given, request)).toEqual({ at: 1_000, value })
    expect(given.asked).toEqual([{ at: 0, agent: 'lead', text }])
  })
})

describe('a statement that takes time', () => {
  test('aggregates by itself', async () => {
    const given = led('Yes.')
    const request = { method: 'vote', data: ['a', 'a', 'b'] }
    expect(await ended(given, { kind: 'aggregate', request })).toMatchObject({
      at: 0,
      value: { winner: 'a', count: 3 },
    })
    expect(given.asked).toEqual([])
  })

  test('gathers from agents by name and by group, one after another where the pattern is sequential', async () => {
    const gather: Request = { kind: 'gather', name: 'votes', agents: ['all'], options: { prompt: 'Well?' } }
    expect(await ended(led('Yes.'), gather)).toEqual({
      at: 1_000,
      value: { responses: [said('lead', 1), said('ann', 1)], missing: [] },
    })
    vi.setSystemTime(0)
    const inTurn = teamThatSays({ lead: [{}], ann: [{}] }, { over: { sequential: true } })
    expect(await ended(inTurn, gather)).toMatchObject({ at: 2_000 })
    vi.setSystemTime(0)
    const slow = teamThatSays({ lead: [{ ms: 400_000 }], ann: [{}] }, { settings: { gatherTimeout: '20s' } })
    expect(await ended(slow, { ...gather, agents: ['lead', 'ann'] })).toMatchObject({
      at: 20_000,
      value: { missing: ['lead'] },
    })
  })

  test('gathers from agents by what they have, and asks one that is described so', async () => {
    const given = teamThatSays({ ann: [{}], ben: [{}] })
    given.team.spawn({ ...given.team.find('ann').settings, name: 'zoe', role: 'analyst' })
    const by = { role: 'analyst' }
    const nobody = { role: 'nobody' }
    expect(await ended(given, { kind: 'gather', name: 'votes', agents: [nobody, 'ben'], options: {} })).toMatchObject({
      value: { responses: [said('ben', 1)] },
    })
    expect(await ended(given, { kind: 'completion', agent: nobody, options: {} })).toMatchObject({
      kind: 'refused_request',
      message: 'No agent is {"role":"nobody"}.',
    })
    given.team.terminate('zoe', 'it is ill')
    expect(await ended(given, { kind: 'gather', name: 'votes', agents: by, options: { at_least: 1 } })).toMatchObject({
      kind: 'refused_request',
    })
    expect(await ended(given, { kind: 'completion', agent: { profile: 'worker' }, options: {} })).toMatchObject({
      value: said('ann', 1),
    })
  })

  test('waits for those who have something to read', async () => {
    const given = teamThatSays({ ann: [{}], ben: [{}], cem: [{}], dan: [{}] })
    for (const agent of ['ann', 'cem', 'dan']) given.team.send(agent, 'Well?', 'strategy')
    given.team.terminate('dan', 'it is ill')
    expect(await ended(given, { kind: 'waitFor', name: 'all', timeoutMs: null })).toEqual({
      at: 1_000,
      value: { responses: [said('ann', 1), said('cem', 1)], missing: [] },
    })
    expect(given.asked).toEqual([
      { at: 0, agent: 'ann', text: 'Well?' },
      { at: 0, agent: 'cem', text: 'Well?' },
    ])
  })

  test.for([
    [20_000, 20_000],
    [null, 300_000],
  ])('waits %s ms for them, and no answer is no failure: it ends at %i', async ([timeoutMs, at]) => {
    const given = teamThatSays({ ann: [{ ms: 500_000 }] })
    given.team.send('ann', 'Well?', 'strategy')
    expect(await ended(given, { kind: 'waitFor', name: 'all', timeoutMs: timeoutMs! })).toEqual({
      at,
      value: { responses: [], missing: ['ann'] },
    })
  })

  test('waits one after another for them where the pattern is sequential, and has before a restart', async () => {
    const before = [{ effect: 1, question: 'ann', answer: said('ann', 7) }]
    const given = teamThatSays({ ann: [{}], ben: [{}], cem: [{}] }, { before, over: { sequential: true } })
    for (const agent of ['ben', 'cem']) given.team.send(agent, 'Well?', 'strategy')
    expect(await ended(given, { kind: 'waitFor', name: 'all', timeoutMs: null })).toMatchObject({
      at: 2_000,
      value: { responses: [said('ann', 7), said('ben', 1), said('cem', 1)], missing: [] },
    })
  })

  test('asks one agent, with options', async () => {
    const given = led('{"n":1}')
    const options = { prompt: ['Well?'], model: 'gpt-4o', max_tokens: '50' }
    expect(await ended(given, { kind: 'completion', agent: 'lead', options })).toEqual({
      at: 1_000,
      value: said('lead', 1, '{"n":1}', { json: { n: 1 } }),
    })
    expect(given.asked).toEqual([{ at: 0, agent: 'lead', text: '["Well?"]' }])
    expect(given.questions).toEqual([{ key: '1/lead', model: 'gpt-4o', maxTokens: 50 }])
  })

  test('asks one agent for its turn, and not for longer than it may, also over a restart', async () => {
    const given = teamThatSays({ ann: [{ ms: 60_000 }] }, { over: { elapsedMs: 20_000 } })
    expect(await ended(given, { kind: 'completion', agent: 'ann', options: { timeout: '30s' } })).toEqual({
      at: 10_000,
      kind: 'deadline',
      message: 'The answer of ann took longer than 10s.',
    })
    expect(given.asked).toEqual([{ at: 0, agent: 'ann', text: 'It is your turn.' }])
    expect(given.questions).toEqual([{ key: '1/ann', model: undefined, maxTokens: undefined }])
  })

  test('waits for events', async () => {
    const given = led('Yes.')
    given.team.send('lead', 'Well?', 'strategy')
    expect(await ended(given, { kind: 'events', options: { from: 'lead' } })).toMatchObject({
      at: 1_000,
      value: [{ event: 'agent:response', from: 'lead' }],
    })
  })

  test('calls functions', async () => {
    const given = teamThatSays({ ann: [{}] }, { over: { functions: { add: (a, b) => Number(a) + Number(b) } } })
    expect(await ended(given, { kind: 'call', function: 'add', arguments: [1, 2] })).toEqual({ at: 0, value: 3 })
  })

  test('brings agents together: all of them, or those whom it names', async () => {
    expect(await ended(led('Yes.'), { kind: 'coordinate', request: { type: 'barrier' } })).toEqual({
      at: 1_000,
      value: {
        coordinated: ['lead', 'ann'],
        missing: [],
        timed_out: false,
        duration: 1,
        responses: [said('lead', 1), said('ann', 1)],
      },
    })
    const given = led('Yes.')
    expect(await ended(given, { kind: 'coordinate', request: { type: 'barrier', agents: ['ann'] } })).toMatchObject({
      value: { coordinated: ['ann'] },
    })
    expect(given.asked).toMatchObject([{ agent: 'ann', text: 'Answer when you are ready: barrier' }])
    expect(await ended(led('Yes.'), { kind: 'coordinate', request: { agents: 'nan' } })).toMatchObject({
      kind: 'refused_request',
    })
  })

  test('lets agents talk', async () => {
    const given = led('Yes.')
    given.team.send('ann', 'Well?', 'strategy')
    expect(await ended(given, { kind: 'converse' })).toEqual({ at: 1_000, value: null })
    expect(given.asked).toEqual([{ at: 0, agent: 'ann', text: 'Well?' }])
  })

  test('sleeps for what is left of its time, and no longer than its run', async () => {
    const sleep: Request = { kind: 'sleep', ms: 5_000 }
    const slept = async (elapsedMs: number) => {
      vi.setSystemTime(0)
      return ended(teamThatSays({}, { over: { elapsedMs } }), sleep)
    }
    expect(await slept(0)).toEqual({ at: 5_000, value: null })
    expect(await slept(2_000)).toEqual({ at: 3_000, value: null })
    expect(await slept(9_000)).toEqual({ at: 0, value: null })
    const given = teamThatSays({})
    given.run.abort(failure('cancelled'))
    expect(await ended(given, sleep)).toMatchObject({ kind: 'cancelled' })
  })
})

describe('what a statement has left under way', () => {
  const late = async (request: Request): Promise<Team> => {
    const given = teamThatSays({ ann: [{}], ben: [{}] })
    const done = carryOutLate(effect(request), given.dependencies)
    await vi.advanceTimersByTimeAsync(10_000)
    await done
    return given
  }

  test('are the questions of a gather: they are asked again after a restart', async () => {
    const given = await late({ kind: 'gather', name: 'votes', agents: ['all'], options: { late: 'keep' } })
    expect(given.late).toEqual([said('ann', 1), said('ben', 1)])
  })

  test.for<Request>([
    { kind: 'gather', name: 'votes', agents: ['all'], options: { late: 'keep', tasks: ['a'] } },
    { kind: 'completion', agent: 'ann', options: {} },
  ])('is nothing of %j', async (request) => {
    expect((await late(request)).asked).toEqual([])
  })
})
