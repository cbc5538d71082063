import { describe, expect, test } from 'vitest'
import { compileProgram, Machine, parseStrategy, type Json } from '../../../src/strategy/index.ts'
import { runStrategy } from '../../given/strategy-run.ts'
import { strategy } from '../../given/strategy.ts'

const machineOf = (text: string, variables: Record<string, Json> = {}): Machine =>
  Machine.start(compileProgram(parseStrategy(text)), variables)

/** Steps until nothing goes on by itself; what each step was. */
function stepAll(machine: Machine): string[] {
  const kinds: string[] = []
  for (;;) {
    const { kind } = machine.step()
    kinds.push(kind)
    if (kind === 'waiting' || kind === 'ended') return kinds
  }
}

describe('a step', () => {
  test('says what it was, and in which line and thread', () => {
    const machine = machineOf('SET x = 1\n\nWAIT 1s\nRETURN x')
    expect(machine.step()).toEqual({ kind: 'stepped', line: 1, thread: 0 })
    const effect = { id: 1, line: 3, request: { kind: 'sleep', ms: 1_000 } }
    expect(machine.step()).toEqual({ kind: 'effect', line: 3, thread: 0, effect })
    expect(machine.pending).toEqual([effect])
    expect([machine.step(), machine.step()]).toEqual([{ kind: 'waiting' }, { kind: 'waiting' }])
    machine.resolve(1, { ok: true, value: null })
    expect(machine.pending).toEqual([])
    expect(stepAll(machine)).toEqual(['stepped', 'ended'])
    expect(machine.state).toMatchObject({ status: { kind: 'completed', result: 1 }, threads: [] })
  })

  test('leaves the variables that it was started with as they are', () => {
    const given = { x: 1 }
    const machine = machineOf('SET x = 2', given)
    stepAll(machine)
    expect([given, machine.state.variables]).toEqual([{ x: 1 }, { x: 2 }])
  })

  test('of each branch of PARALLEL comes in turn, and all of them wait together', () => {
    const machine = machineOf(strategy`
      PARALLEL:
        SET a = 1
        WAIT 1s
        WAIT 2s
      RETURN a
    `)
    stepAll(machine)
    expect(machine.pending.map(({ id, request }) => [id, request])).toEqual([
      [1, { kind: 'sleep', ms: 1_000 }],
      [2, { kind: 'sleep', ms: 2_000 }],
    ])
    machine.resolve(2, { ok: true, value: null })
    expect(stepAll(machine)).toEqual(['stepped', 'waiting'])
    machine.resolve(1, { ok: true, value: null })
    stepAll(machine)
    expect(machine.state.status).toEqual({ kind: 'completed', result: 1 })
  })
})

describe('an end that nobody waits for', () => {
  test('is ignored: of an effect that there is not, of one that has ended, and when the strategy has', () => {
    const machine = machineOf('x = CALL f()\ny = CALL g()\nRETURN [x, y]')
    stepAll(machine)
    machine.resolve(7, { ok: true, value: 'other' })
    machine.resolve(1, { ok: true, value: 'first' })
    machine.resolve(1, { ok: true, value: 'again' })
    stepAll(machine)
    machine.resolve(2, { ok: true, value: 'second' })
    stepAll(machine)
    const { status } = machine.state
    expect(status).toEqual({ kind: 'completed', result: ['first', 'second'] })
    machine.resolve(2, { ok: false, failure: { kind: 'timeout', message: 'late' } })
    machine.abort('budget', 'too dear')
    expect(machine.state.status).toBe(status)
  })

  test('is ignored when the strategy was ended from outside', () => {
    const machine = machineOf('x = CALL f()')
    stepAll(machine)
    machine.abort('budget', 'too dear')
    machine.resolve(1, { ok: true, value: 1 })
    expect(stepAll(machine)).toEqual(['ended'])
    expect(machine.state).toMatchObject({
      status: { kind: 'failed', failure: { kind: 'budget', message: 'too dear', line: 0 } },
      threads: [],
      variables: {},
    })
  })
})

describe('a failure of an effect', () => {
  const failing = () => ({ ok: false as const, failure: { kind: 'timeout', message: 'too late' } })

  test('is the failure of the strategy, with its line and column', () => {
    expect(runStrategy('SET x = 1\nIF x:\n  CALL f()', {}, failing).status).toEqual({
      kind: 'failed',
      failure: { kind: 'timeout', message: 'too late', line: 3, column: 3 },
    })
  })

  test('that names what there is not is asked for in a sketch, and has no mark elsewhere', () => {
    const unknown = () => ({ ok: false as const, failure: { kind: 'type', message: 'no function "f"', unknown: true } })
    expect(runStrategy('CALL f()', {}, unknown).status).toEqual({
      kind: 'failed',
      failure: { kind: 'type', message: 'no function "f"', line: 1, column: 1 },
    })
    const { requests, status } = runStrategy('THINK first\nx = CALL f(1)\nRETURN x', {}, (request) =>
      request.kind === 'call' ? unknown() : { ok: true, value: request.kind },
    )
    expect(requests.map(({ kind }) => kind)).toEqual(['ask', 'call', 'value'])
    expect(status).toEqual({ kind: 'completed', result: 'value' })
  })

  test('of a question that is asked instead is one, and not asked again', () => {
    const { requests, status } = runStrategy('THINK first\nSET x = fancy(1)', {}, ({ kind }) =>
      kind === 'value'
        ? { ok: false, failure: { kind: 'type', message: 'nobody knows', unknown: true } }
        : { ok: true, value: 1 },
    )
    expect(requests.map(({ kind }) => kind)).toEqual(['ask', 'value'])
    expect(status).toMatchObject({ kind: 'failed', failure: { message: 'nobody knows', line: 2 } })
  })
})

describe('in a sketch, what the orchestrating agent is asked', () => {
  const asked = (text: string, variables: Record<string, Json>, value: Json = 1) => {
    const {
      requests,
      status,
      variables: left,
    } = runStrategy(`THINK first\n${text}`, variables, () => ({ ok: true, value }))
    return { request: requests[1], status, left }
  }

  test('has the values of the variables that the statement names, each once, of 200 letters at most', () => {
    const { request } = asked('SET x = fancy(long, n, n)', { long: 'a'.repeat(300), n: 3, other: 4 })
    expect(request).toEqual({
      kind: 'value',
      text: `Do this, and say what it gives: SET x = fancy(long, n, n)\n(long = "${'a'.repeat(199)}, n = 3)`,
    })
  })

  test('has no values where it names no variable, and those in its text', () => {
    expect(asked('SET x = fancy("{{n}}", other)', { n: 3 }).request).toEqual({
      kind: 'value',
      text: 'Do this, and say what it gives: SET x = fancy("3", other)\n(n = 3)',
    })
    expect(asked('SET x = fancy(1)', {}).request).toEqual({
      kind: 'value',
      text: 'Do this, and say what it gives: SET x = fancy(1)',
    })
  })

  test('decides a condition', () => {
    const text = strategy`
      IF fancy(n):
        RETURN "yes"
      RETURN "no"
    `
    expect(asked(text, { n: 3 }, true)).toMatchObject({
      request: { kind: 'judge', text: 'fancy(n)\n(n = 3)' },
      status: { result: 'yes' },
    })
    expect(asked(text, { n: 3 }, false)).toMatchObject({ status: { result: 'no' } })
  })

  test('gives a list, of one item where it is none', () => {
    const text = strategy`
      FOR x IN fancy(n):
        COLLECT x INTO seen
      RETURN seen
    `
    expect(asked(text, { n: 3 }, ['a', 'b'])).toMatchObject({
      request: { kind: 'value', text: 'FOR x IN fancy(n)\n(n = 3)\nAnswer with the JSON list.' },
      status: { result: ['a', 'b'] },
    })
    expect(asked(text, { n: 3 }, 'a')).toMatchObject({ status: { result: ['a'] } })
  })

  test('is put where the statement puts its result', () => {
    expect(asked('SET x = fancy(1)', {}, 5).left).toEqual({ answer: 5, x: 5 })
    expect(asked('COLLECT fancy(1) INTO all', { all: [1] }, 5).left).toEqual({ answer: 5, all: [1, 5] })
    expect(asked('COLLECT fancy(1) INTO all', {}, 5).left).toEqual({ answer: 5, all: [5] })
    expect(asked('x = CALL f(fancy(1))', {}, 5).left).toEqual({ answer: 5, x: 5 })
    expect(asked('RETURN fancy(1)', {}, 5).left).toEqual({ answer: 5 })
  })
})

describe('a variable that outgrows what can be kept is a failure, and is not kept', () => {
  const nested = (depth: number): Json => (depth === 0 ? [] : [nested(depth - 1)])

  test('by SET', () => {
    expect(runStrategy('SET y = x\nSET y = [y]', { x: nested(200) })).toMatchObject({
      status: {
        kind: 'failed',
        failure: { kind: 'type', message: 'The variable "y" is nested more than 200 deep.', line: 2 },
      },
      variables: { x: nested(200) },
    })
  })

  test('by an answer', () => {
    const { status, variables } = runStrategy('y = CALL f()', {}, () => ({ ok: true, value: nested(201) }))
    expect(status).toMatchObject({ failure: { message: 'The variable "y" is nested more than 200 deep.', line: 1 } })
    expect(variables).toEqual({})
  })
})

test('a strategy may be guarded as a whole, and its failure is a variable', () => {
  const { status, variables } = runStrategy(
    strategy`
      FOR i IN 1..3:
        TRY:
          ASSERT i != 2
          COLLECT i INTO passed
        ON failure:
          COLLECT failure.message INTO failed
      RETURN [passed, failed]
    `,
  )
  expect(status).toEqual({ kind: 'completed', result: [[1, 3], ['ASSERT i != 2 does not hold.']] })
  expect(variables['failure']).toEqual({
    kind: 'assertion',
    message: 'ASSERT i != 2 does not hold.',
    line: 3,
    column: 12,
  })
})
