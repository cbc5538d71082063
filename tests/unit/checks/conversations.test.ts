import { describe, expect, test } from 'vitest'
import { call, finds, story } from '../../given/story.ts'

describe('conversations', () => {
  const turn = (number: number, from: number, of: object = {}) =>
    call(number, { from, to: from + 4_000, turn: 2, continues: 1, prompt: number, ...of })
  const hello = call(1, { from: 0, to: 1_000 })
  const two = [hello, turn(2, 2_000), turn(3, 3_000)]
  const beside = (...more: ReturnType<typeof turn>[]) => finds('conversations', story(...two, ...more)).length
  const next = (number: number, continues: number, of: object = {}) =>
    turn(number, 10_000 * number, { continues, turn: 3, ...of })

  test('a second question may come when the first is answered', () => {
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 6_000)))).toEqual([])
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 5_999)))).toEqual([
      'ann sent call 3 in the conversation ann/1 before call 2 was answered',
    ])
  })

  test('the same messages are samples, and what goes on with nothing is no conversation', () => {
    const both = (of: object) => finds('conversations', story(hello, turn(2, 2_000, of), turn(3, 3_000, of))).length
    expect([both({}), both({ prompt: 99 }), both({ continues: undefined })]).toEqual([1, 0, 0])
  })

  test('histories that differ are branches', () => {
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 3_000, { continues: 9 })))).toEqual([])
  })

  test('where the same was asked twice before, there are two conversations that nobody can tell apart', () => {
    const hellos = (of: object) =>
      story(
        call(1, { from: 0, to: 1_000, request: 'hello' }),
        call(9, { from: 0, to: 1_000, request: 'hello', ...of }),
        turn(2, 2_000),
        turn(3, 3_000),
      )
    expect(finds('conversations', hellos({}))).toEqual([])
    expect(finds('conversations', hellos({ request: 'other' }))).toHaveLength(1)
    expect(finds('conversations', hellos({ agent: 'ben' }))).toHaveLength(1)
    expect(finds('conversations', hellos({ from: 5_000, to: 6_000 }))).toHaveLength(1)
  })

  test('three on one history are branches', () => {
    expect([beside(), beside(turn(4, 4_000)), beside(turn(4, 4_000, { prompt: 3 }))]).toEqual([1, 0, 1])
    expect(finds('conversations', story(...two), { branches: 2 })).toEqual([])
  })

  test('so are two whose answers are judged together', () => {
    const judge = (of: object) => beside(call(4, { from: 90_000, to: 90_001, conversation: 'judge/1', ...of }))
    expect([judge({ holds: [2, 3] }), judge({ holds: [2] })]).toEqual([0, 1])
    expect([judge({ holds: [2, 3], conversation: 'ann/1', turn: 2 })]).toEqual([0])
    expect([judge({ holds: [2, 3], conversation: 'ann/1', turn: 3 })]).toEqual([1])
  })

  test('and two that are both gone on with', () => {
    expect([beside(next(4, 2), next(5, 3)), beside(next(4, 2), next(5, 2))]).toEqual([0, 1])
  })

  test('an agent that has explored a tree needs not go on with the last questions of the tree', () => {
    const level = [
      next(4, 2),
      next(5, 3),
      turn(6, 60_000, { continues: 4, turn: 4 }),
      turn(7, 61_000, { continues: 4, turn: 4 }),
    ]
    expect(beside(...level)).toBe(0)
    const other = [
      turn(8, 62_000, { continues: 5, turn: 4, agent: 'ben' }),
      turn(9, 63_000, { continues: 5, turn: 4, agent: 'ben' }),
    ]
    expect(beside(...level, ...other)).toBe(1)
  })

  test('the same messages twice are no samples where the history holds both answers afterwards', () => {
    const shared = (...more: ReturnType<typeof turn>[]) =>
      finds('conversations', story(hello, turn(2, 2_000, { prompt: 99 }), turn(3, 3_000, { prompt: 99 }), ...more))
    const later = (of: object) => turn(9, 90_000, { continues: 3, ...of })
    expect(shared(later({ turn: 3 }))).toEqual([])
    expect(shared(later({ turn: 4 }))).toEqual(['ann sent call 3 in the conversation ann/1 before call 2 was answered'])
    // Three are samples, all of which the program has kept.
    expect(shared(turn(4, 4_000, { prompt: 99 }), later({ turn: 5 }))).toEqual([])
  })

  test('what stands in one history behind the other was no branch', () => {
    const four = [...two, turn(4, 4_000)]
    const then = (of: object) => finds('conversations', story(...four, next(5, 3, of))).length
    expect([then({}), then({ turn: 4 }), then({ turn: 4, continues: 9 })]).toEqual([0, 1, 0])
  })

  test('the question that is open longest counts, and times that are not exact are given some room', () => {
    const long = turn(2, 2_000, { to: 30_000 })
    const same = turn(4, 3_000, { prompt: 2 })
    const third = (from: number, slackMs = 0) =>
      finds('conversations', story(hello, long, same, turn(3, from)), {}, slackMs).length
    expect([third(30_000), third(29_960), third(29_960, 39), third(29_960, 40)]).toEqual([0, 1, 1, 0])
  })

  test('of one conversation the first is told', () => {
    const later = [turn(6, 60_000, { continues: 4, turn: 3 }), turn(7, 61_000, { continues: 4, turn: 3 })]
    expect(beside(next(4, 3), ...later)).toBe(1)
    const other = { conversation: 'ann/2' }
    expect(beside(turn(4, 60_000, { continues: 9, ...other }), turn(5, 61_000, { continues: 9, ...other }))).toBe(2)
  })
})
