import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gather } from '../../../../../src/orchestrator/effects/gather/gather.ts'
import { gatherOptions } from '../../../../../src/orchestrator/effects/gather/options.ts'
import type { Json, Options } from '../../../../../src/strategy/index.ts'
import { failure } from '../../../../given/ask.ts'
import { said, teamThatSays } from '../../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

type Team = ReturnType<typeof teamThatSays>

/** How a gather of tasks ends, which answers count, and what is missing. */
async function shared(given: Team, tasks: readonly Json[], more: Options = {}) {
  const options = gatherOptions({ tasks, at_least: 0, timeout: '100s', ...more }, { timeoutMs: 0, sequential: false })
  const ended = gather('work', given.team.names, options, given.dependencies).then(({ responses, missing }) => ({
    at: Date.now(),
    done: responses.map((each) => `${String((each as Options)['task'])} by ${String((each as Options)['agent'])}`),
    missing,
  }))
  await vi.advanceTimersByTimeAsync(300_000)
  return ended
}

/** Who was asked to do what, when. */
const asked = (given: Team): string[] =>
  given.asked.map(({ at, agent }, nth) => `${at / 1_000} ${agent} ${given.questions[nth]!.key!}`)
const broken = (given: Team): string[] => given.brokenOff.map(({ at, agent, why }) => `${at / 1_000} ${agent}: ${why}`)

describe('agents that share tasks', () => {
  test('each take the next one when they are done', async () => {
    const given = teamThatSays({ ann: [{ ms: 1_000 }], ben: [{ ms: 3_000 }] })
    expect(await shared(given, ['a', 'b', 'c', 'd'])).toEqual({
      at: 3_000,
      done: ['a by ann', 'c by ann', 'b by ben', 'd by ann'],
      missing: [],
    })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '0 ben 1/task 1', '1 ann 1/task 2', '2 ann 1/task 3'])
    expect(given.told('task.assigned')).toEqual([
      { type: 'task.assigned', at: 0, gather: 2, task: 0, agent: 'ann', instead: null },
      { type: 'task.assigned', at: 0, gather: 2, task: 1, agent: 'ben', instead: null },
      { type: 'task.assigned', at: 1_000, gather: 2, task: 2, agent: 'ann', instead: null },
      { type: 'task.assigned', at: 2_000, gather: 2, task: 3, agent: 'ann', instead: null },
    ])
    expect(broken(given)).toEqual([])
  })

  test('are told what the task is, after the prompt', async () => {
    const given = teamThatSays({ ann: [{}], ben: [{}] })
    await shared(given, ['Read.', { page: 2 }])
    expect(given.asked.map(({ text }) => text)).toEqual(['Your task:\nRead.', 'Your task:\n{"page":2}'])
    const more = teamThatSays({ ann: [{}] })
    await shared(more, ['Read.'], { prompt: 'Please:' })
    expect(more.asked.map(({ text }) => text)).toEqual(['Please:\nRead.'])
  })

  test('do what another has lost, and wait for it', async () => {
    const given = teamThatSays({ ann: [{ ms: 2_000 }], ben: [{ ms: 3_000 }] })
    setTimeout(() => given.team.terminate('ben', 'it is ill'), 2_500)
    expect(await shared(given, ['a', 'b'])).toEqual({ at: 4_500, done: ['a by ann', 'b by ann'], missing: [] })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '0 ben 1/task 1', '2.5 ann 1/task 1 try 2'])
    expect(given.told('task.assigned').at(-1)).toEqual({
      type: 'task.assigned',
      at: 2_500,
      gather: 2,
      task: 1,
      agent: 'ann',
      instead: 'ben',
    })
  })

  test('try a task three times before it is missing', async () => {
    const given = teamThatSays({ ann: [{ ends: failure('bad_answer') }] })
    expect(await shared(given, ['a'])).toEqual({ at: 3_000, done: [], missing: ['a'] })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '1 ann 1/task 0 try 2', '2 ann 1/task 0 try 3'])
  })

  test('try one twice that is done then, after those that wait', async () => {
    const given = teamThatSays({ ann: [{ ends: failure('bad_answer') }, {}] })
    expect(await shared(given, ['a', 'b'])).toEqual({ at: 3_000, done: ['b by ann', 'a by ann'], missing: [] })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '1 ann 1/task 1', '2 ann 1/task 0 try 2'])
  })

  test('do one, too, that takes three times as long as the longest; the first answer counts', async () => {
    const given = teamThatSays({ ann: [{ ms: 6_000 }], ben: [{ ms: 90_000 }] })
    expect(await shared(given, ['a', 'b'])).toEqual({ at: 24_000, done: ['a by ann', 'b by ann'], missing: [] })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '0 ben 1/task 1', '18 ann 1/task 1 try 2'])
    expect(broken(given)).toEqual(['24 ben: Another agent has completed the task.'])
  })

  test('do one, too, after ten seconds at the least', async () => {
    const given = teamThatSays({ ann: [{ ms: 1_000 }], ben: [{ ms: 90_000 }] })
    expect(await shared(given, ['a', 'b', 'c'])).toEqual({
      at: 11_000,
      done: ['a by ann', 'c by ann', 'b by ann'],
      missing: [],
    })
    expect(asked(given).at(-1)).toBe('10 ann 1/task 1 try 2')
  })

  test('do one, too, at half of the time, where nobody has done any; and a third at half of the rest', async () => {
    const given = teamThatSays({ ann: [{ ms: 90_000 }], ben: [{ ms: 200_000 }], cem: [{ ms: 10_000 }] })
    expect(await shared(given, ['a'])).toMatchObject({ missing: [], at: 85_000, done: ['a by cem'] })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '50 ben 1/task 0 try 2', '75 cem 1/task 0 try 3'])
  })

  test('give none away that waits already, nor one that is done', async () => {
    const given = teamThatSays({ ann: [{ ms: 55_000 }], ben: [{ ms: 60_000 }] })
    expect(await shared(given, ['a', 'b'])).toMatchObject({ at: 60_000, done: ['a by ann', 'b by ben'], missing: [] })
    // At 50 seconds both are given back; at 55 one is free for that of the other.
    expect(asked(given)).toEqual(['0 ann 1/task 0', '0 ben 1/task 1', '55 ann 1/task 1 try 2'])
    expect(broken(given)).toEqual(['60 ann: Another agent has completed the task.'])
  })

  test('keep what is theirs where nobody else is there', async () => {
    const given = teamThatSays({ ann: [{ ms: 90_000 }] })
    expect(await shared(given, ['a'])).toEqual({ at: 90_000, done: ['a by ann'], missing: [] })
    expect(given.asked).toHaveLength(1)
  })

  test('begin no other when enough are done, or the time is up', async () => {
    const given = teamThatSays({ ann: [{ ms: 1_000 }], ben: [{ ms: 1_500 }] })
    expect(await shared(given, ['a', 'b', 'c', 'd'], { enough: 2 })).toEqual({
      at: 1_500,
      done: ['a by ann', 'b by ben'],
      missing: ['c', 'd'],
    })
    expect(broken(given)).toEqual(['1.5 ann: The gather ended.'])
    vi.setSystemTime(0)
    const late = teamThatSays({ ann: [{ ms: 60_000 }] })
    expect(await shared(late, ['a', 'b', 'c'])).toEqual({ at: 100_000, done: ['a by ann'], missing: ['b', 'c'] })
    expect(asked(late)).toEqual(['0 ann 1/task 0', '60 ann 1/task 1'])
  })

  test('finish late what they have begun, and begin no more, where late answers are kept', async () => {
    const given = teamThatSays({ ann: [{ ms: 60_000 }] })
    expect(await shared(given, ['a', 'b', 'c'], { late: 'keep' })).toMatchObject({ at: 100_000, missing: ['b', 'c'] })
    expect(given.late).toEqual([said('ann', 60, 'Yes.', { task: 'b' })])
    expect(given.asked).toHaveLength(2)
  })

  test('do after a restart what nobody had done', async () => {
    const before = [{ effect: 1, question: 'task 1', answer: said('ann', 7) }]
    const given = teamThatSays({ ann: [{}] }, { before })
    expect(await shared(given, ['a', 'b', 'c'])).toEqual({
      at: 2_000,
      done: ['b by ann', 'a by ann', 'c by ann'],
      missing: [],
    })
    expect(asked(given)).toEqual(['0 ann 1/task 0', '1 ann 1/task 2'])
    expect(given.told('task.assigned')).toMatchObject([{ task: 0 }, { task: 2 }])
  })

  test('are not those who had gone before', async () => {
    const given = teamThatSays({ ann: [{}], ben: [{}] })
    given.team.terminate('ann', 'it is ill')
    expect(await shared(given, ['a', 'b'])).toEqual({ at: 2_000, done: ['a by ben', 'b by ben'], missing: [] })
    expect(given.told('task.assigned')).toMatchObject([{ agent: 'ben' }, { agent: 'ben' }])
  })

  test('fail with too few answers, and say which tasks nobody has done, and why', async () => {
    const given = teamThatSays({ ann: [{ ends: failure('bad_answer') }] })
    const options = gatherOptions({ tasks: ['a', { page: 2 }] }, { timeoutMs: 100_000, sequential: false })
    const failed = gather('work', ['ann'], options, given.dependencies).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(await failed).toMatchObject({
      kind: 'bad_answer',
      message: 'GATHER work needs 1 answer and has 0; missing: a, {"page":2}. The last failure: It is bad_answer.',
      partial: { responses: [], missing: ['a', { page: 2 }] },
    })
    expect(given.asked).toHaveLength(6)
  })
})
