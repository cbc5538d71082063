import { describe, expect, test } from 'vitest'
import { strategy } from '../../../given/strategy.ts'
import { runStrategy, type Answering } from '../../../given/strategy-run.ts'

const result = (text: string, variables = {}, answering?: Answering): unknown => {
  const { status } = runStrategy(text, variables, answering)
  return status.kind === 'completed' ? status.result : status
}

/** Fails so many times, then succeeds. */
function failing(times: number): Answering {
  let left = times
  return ({ kind }) =>
    kind === 'completion' && left-- > 0
      ? { ok: false, failure: { kind: 'timeout', message: 'too late' } }
      : { ok: true, value: 'answer' }
}

const sleeps = (text: string, answering: Answering): number[] =>
  runStrategy(text, {}, answering).requests.flatMap((request) => (request.kind === 'sleep' ? [request.ms] : []))

describe('RETRY', () => {
  const text = strategy`
    RETRY 3:
      x = AWAIT completion FROM ann
    RETURN x
  `

  test('runs its block so many times, and not once more', () => {
    expect(result(text, {}, failing(2))).toBe('answer')
    expect(result(text, {}, failing(3))).toMatchObject({ kind: 'failed', failure: { kind: 'timeout' } })
    expect(result(text.replace('3', '1'), {}, failing(1))).toMatchObject({ kind: 'failed' })
  })

  test('waits a second at first, then twice as long each time, up to a minute', () => {
    expect(sleeps(text.replace('3', '9'), failing(9))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ])
  })

  test('begins anew when it is come by again', () => {
    const again = strategy`
      FOR i IN 1..2:
        RETRY 2:
          AWAIT completion FROM ann
      RETURN "done"
    `
    let asked = 0
    expect(
      result(again, {}, ({ kind }) =>
        kind === 'completion' && ++asked % 2 === 1
          ? { ok: false, failure: { kind: 'timeout', message: 'too late' } }
          : { ok: true, value: 1 },
      ),
    ).toBe('done')
    expect(asked).toBe(4)
  })
})

describe('ON failure', () => {
  test('is passed over when nothing fails', () => {
    const text = strategy`
      TRY:
        SET x = 1
      ON failure:
        SET x = 2
      RETURN x
    `
    expect(result(text)).toBe(1)
  })

  test('knows what has failed, and where', () => {
    const text = strategy`
      TRY:
        SET x = 1
        ASSERT x == 2
        SET x = 3
      ON failure:
        RETURN [x, failure.kind, failure.message, failure.line, failure.column]
    `
    expect(result(text)).toEqual([1, 'assertion', 'ASSERT x == 2 does not hold.', 3, 10])
  })

  test('guards its own statement alone, and what fails in it goes further out', () => {
    const text = strategy`
      TRY:
        TRY:
          ASSERT 1 == 2
        ON failure:
          ASSERT 3 == 4
        SET passed = true
      ON failure:
        RETURN failure.message
    `
    expect(result(text)).toBe('ASSERT 3 == 4 does not hold.')
    const after = strategy`
      LOG 1
      ON failure:
        RETURN "guarded"
      ASSERT 1 == 2
    `
    expect(result(after)).toMatchObject({ kind: 'failed', failure: { line: 4 } })
  })
})

describe('loops', () => {
  test('BREAK ends the innermost one, CONTINUE goes on with its next item', () => {
    const text = strategy`
      SET seen = []
      FOR i IN 1..3:
        FOR j IN 1..4:
          IF j == 2: CONTINUE
          IF j == 4: BREAK
          COLLECT i * 10 + j INTO seen
        IF i == 2: BREAK
      RETURN seen
    `
    expect(result(text)).toEqual([11, 13, 21, 23])
  })

  test('BREAK out of a guard and a retry within a loop leaves them too', () => {
    const text = strategy`
      WHILE true:
        RETRY 3:
          TRY:
            BREAK
          ON failure:
            LOG "not this"
      ASSERT 1 == 2
    `
    expect(result(text)).toMatchObject({ kind: 'failed', failure: { kind: 'assertion', line: 7 } })
  })

  test('WHILE asks before each round, and may run none', () => {
    const text = strategy`
      SET rounds = 0
      WHILE rounds < limit:
        SET rounds = rounds + 1
      RETURN rounds
    `
    expect([0, 1, 5].map((limit) => result(text, { limit }))).toEqual([0, 1, 5])
  })

  test('WHILE in plain language goes on until the answer is no', () => {
    const text = strategy`
      SET rounds = 0
      WHILE they still disagree:
        SET rounds = rounds + 1
      RETURN rounds
    `
    let asked = 0
    expect(result(text, {}, () => ({ ok: true, value: ++asked < 3 }))).toBe(2)
    expect(asked).toBe(3)
  })

  test('CONTINUE in a WHILE asks its condition again, and runs nothing before it', () => {
    const text = strategy`
      SET n = 0
      SET begun = len(seen) + 1
      COLLECT begun INTO seen
      WHILE n < 4:
        SET n = n + 1
        IF n % 2 == 0: CONTINUE
        COLLECT n * 10 INTO seen
      RETURN seen
    `
    expect(result(text, { seen: [] })).toEqual([1, 10, 30])
  })

  test('a range is not made into a list, however long it is', () => {
    const text = strategy`
      FOR i IN 1..9000000000:
        IF i == 3: BREAK
      RETURN i
    `
    expect(result(text)).toBe(3)
  })

  test('in a sketch, a list that is none is asked for', () => {
    const text = strategy`
      THINK first
      FOR x IN n:
        COLLECT x INTO seen
      RETURN seen
    `
    const { requests, status } = runStrategy(text, { n: 7, seen: [] }, ({ kind }) => ({
      ok: true,
      value: kind === 'value' ? ['a', 'b'] : 'thought',
    }))
    expect(requests).toMatchObject([
      { kind: 'ask' },
      { kind: 'value', text: expect.stringMatching(/\(n = 7\)\nAnswer with the JSON list\.$/) as string },
    ])
    expect(status).toEqual({ kind: 'completed', result: ['a', 'b'] })
  })

  test('a list is gone over as it was when the loop began', () => {
    const text = strategy`
      SET all = [1, 2]
      FOR x IN all:
        COLLECT x + 10 INTO all
      RETURN all
    `
    expect(result(text)).toEqual([1, 2, 11, 12])
  })
})

describe('IF', () => {
  test.each([
    [1, 'one'],
    [2, 'two'],
    [3, 'two'],
    [4, 'more'],
  ])('%d takes the first branch that holds', (n, branch) => {
    const text = strategy`
      IF n == 1:
        SET x = "one"
      ELIF n <= 2:
        SET x = "two"
      ELSE IF n <= 3:
        SET x = "two"
      ELSE:
        SET x = "more"
      RETURN x
    `
    expect(result(text, { n })).toBe(branch)
  })
})

describe('SET of a part', () => {
  test.each([
    ['SET x[0] = 9', [9, 2, 3]],
    ['SET x[2] = 9', [1, 2, 9]],
    ['SET x[-1] = 9', [1, 2, 9]],
    ['SET x[-3] = 9', [9, 2, 3]],
  ])('%s', (text, list) => {
    expect(result(`${text}\nRETURN x`, { x: [1, 2, 3] })).toEqual(list)
  })

  test.each([
    ['SET x[3] = 9', 'SET x[3]: the list has 3 items, and no item at 3. To add an item, use COLLECT … INTO.'],
    ['SET x[-4] = 9', 'the list has 3 items, and no item at -4'],
    ['SET x[0.5] = 9', 'a list has items at whole numbers from 0, not at 0.5'],
    ['SET x["a"] = 9', 'a list has items at whole numbers from 0, not at "a"'],
    ['SET o[true] = 9', 'an object has texts as names, not true'],
    ['SET o["__proto__"] = 9', '"__proto__" cannot be a name'],
    ['SET o.a.b = 9', 'o["a"] is not an object or a list, but 1'],
    ['SET n[0] = 9', 'SET n[0]: n is not an object or a list, but 7'],
  ])('%s is refused', (text, message) => {
    expect(result(text, { x: [1, 2, 3], o: { a: 1 }, n: 7 })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'type', message: expect.stringContaining(message) as string },
    })
  })

  test('leaves what was, and other places, as they are', () => {
    const text = strategy`
      SET before = o
      SET o.list[1] = "new"
      SET o[7] = "seven"
      RETURN [before, o]
    `
    const o = { list: [1, 2], other: true }
    expect(result(text, { o })).toEqual([o, { list: [1, 'new'], other: true, 7: 'seven' }])
  })
})

describe('COLLECT', () => {
  test('makes the list, named in the plural', () => {
    const text = strategy`
      FOR vote IN [1, 2]:
        COLLECT vote
      COLLECT 1 + 1
      RETURN [votes, collected]
    `
    expect(result(text)).toEqual([[1, 2], [2]])
  })
})

describe('PARALLEL', () => {
  test('goes on when all of its statements have ended', () => {
    const text = strategy`
      PARALLEL:
        a = CALL f(1)
        b = CALL f(2)
      RETURN [a, b]
    `
    expect(
      result(text, {}, (request) => ({ ok: true, value: request.kind === 'call' ? request.arguments[0]! : null })),
    ).toEqual([1, 2])
  })

  test('fails with the first failure, when all have ended', () => {
    const text = strategy`
      PARALLEL:
        ASSERT 1 == 2
        ASSERT 3 == 4
        LOG "third"
      ON failure:
        RETURN failure.message
    `
    const { status, requests } = runStrategy(text)
    expect(status).toEqual({ kind: 'completed', result: 'ASSERT 1 == 2 does not hold.' })
    expect(requests).toEqual([{ kind: 'log', text: 'third' }])
  })

  test('RETURN in one of them ends the strategy', () => {
    const text = strategy`
      PARALLEL:
        RETURN "first"
        WAIT 1 hour
      RETURN "after"
    `
    expect(result(text)).toBe('first')
  })
})

test('ASSERT in plain language fails with what was said against it', () => {
  const text = strategy`
    THINK first
    ASSERT everybody is content
    RETURN "content"
  `
  const said =
    (value: string | null): Answering =>
    ({ kind }) => ({ ok: true, value: kind === 'check' ? value : 'x' })
  expect(result(text, {}, said(null))).toBe('content')
  expect(result(text, {}, said('Ben is not.'))).toMatchObject({
    kind: 'failed',
    failure: {
      kind: 'assertion',
      line: 2,
      message: 'ASSERT everybody is content does not hold: Ben is not.',
    },
  })
})

test('a line in plain language with a block is asked first, and then its block runs', () => {
  const text = strategy`
    PREPARE the round:
      SET x = answer
      LOG "inside"
    RETURN x
  `
  const { requests, status } = runStrategy(text, {}, () => ({ ok: true, value: 'ready' }))
  expect(requests).toEqual([
    { kind: 'ask', text: 'PREPARE the round:' },
    { kind: 'log', text: 'inside' },
  ])
  expect(status).toEqual({ kind: 'completed', result: 'ready' })
})

test('a gather that gives nothing has no answers, and nobody missing', () => {
  const text = strategy`
    GATHER votes FROM []
    RETURN [votes, votes.missing, missing]
  `
  expect(result(text)).toEqual([[], [], []])
})
