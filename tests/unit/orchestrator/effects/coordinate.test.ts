import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { coordinate } from '../../../../src/orchestrator/effects/coordinate.ts'
import type { Options } from '../../../../src/strategy/index.ts'
import { failure } from '../../../given/ask.ts'
import { said, teamThatSays } from '../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Team = ReturnType<typeof teamThatSays>

async function ended(given: Team, request: Options): Promise<unknown> {
  const { dependencies, team } = given
  const result = coordinate(request, team.names, { timeoutMs: 20_000, dependencies }).catch(
    ({ kind, message }: { kind: string; message: string }) => ({ kind, message }),
  )
  await vi.advanceTimersByTimeAsync(100_000)
  return result
}
const texts = (given: Team): string[] => given.asked.map(({ agent, text }) => `${agent}: ${text}`)

describe('COORDINATE', () => {
  test('waits until all have answered', async () => {
    const given = teamThatSays({ ann: [{ ms: 2_000 }], ben: [{}] })
    expect(await ended(given, { type: 'barrier', options: { point: 'the start', name: 'other' } })).toEqual({
      coordinated: ['ann', 'ben'],
      missing: [],
      timed_out: false,
      duration: 2,
      responses: [said('ben', 1), said('ann', 2)],
    })
    expect(texts(given)).toEqual([
      'ann: Answer when you are ready: the start',
      'ben: Answer when you are ready: the start',
    ])
  })

  test.for([
    [{}, 20],
    [{ timeout: '5s' }, 5],
  ] as const)('with %j has those missing who have not answered after %i seconds', async ([more, duration]) => {
    const given = teamThatSays({ ann: [{ ms: 60_000 }], ben: [{}] })
    expect(await ended(given, { type: 'checkpoint', ...more })).toEqual({
      coordinated: ['ben'],
      missing: ['ann'],
      timed_out: true,
      duration,
      responses: [said('ben', 1)],
    })
  })

  test.for<[Options, string]>([
    [{ options: { name: 'a name', task: 'a task' } }, 'a name'],
    [{ options: { task: 'a task' } }, 'a task'],
    [{ type: 'barrier' }, 'barrier'],
    [{}, 'coordination'],
  ])('%j is at "%s"', async ([request, point]) => {
    const given = teamThatSays({ ann: [{}] })
    await ended(given, request)
    expect(texts(given)).toEqual([`ann: Answer when you are ready: ${point}`])
  })

  test('lets one speak after another, each with what was said in the round before', async () => {
    const given = teamThatSays({ ann: [{ ends: 'A1' }, { ends: 'A2' }], ben: [{ ends: 'B1' }, { ends: 'B2' }] })
    expect(await ended(given, { type: 'turns', options: { task: 'the plan', max_rounds: '2' } })).toEqual({
      coordinated: ['ann', 'ben'],
      missing: [],
      timed_out: false,
      duration: 4,
      responses: [said('ann', 1, 'A1'), said('ben', 1, 'B1'), said('ann', 1, 'A2'), said('ben', 1, 'B2')],
    })
    expect(texts(given)).toEqual([
      'ann: It is your turn: the plan',
      'ben: It is your turn: the plan\nann: A1',
      'ann: It is your turn: the plan\nann: A1\nben: B1',
      'ben: It is your turn: the plan\nben: B1\nann: A2',
    ])
    expect(given.questions.map(({ key }) => key)).toEqual(['1/ann 1', '1/ben 1', '1/ann 2', '1/ben 2'])
  })

  test('passes over who takes longer than a turn, or fails', async () => {
    const given = teamThatSays({ ann: [{ ms: 60_000 }], ben: [{ ends: failure('overloaded') }], cem: [{}] })
    expect(await ended(given, { type: 'turns', options: { turn_duration: '5s' } })).toEqual({
      coordinated: ['cem'],
      missing: ['ann', 'ben'],
      timed_out: true,
      duration: 7,
      responses: [said('cem', 1)],
    })
    expect(given.brokenOff).toEqual([{ at: 5_000, agent: 'ann', why: 'The turn of ann took longer than 5s.' }])
  })

  test('ends where money is lacking, or with its run', async () => {
    const given = teamThatSays({ ann: [{ ends: failure('budget') }], ben: [{}] })
    expect(await ended(given, { type: 'turns' })).toEqual({ kind: 'budget', message: 'It is budget.' })
    const over = teamThatSays({ ann: [{ ms: 60_000 }], ben: [{}] })
    setTimeout(() => over.run.abort(failure('cancelled')), 500)
    expect(await ended(over, { type: 'turns' })).toEqual({ kind: 'cancelled', message: 'It is cancelled.' })
    expect(over.asked).toHaveLength(1)
  })

  test('counts the time before a restart', async () => {
    const given = teamThatSays({ ann: [{}] }, { over: { elapsedMs: 3_000 } })
    expect(await ended(given, { type: 'barrier' })).toMatchObject({ duration: 4 })
  })

  test('has no other options', async () => {
    expect(await ended(teamThatSays({}), { options: { rounds: 2 } })).toEqual({
      kind: 'refused_request',
      message: 'COORDINATE has no option "rounds". Did you mean "max_rounds"?',
    })
  })
})
