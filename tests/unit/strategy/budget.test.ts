import { describe, expect, test } from 'vitest'
import { compileProgram, Machine, parseStrategy, type Json, type MachineState } from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

const machineOf = (text: string, variables: Record<string, Json> = {}): Machine =>
  Machine.start(compileProgram(parseStrategy(text)), variables)

/** Runs to the end; everything that takes time is done at once. */
function run(machine: Machine): { status: MachineState['status']; yields: number } {
  let yields = 0
  for (;;) {
    const step = machine.step()
    if (step.kind === 'yields') yields += 1
    if (step.kind === 'ended') return { status: machine.state.status, yields }
    if (step.kind === 'waiting') for (const { id } of machine.pending) machine.resolve(id, { ok: true, value: null })
  }
}

describe('a strategy that reckons without end', () => {
  test.each([
    [
      'a list in a loop',
      strategy`
        WAIT 1s
        WHILE true:
          SET i = len(range(1000000))
      `,
      3,
    ],
    [
      'a condition on many items',
      strategy`
        WHILE true:
          SET i = filter(list, it > 5)
      `,
      2,
    ],
    ['one expression over all pairs', 'SET i = map(list, a -> map(list, b -> a * b))', 1],
    [
      'one that fills memory',
      strategy`
        SET x = [list]
        WHILE true:
          SET x = [x, x]
      `,
      3,
    ],
    [
      'a text that doubles',
      strategy`
        SET x = "0123456789"
        WHILE true:
          SET x = x + x
      `,
      3,
    ],
  ])('%s is ended at its line', (_, text, line) => {
    const list = Array.from({ length: 20_000 }, (_item, nth) => nth)
    const { status } = run(machineOf(text, { list }))
    expect(status).toMatchObject({ kind: 'failed', failure: { line } })
  })

  test('lets others have their turn meanwhile', () => {
    const { yields } = run(
      machineOf(strategy`
        WHILE true:
          SET i = len(range(1000000))
      `),
    )
    expect(yields).toBeGreaterThan(5)
  })

  test('waits in between, and goes on', () => {
    const { status } = run(
      machineOf(strategy`
        FOR i IN 1..200:
          SET x = len(range(500000))
          WAIT 1s
        RETURN x
      `),
    )
    expect(status).toEqual({ kind: 'completed', result: 500_000 })
  })
})

describe('a value', () => {
  test.each([
    ['SET x = join([part, part, part, part, part], "")', 'at most 4000000'],
    ['SET x = replace(text, "a", text)', 'more than 4000000 letters'],
  ])('%s is too big', (text, message) => {
    const { status } = run(machineOf(text, { text: 'a'.repeat(10_000), part: 'a'.repeat(1_000_000) }))
    expect(status).toMatchObject({ failure: { message: expect.stringContaining(message) as string } })
  })

  test('has at most 20000 members, each of which takes as long as many items', () => {
    const members = Object.fromEntries(Array.from({ length: 20_001 }, (_, nth) => [`m${nth}`, nth]))
    const { status } = run(machineOf('SET x = merge(a, a)', { a: members }))
    expect(status).toMatchObject({
      failure: { line: 1, message: 'The variable "x" has an object of more than 20000 members.' },
    })
  })

  test.each(['unique(range(1000000))', 'join(range(900000), ",")', 'chunk(range(900000), 1)', 'split(text, "")'])(
    '%s would hold others up, and is refused with its line',
    (text) => {
      const { status } = run(machineOf(`SET x = ${text}`, { text: 'a'.repeat(4_000_000) }))
      expect(status).toMatchObject({ kind: 'failed', failure: { kind: 'runaway', line: 1 } })
    },
  )

  test.each([
    ['max(range(500000))', 499_999],
    ['len(range(1000000))', 1_000_000],
    ['len(unique([1, "1", 1, null, null, [1], [1], { a: 1 }, { a: 1 }, true]))', 6],
  ])('%s is %j', (text, value) => {
    expect(run(machineOf(`RETURN ${text}`)).status).toEqual({ kind: 'completed', result: value })
  })

  test('is nested at most 200 deep', () => {
    const { status } = run(
      machineOf(strategy`
        SET x = []
        FOR i IN 1..1000:
          SET x = [x]
      `),
    )
    expect(status).toMatchObject({ failure: { line: 3, message: 'The variable "x" is nested more than 200 deep.' } })
  })

  test('that a function gives is measured too', () => {
    const machine = machineOf(strategy`
      x = CALL big()
      ON failure:
        RETURN failure.message
    `)
    while (machine.step().kind !== 'waiting');
    machine.resolve(machine.pending[0]!.id, { ok: true, value: Array.from({ length: 9 }, () => 'x'.repeat(1_000_000)) })
    expect(run(machine).status).toEqual({
      kind: 'completed',
      result: 'The variable "x" has more than 8000000 letters in all.',
    })
  })
})
