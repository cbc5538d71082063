import { describe, expect, test } from 'vitest'
import { compileProgram, Machine, parseStrategy, printStrategy, type Json } from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

/** Runs a strategy whose gathers all fail, with what they have. */
function run(text: string, variables: Record<string, Json> = {}) {
  const machine = Machine.start(compileProgram(parseStrategy(text)), variables)
  for (;;) {
    const step = machine.step()
    if (step.kind === 'ended') return machine.state
    if (step.kind !== 'waiting') continue
    const [effect] = machine.pending
    const { request } = effect!
    const agents = request.kind === 'gather' ? (request.agents as readonly string[]) : []
    machine.resolve(
      effect!.id,
      request.kind === 'gather'
        ? {
            ok: false,
            failure: { kind: 'server_error', message: 'all have failed' },
            partial: { responses: [{ agent: agents[0]! }], missing: agents.slice(1) },
          }
        : { ok: true, value: null },
    )
  }
}
const result = (text: string, variables?: Record<string, Json>): unknown => {
  const { status } = run(text, variables)
  return status.kind === 'completed' ? status.result : status
}

describe('TRY', () => {
  test('guards a block, and the failure says where it was', () => {
    expect(
      result(strategy`
        TRY:
          SET x = 1
          SET x = x / 0
          SET x = 3
        ON failure:
          RETURN { x, failure }
        RETURN 0
      `),
    ).toEqual({
      x: 1,
      failure: { kind: 'type', message: 'x / 0: / by 0 does not give a number.', line: 3, column: 13 },
    })
  })

  test('does nothing where all goes well', () => {
    expect(
      result(strategy`
        TRY:
          SET x = 1
        ON failure:
          SET x = 2
        RETURN x
      `),
    ).toBe(1)
  })

  test('without ON failure is refused', () => {
    expect(() =>
      compileProgram(
        parseStrategy(strategy`
          TRY:
            LOG 1
          LOG 2
        `),
      ),
    ).toThrow('strategy:1:1: This TRY has no ON failure.')
  })
})

describe('SET of a part', () => {
  test.each([
    ['SET x["b"] = 2', { x: { a: 1, b: 2 } }, { a: 1 }],
    ['SET x.b = 2', { x: { a: 1, b: 2 } }, { a: 1 }],
    ['x["b"] = 2', { x: { a: 1, b: 2 } }, { a: 1 }],
    ['SET x[0] = 5', { x: [5, 2] }, [1, 2]],
    ['SET x[-1] = 5', { x: [1, 5] }, [1, 2]],
    ['SET x.a[1].b = "new"', { x: { a: [1, { b: 'new', c: 3 }] } }, { a: [1, { b: 2, c: 3 }] }],
    ['SET x["{{key}}"] = 1', { x: { k: 1 } }, {}],
  ])('%s', (text, expected, x) => {
    expect(result(`${text}\nRETURN { x: x }`, { x, key: 'k' })).toEqual(expected)
  })

  test('leaves what others hold as it was', () => {
    expect(
      result(
        strategy`
          SET y = x
          SET x["a"] = 2
          RETURN [x, y]
        `,
        { x: { a: 1 } },
      ),
    ).toEqual([{ a: 2 }, { a: 1 }])
  })

  test.each([
    ['SET x[5] = 1', 'the list has 2 items, and no item at 5', 7],
    ['SET x["a"] = 1', 'whole numbers from 0, not at "a"', 7],
    ['SET name["a"] = 1', 'name is not an object or a list, but "Ann"', 10],
    ['SET o.a.b = 1', 'o["a"] is not an object or a list, but 1', 9],
    ['SET o[x] = 1', 'an object has texts as names', 7],
    ['SET nobody["a"] = 1', 'There is no variable "nobody"', 1],
  ])('%s is a failure with its place', (text, message, column) => {
    expect(run(text, { x: [1, 2], name: 'Ann', o: { a: 1 } }).status).toMatchObject({
      kind: 'failed',
      failure: { kind: 'type', line: 1, column, message: expect.stringContaining(message) as string },
    })
  })
})

describe('a gather', () => {
  test('that failed leaves the answers that came, and who is missing', () => {
    expect(
      result(
        strategy`
          TRY:
            GATHER votes FROM ["ann", "ben"]
          ON failure:
            RETURN { votes, missing, own: votes.missing, kind: failure.kind }
        `,
      ),
    ).toEqual({ votes: [{ agent: 'ann' }], missing: ['ben'], own: ['ben'], kind: 'server_error' })
  })

  test('has its own missing, whatever is gathered beside it', () => {
    expect(
      result(
        strategy`
          GATHER a FROM ["ann", "ben"]
          ON failure:
            GATHER b FROM ["cid", "dan"]
            ON failure:
              RETURN [a.missing, b.missing, missing]
        `,
      ),
    ).toEqual([['ben'], ['dan'], ['dan']])
  })

  test('may be assigned without a name of its own', () => {
    const read = parseStrategy('votes = GATHER FROM agents WITH timeout: 5s')
    expect(printStrategy(read)).toBe('GATHER votes FROM agents WITH timeout: 5s\n')
    expect(() => parseStrategy('GATHER FROM agents')).toThrow('strategy:1:1: GATHER needs a name for the answers.')
  })
})

test.each([
  strategy`
    TRY:
      LOG 1
    ON failure:
      LOG 2
  `,
  'SET x["a"][1] = { [key]: 1, b: [2] }',
  'SET x = filter(list, each -> each.a > 1)',
  'SET x = map({ a: [1] }.a, { b: it })',
])('%s is printed as it is read', (text) => {
  const shape = (each: string): unknown => JSON.parse(JSON.stringify(parseStrategy(each, { strict: true })))
  expect(shape(printStrategy(parseStrategy(text)))).toEqual(shape(text))
})
