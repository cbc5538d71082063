import { describe, expect, test } from 'vitest'
import { findViolations } from '../../../src/checks/index.ts'
import { call, event, finds, story } from '../../given/story.ts'

describe('conversations', () => {
  const turn = (number: number, from: number, of: object = {}) =>
    call(number, { from, to: from + 4_000, turn: 2, continues: 1, prompt: number, ...of })
  const hello = call(1, { from: 0, to: 1_000 })
  const two = [hello, turn(2, 2_000), turn(3, 3_000)]
  /** What goes on with call 2, and has the answers to calls 2 and 3. */
  const both = (of: object = {}) => turn(9, 90_000, { continues: 2, turn: 4, holds: [1, 2, 3], ...of })
  const count = (...parts: ReturnType<typeof call>[]) => finds('conversations', story(...parts)).length

  test('a second question may come when the first is answered', () => {
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 6_000), both()))).toEqual([])
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 5_999), both()))).toEqual([
      'ann sent call 3 in the conversation ann/1 before call 2 was answered',
    ])
  })

  describe('questions beside each other on one history', () => {
    test('are a violation where the history keeps at most one of them', () => {
      expect(count(...two)).toBe(1)
      expect(count(...two, turn(4, 10_000, { continues: 2, turn: 3, holds: [1, 2] }))).toBe(1)
      expect(count(...two, turn(4, 4_000, { prompt: 3 }))).toBe(1)
    })

    test('are branches where they are many, or the agent goes on with several of them', () => {
      expect(count(...two, turn(4, 4_000))).toBe(0)
      expect(finds('conversations', story(...two), { branches: 2 })).toEqual([])
      const level = [turn(4, 60_000, { continues: 2, turn: 3 }), turn(5, 60_000, { continues: 3, turn: 3 })]
      expect(count(...two, ...level)).toBe(0)
      const last = [6, 7].map((number) => turn(number, 70_000 + number, { continues: 4, turn: 4 }))
      expect(count(...two, ...level, ...last)).toBe(0)
      const ofBen = [8, 9].map((number) => turn(number, 80_000 + number, { continues: 5, turn: 4, agent: 'ben' }))
      expect(count(...two, ...level, ...last, ...ofBen)).toBe(1)
    })

    test('concern the history where another model is asked', () => {
      expect(count(hello, turn(2, 2_000), turn(3, 3_000, { model: 'gpt-4o' }))).toBe(0)
    })

    test('stand in one history one behind the other where the program shares it', () => {
      expect(count(...two, both())).toBe(1)
      expect(count(...two, turn(4, 4_000), turn(5, 5_000), both())).toBe(1)
    })

    test('may be judged together by the next one', () => {
      expect(count(...two, both({ conversation: 'judge/1', continues: undefined }))).toBe(0)
      expect(count(...two, both({ conversation: 'judge/1', continues: undefined, holds: [2] }))).toBe(1)
      expect(count(...two, both({ turn: 2 }))).toBe(0)
      expect(count(...two, both({ turn: 3 }))).toBe(1)
    })

    test('of histories that differ are none of one', () => {
      expect(count(hello, turn(2, 2_000), turn(3, 3_000, { continues: 9 }), both())).toBe(0)
      expect(count(hello, turn(2, 2_000), turn(3, 3_000, { agent: 'ben' }), both())).toBe(0)
    })

    test('may be hedged', () => {
      const hedged = event(2_500, { type: 'call.hedged', agent: 'ann', target: 'openai/gpt-4o-mini' })
      expect(count(...two, both(), hedged)).toBe(0)
    })
  })

  test('where the same was asked twice before, there are two conversations that nobody can tell apart', () => {
    const hellos = (of: object) =>
      count(
        call(1, { from: 0, to: 1_000, request: 'hello' }),
        call(9, { from: 0, to: 1_000, request: 'hello', ...of }),
        turn(2, 2_000),
        turn(3, 3_000),
        turn(10, 90_000, { continues: 2, turn: 4, holds: [1, 2, 3] }),
      )
    expect(hellos({})).toBe(0)
    expect(hellos({ request: 'other' })).toBe(1)
    expect(hellos({ agent: 'ben' })).toBe(1)
    expect(hellos({ from: 5_000, to: 6_000 })).toBe(1)
  })

  describe('the same messages several times', () => {
    const same = (of: object = {}) => [2, 3].map((number) => turn(number, number * 1_000, { prompt: 99, ...of }))

    test('are samples', () => {
      expect(count(hello, ...same())).toBe(0)
      expect(count(hello, ...same(), both({ turn: 3 }))).toBe(0)
    })

    test('are two questions where the history holds two answers afterwards', () => {
      expect(count(hello, ...same(), both({ continues: 3, holds: [] }))).toBe(1)
      expect(finds('conversations', story(hello, ...same(), both()), { branches: 2 })).toEqual([])
    })

    test('are samples also where the program keeps all of three, unless they hold three questions', () => {
      const three = (of: object = {}) =>
        count(hello, ...same(of), turn(4, 4_000, { prompt: 99, ...of }), both({ turn: 5 }))
      expect([three(), three({ questions: 2 }), three({ questions: 3 })]).toEqual([0, 0, 1])
    })

    test('hold all of the first questions where the history was fresh', () => {
      const fresh = (of: object, ...more: ReturnType<typeof call>[]) =>
        count(...same({ turn: 1, continues: undefined, prompt: undefined, request: 'all', ...of }), ...more)
      expect(fresh({ questions: 2 }, both({ turn: 3 }))).toBe(1)
      expect(fresh({ questions: 2 })).toBe(0)
      expect(fresh({}, both({ turn: 3 }))).toBe(0)
      expect(fresh({ questions: 2 }, both({ turn: 2 }))).toBe(0)
    })
  })

  describe('a question that stands in the next one before its answer', () => {
    test('is of a history that the program shares', () => {
      expect(count(hello, turn(2, 2_000), turn(3, 3_000, { overtakes: 2 }))).toBe(1)
      expect(count(hello, turn(2, 2_000), turn(3, 6_000, { overtakes: 2 }))).toBe(0)
      expect(count(hello, turn(3, 3_000, { overtakes: 2 }))).toBe(0)
      const other = [hello, turn(2, 2_000), turn(3, 3_000, { overtakes: 2, model: 'gpt-4o' })]
      expect([count(...other), count(...other, turn(4, 9_000, { continues: 3 }))]).toEqual([0, 1])
    })

    test('is beside it, as for a title, if the history goes on with the first alone', () => {
      const beside = [hello, turn(2, 2_000), turn(3, 3_000, { overtakes: 2 })]
      const goesOn = (of: object) => turn(4, 9_000, { turn: 3, ...of })
      expect(count(...beside, goesOn({ continues: 2 }))).toBe(0)
      expect(count(...beside, goesOn({ continues: 3 }))).toBe(1)
      expect(count(...beside, goesOn({ continues: 2 }), turn(5, 9_000, { turn: 3, continues: 3 }))).toBe(1)
      expect(count(...beside, both())).toBe(1)
      // Where nothing follows, only the program knows.
      expect(findViolations(story(...beside))[0]!.tune).toEqual({ branches: 2 })
      expect(finds('conversations', story(...beside), { branches: 2 })).toEqual([])
    })

    test('may be the first one, with a question about it', () => {
      const first = turn(2, 2_000, { turn: 1, continues: undefined })
      const second = turn(3, 2_000, { turn: 1, continues: undefined, overtakes: 2 })
      expect(count(first, second)).toBe(0)
      expect(count(first, second, turn(4, 9_000, { continues: 2 }))).toBe(0)
      expect(count(first, second, turn(4, 9_000, { continues: 3 }))).toBe(1)
      expect(count(first, second, turn(4, 2_000, { turn: 1, continues: undefined, overtakes: 2 }))).toBe(0)
      expect(count(first, second, turn(4, 2_000, { turn: 1, continues: undefined, overtakes: 3 }))).toBe(1)
    })
  })

  test('the question that is open longest counts, and times that are not exact are given some room', () => {
    const long = turn(2, 2_000, { to: 30_000 })
    const same = turn(4, 3_000, { prompt: 2 })
    const third = (from: number, slackMs = 0) =>
      finds('conversations', story(hello, long, same, turn(3, from), both()), {}, slackMs).length
    expect([third(30_000), third(29_960), third(29_960, 39), third(29_960, 40)]).toEqual([0, 1, 1, 0])
  })

  test('of one conversation the first is told', () => {
    const later = [
      turn(6, 100_000, { continues: 9, turn: 5 }),
      turn(7, 101_000, { continues: 9, turn: 5 }),
      turn(8, 200_000, { continues: 6, turn: 7, holds: [6, 7] }),
    ]
    expect(count(...two, both(), ...later)).toBe(1)
    const other = later.map((parts) =>
      parts.map(
        ([at, body]) => [at, body.type === 'call.arrived' ? { ...body, conversation: 'ann/2' } : body] as const,
      ),
    )
    expect(count(...two, both(), ...other)).toBe(2)
  })
})

test('ten thousand pairs of questions on as many histories are judged in a moment', () => {
  const pair = (nth: number) => {
    const [first, from, agent] = [nth * 3 + 1, nth * 1_000, `a${nth % 50}`]
    const of = { agent, conversation: `c${nth}` }
    const question = { ...of, turn: 2, continues: first, from: from + 200, to: from + 400 }
    return [
      call(first, { ...of, from, to: from + 100 }),
      call(first + 1, { ...question, prompt: 1 }),
      call(first + 2, { ...question, prompt: 2 }),
    ]
  }
  const all = story(...Array.from({ length: 10_000 }, (_, nth) => pair(nth)).flat())
  expect(finds('conversations', all)).toHaveLength(20)
}, 10_000)
