import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { converse } from '../../../../src/orchestrator/effects/converse.ts'
import { failure } from '../../../given/ask.ts'
import { said, teamThatSays } from '../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Team = ReturnType<typeof teamThatSays>

/** How a conversation ends, and when: null, a failure's kind, or not at all. */
async function ended(given: Team, inTurns = false): Promise<{ at: number; value: unknown } | undefined> {
  let end: { at: number; value: unknown } | undefined
  const ends = (value: unknown): void => void (end = { at: Date.now(), value })
  converse(given.dependencies, { inTurns }).then(ends, ({ kind }: { kind: string }) => ends(kind))
  await vi.advanceTimersByTimeAsync(100_000)
  return end
}
const tell = (given: Team, ...names: string[]): void => {
  for (const name of names) given.team.send(name, 'Well?', 'strategy')
}
const asked = (given: Team): string[] =>
  given.asked.map(({ at, agent }, nth) => `${at / 1_000} ${agent} ${given.questions[nth]!.key!}`)

describe('agents that talk', () => {
  test('answer all at once what they have to read, and again what they are told meanwhile', async () => {
    const given = teamThatSays({ ann: [{}], ben: [{ ms: 3_000 }], cem: [{}] })
    tell(given, 'ann', 'ben')
    setTimeout(() => tell(given, 'ben', 'cem'), 2_000)
    expect(await ended(given)).toEqual({ at: 6_000, value: null })
    expect(asked(given)).toEqual(['0 ann 1/ann 1', '0 ben 1/ben 1', '2 cem 1/cem 1', '3 ben 1/ben 2'])
  })

  test('answer one after another in turns, in their order after who has spoken last', async () => {
    const given = teamThatSays({ ann: [{}], ben: [{}], cem: [{}] })
    tell(given, 'cem', 'ben')
    setTimeout(() => tell(given, 'ann', 'cem'), 500)
    expect(await ended(given, true)).toEqual({ at: 3_000, value: null })
    expect(asked(given)).toEqual(['0 ben 1/ben 1', '1 cem 1/cem 1', '2 ann 1/ann 1'])
  })

  test.for([false, true])('end at once where nobody has anything to read (in turns: %s)', async (inTurns) => {
    const given = teamThatSays({ ann: [{}], ben: [{}] })
    tell(given, 'ben')
    given.team.terminate('ben', 'it is ill')
    expect(await ended(given, inTurns)).toEqual({ at: 0, value: null })
    expect(given.asked).toEqual([])
  })

  test('who fail are asked again when they are told more; that somebody has answered is enough', async () => {
    const given = teamThatSays({ ann: [{ ends: failure('overloaded') }, {}], ben: [{ ms: 5_000 }] })
    tell(given, 'ann', 'ben')
    setTimeout(() => tell(given, 'ann'), 2_000)
    expect(await ended(given)).toEqual({ at: 5_000, value: null })
    expect(asked(given)).toEqual(['0 ann 1/ann 1', '0 ben 1/ben 1', '2 ann 1/ann 2'])
    expect(given.told('log')).toEqual([{ type: 'log', at: 5_000, line: 0, text: 'Not answered: It is overloaded.' }])
  })

  test.for([false, true])(
    'who fail are asked again where they were told more meanwhile (in turns: %s)',
    async (inTurns) => {
      const given = teamThatSays({ ann: [{ ms: 3_000, ends: failure('overloaded') }, {}] })
      tell(given, 'ann')
      setTimeout(() => tell(given, 'ann'), 2_000)
      expect(await ended(given, inTurns)).toEqual({ at: 4_000, value: null })
      expect(asked(given)).toEqual(['0 ann 1/ann 1', '3 ann 1/ann 2'])
    },
  )

  test.for([false, true])('fail where nobody has answered at all (in turns: %s)', async (inTurns) => {
    const given = teamThatSays({ ann: [{ ends: failure('overloaded') }] })
    tell(given, 'ann')
    expect(await ended(given, inTurns)).toEqual({ at: 1_000, value: 'overloaded' })
    expect(given.told('log')).toEqual([])
  })

  test.for([false, true])('end with their run (in turns: %s)', async (inTurns) => {
    const given = teamThatSays({ ann: [{}], ben: [{ ms: 60_000 }] })
    tell(given, 'ann', 'ben')
    setTimeout(() => given.run.abort(failure('cancelled')), 5_000)
    expect(await ended(given, inTurns)).toEqual({ at: 5_000, value: 'cancelled' })
  })

  test.for([false, true])('are asked no more while the run is to pause (in turns: %s)', async (inTurns) => {
    const pausing = new AbortController()
    const given = teamThatSays({ ann: [{}], ben: [{}] }, { over: { pausing: pausing.signal } })
    tell(given, 'ann')
    setTimeout(() => pausing.abort(), 500)
    setTimeout(() => tell(given, 'ben'), 600)
    expect(await ended(given, inTurns)).toBeUndefined()
    expect(asked(given)).toEqual(['0 ann 1/ann 1'])
  })

  test('come to their end while the run is to pause, where nobody has anything to read', async () => {
    const pausing = new AbortController()
    const given = teamThatSays({ ann: [{}] }, { over: { pausing: pausing.signal } })
    tell(given, 'ann')
    setTimeout(() => pausing.abort(), 500)
    expect(await ended(given)).toEqual({ at: 1_000, value: null })
  })

  test('go on after a restart with the question and the turn that are next', async () => {
    const before = [
      { effect: 1, question: 'ann 1', answer: said('ann', 1) },
      { effect: 1, question: 'ben 1', answer: said('ben', 1) },
    ]
    const given = teamThatSays({ ann: [{}], ben: [{}], cem: [{}] }, { before })
    tell(given, 'ann', 'ben', 'cem')
    expect(await ended(given, true)).toEqual({ at: 3_000, value: null })
    expect(asked(given)).toEqual(['0 cem 1/cem 1', '1 ann 1/ann 2', '2 ben 1/ben 2'])
    // That somebody has answered before is enough.
    vi.setSystemTime(0)
    const failing = teamThatSays({ ann: [{ ends: failure('overloaded') }], ben: [{}] }, { before })
    tell(failing, 'ann')
    expect(await ended(failing)).toEqual({ at: 1_000, value: null })
  })
})
