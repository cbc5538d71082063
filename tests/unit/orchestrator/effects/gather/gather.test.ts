import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gather, gatherLate } from '../../../../../src/orchestrator/effects/gather/gather.ts'
import { gatherOptions } from '../../../../../src/orchestrator/effects/gather/options.ts'
import type { Options } from '../../../../../src/strategy/index.ts'
import { failure } from '../../../../given/ask.ts'
import { said, teamThatSays } from '../../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Team = ReturnType<typeof teamThatSays>

const DEFAULTS = { timeoutMs: 10_000, sequential: false }

/** How a gather ends, and when; a failure as what it tells a strategy. Time passes until all are silent. */
async function gathered(given: Team, options: Options, agents = given.team.names): Promise<unknown> {
  const ended = gather('votes', agents, gatherOptions(options, DEFAULTS), given.dependencies).then(
    (result) => ({ at: Date.now(), ...result }),
    ({ kind, message, partial }: { kind: string; message: string; partial: object }) => ({
      at: Date.now(),
      kind,
      message,
      partial,
    }),
  )
  await vi.advanceTimersByTimeAsync(120_000)
  return ended
}

const three = { ann: [{ ms: 3_000 }], ben: [{ ms: 1_000 }], cem: [{ ms: 2_000 }] }
const slow = { ann: [{ ms: 1_000 }], ben: [{ ms: 15_000 }], cem: [{ ms: 60_000 }] }

describe('a gather', () => {
  test('asks all at once, and gives their answers in the order in which they came', async () => {
    const given = teamThatSays(three)
    expect(await gathered(given, { prompt: 'Your vote?', model: 'gpt-4o', max_tokens: 50 })).toEqual({
      at: 3_000,
      responses: [said('ben', 1), said('cem', 2), said('ann', 3)],
      missing: [],
    })
    expect(given.asked).toEqual([
      { at: 0, agent: 'ann', text: 'Your vote?' },
      { at: 0, agent: 'ben', text: 'Your vote?' },
      { at: 0, agent: 'cem', text: 'Your vote?' },
    ])
    expect(given.questions[0]).toEqual({ key: '1/ann', model: 'gpt-4o', maxTokens: 50 })
    expect(given.brokenOff).toEqual([])
    expect(given.goingOn).toEqual([])
    expect(given.told('gather.started', 'gather.received', 'gather.ended')).toEqual([
      {
        type: 'gather.started',
        at: 0,
        gather: 3,
        name: 'votes',
        expected: ['ann', 'ben', 'cem'],
        atLeast: 1,
        timeoutMs: 10_000,
        tasks: null,
      },
      { type: 'gather.received', at: 1_000, gather: 3, agent: 'ben', late: false },
      { type: 'gather.received', at: 2_000, gather: 3, agent: 'cem', late: false },
      { type: 'gather.received', at: 3_000, gather: 3, agent: 'ann', late: false },
      { type: 'gather.ended', at: 3_000, gather: 3, received: ['ben', 'cem', 'ann'], missing: [] },
    ])
  })

  test('ends when its time is up: who is late is missing, and broken off', async () => {
    const given = teamThatSays(slow)
    expect(await gathered(given, {})).toEqual({ at: 10_000, responses: [said('ann', 1)], missing: ['ben', 'cem'] })
    expect(given.brokenOff).toEqual([
      { at: 10_000, agent: 'ben', why: 'GATHER votes took longer than 10s.' },
      { at: 10_000, agent: 'cem', why: 'GATHER votes took longer than 10s.' },
    ])
    expect(given.late).toEqual([])
  })

  test('ends as soon as enough are in; the others are broken off', async () => {
    const given = teamThatSays(three)
    expect(await gathered(given, { enough: 2 })).toEqual({
      at: 2_000,
      responses: [said('ben', 1), said('cem', 2)],
      missing: ['ann'],
    })
    expect(given.brokenOff).toEqual([{ at: 2_000, agent: 'ann', why: 'The gather ended.' }])
  })

  test('keeps late answers where it is told to', async () => {
    const given = teamThatSays(slow)
    expect(await gathered(given, { late: 'keep' })).toMatchObject({ at: 10_000, missing: ['ben', 'cem'] })
    expect(given.late).toEqual([said('ben', 15), said('cem', 60)])
    expect(given.brokenOff).toEqual([])
    expect(given.goingOn).toHaveLength(1)
    expect(given.told('gather.received').slice(1)).toEqual([
      { type: 'gather.received', at: 15_000, gather: 3, agent: 'ben', late: true },
      { type: 'gather.received', at: 60_000, gather: 3, agent: 'cem', late: true },
    ])
  })

  test('waits on for so many answers, as long again at the most', async () => {
    const extended = (extend: number, ms: number): Promise<unknown> =>
      gathered(teamThatSays({ ...slow, ben: [{ ms }] }), { extend_for: extend })
    // It has them when its time is up.
    expect(await extended(1, 15_000)).toMatchObject({ at: 10_000, missing: ['ben', 'cem'] })
    vi.setSystemTime(0)
    expect(await extended(2, 15_000)).toMatchObject({ at: 15_000, missing: ['cem'] })
    vi.setSystemTime(0)
    expect(await extended(2, 25_000)).toMatchObject({ at: 20_000, missing: ['ben', 'cem'] })
  })

  test('asks one after another, until it has enough or its time is up', async () => {
    const given = teamThatSays({ ann: [{ ms: 1_000 }], ben: [{ ms: 2_000 }], cem: [{ ms: 60_000 }], dan: [{}] })
    expect(await gathered(given, { sequential: true })).toEqual({
      at: 10_000,
      responses: [said('ann', 1), said('ben', 2)],
      missing: ['cem', 'dan'],
    })
    expect(given.asked.map(({ at, agent }) => [at, agent])).toEqual([
      [0, 'ann'],
      [1_000, 'ben'],
      [3_000, 'cem'],
    ])
    vi.setSystemTime(0)
    const few = teamThatSays(three)
    expect(await gathered(few, { sequential: true, enough: 1 })).toMatchObject({ at: 3_000, missing: ['ben', 'cem'] })
    expect(few.asked).toHaveLength(1)
  })

  test('asks nobody where fewer could answer than it needs', async () => {
    const given = teamThatSays({ ann: [{}] })
    expect(await gathered(given, { at_least: 2 })).toEqual({
      at: 0,
      kind: 'refused_request',
      message: 'GATHER votes needs 2 answers, and 1 agent can give at most 1. The orchestrator asked no agent.',
      partial: { responses: [], missing: ['ann'] },
    })
    expect(await gathered(given, { at_least: 3, tasks: ['a', 'b'] })).toMatchObject({
      message: 'GATHER votes needs 3 answers, and 2 tasks can give at most 2. The orchestrator asked no agent.',
      partial: { responses: [], missing: ['a', 'b'] },
    })
    expect(await gathered(given, {}, [])).toMatchObject({
      message: 'GATHER votes needs 1 answer, and 0 agents can give at most 0. The orchestrator asked no agent.',
    })
    expect(await gathered(given, {}, ['nan'])).toMatchObject({ kind: 'refused_request' })
    expect(given.asked).toEqual([])
  })

  test('fails with too few answers, and says who is missing and why', async () => {
    const given = teamThatSays({
      ...three,
      ann: [{ ends: failure('overloaded') }],
      ben: [{ ends: failure('timeout') }],
    })
    expect(await gathered(given, { at_least: 2 })).toEqual({
      at: 2_000,
      kind: 'timeout',
      message: 'GATHER votes needs 2 answers and has 1; missing: ann, ben. The last failure: It is timeout.',
      partial: { responses: [said('cem', 2)], missing: ['ann', 'ben'] },
    })
    vi.setSystemTime(0)
    expect(await gathered(teamThatSays(three), { at_least: 2, enough: 1 })).toMatchObject({
      at: 1_000,
      kind: 'cancelled',
      message: 'GATHER votes needs 2 answers and has 1; missing: ann, cem. The last failure: The gather ended.',
    })
  })

  test('tells of an error that is no failure of a call', async () => {
    const given = teamThatSays({ ann: [{ ends: new TypeError('Not a text.') }] })
    expect(await gathered(given, {})).toEqual({
      at: 1_000,
      kind: 'refused_request',
      message: 'GATHER votes needs 1 answer and has 0; missing: ann. The last failure: Not a text.',
      partial: { responses: [], missing: ['ann'] },
    })
  })

  test('lets another answer for who is gone, the next of them that is there', async () => {
    const given = teamThatSays({ ...three, dan: [{}] })
    for (const gone of ['ben', 'cem']) given.team.terminate(gone, 'it is ill')
    expect(await gathered(given, { redistribute: true })).toEqual({
      at: 3_000,
      responses: [
        said('dan', 1),
        said('dan', 2, 'Yes.', { for: 'ben' }),
        said('ann', 3),
        said('dan', 3, 'Yes.', { for: 'cem' }),
      ],
      missing: [],
    })
    const assigned = { type: 'task.assigned', at: 0, gather: 6, agent: 'dan' }
    expect(given.told('task.assigned')).toEqual([
      { ...assigned, task: 1, instead: 'ben' },
      { ...assigned, task: 2, instead: 'cem' },
    ])
  })

  test('begins again with the first of them after the last', async () => {
    const given = teamThatSays({ ...three, dan: [{}] })
    given.team.terminate('dan', 'it is ill')
    expect(await gathered(given, { redistribute: true })).toMatchObject({ missing: [] })
    expect(given.told('task.assigned')).toMatchObject([{ task: 3, agent: 'ann', instead: 'dan' }])
  })

  test('has nobody answer for who is gone where it is not told to, or nobody is left, or what failed is the call', async () => {
    const given = teamThatSays({ ...three, ann: [{ ends: failure('overloaded') }] })
    given.team.terminate('ben', 'it is ill')
    expect(await gathered(given, {})).toMatchObject({ missing: ['ann', 'ben'], responses: [said('cem', 2)] })
    given.team.terminate('cem', 'it is ill')
    expect(await gathered(given, { redistribute: true }, ['ben', 'cem'])).toMatchObject({
      kind: 'terminated',
      message: 'GATHER votes needs 1 answer and has 0; missing: ben, cem. The last failure: The agent cem has ended.',
    })
    expect(await gathered(given, { redistribute: true, at_least: 0 }, ['ann', 'ben'])).toMatchObject({
      missing: ['ann', 'ben'],
    })
    expect(given.told('task.assigned')).toMatchObject([{ agent: 'ann', instead: 'ben' }])
  })

  test('ends with its run', async () => {
    const given = teamThatSays(three)
    setTimeout(() => given.run.abort(failure('cancelled')), 1_500)
    expect(await gathered(given, { late: 'keep' })).toEqual({
      at: 1_500,
      kind: 'cancelled',
      message: 'It is cancelled.',
      partial: undefined,
    })
    expect(given.goingOn).toEqual([])
  })

  test('goes on after a restart with the answers and the time that it had left', async () => {
    const before = [
      { effect: 1, question: 'cem', answer: said('cem', 7) },
      { effect: 2, question: 'ben', answer: said('ben', 7) },
    ]
    const given = teamThatSays(slow, { before, over: { elapsedMs: 6_000 } })
    expect(await gathered(given, {})).toEqual({
      at: 4_000,
      responses: [said('cem', 7), said('ann', 1)],
      missing: ['ben'],
    })
    expect(given.asked.map(({ agent }) => agent)).toEqual(['ann', 'ben'])
    vi.setSystemTime(0)
    const enough = teamThatSays(slow, { before })
    expect(await gathered(enough, { enough: 1 })).toMatchObject({ at: 0, missing: ['ann', 'ben'] })
    expect(enough.asked).toEqual([])
  })
})

describe('the late answers of a gather', () => {
  const before = [{ effect: 1, question: 'ann', answer: said('ann', 7) }]

  test.for([
    [false, ['ben', 'cem']],
    [true, ['ben']],
  ] as const)('are waited for after a restart (one after another: %s)', async ([sequential, asked]) => {
    const given = teamThatSays(three, { before })
    const options = gatherOptions({ late: 'keep', sequential, prompt: 'Your vote?' }, DEFAULTS)
    const done = gatherLate('votes', given.team.names, options, given.dependencies)
    await vi.advanceTimersByTimeAsync(60_000)
    await done
    expect(given.asked).toEqual(asked.map((agent) => ({ at: 0, agent, text: 'Your vote?' })))
    expect(given.late).toEqual([said('ben', 1), said('cem', 2)].filter(({ agent }) => asked.includes(agent as 'ben')))
    expect(given.told('gather.received').map((each) => 'late' in each && each.late)).toEqual([
      false,
      ...asked.map(() => true),
    ])
  })
})
