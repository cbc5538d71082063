import { describe, expect, test } from 'vitest'
import {
  compileProgram,
  Machine,
  parseStrategy,
  type Effect,
  type Json,
  type MachineState,
  type Resolution,
} from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

const programOf = (text: string) => compileProgram(parseStrategy(text))

/** Carries out effects at once: agents answer with their name, those called "dead" fail. */
function resolve({ request }: Effect): Resolution {
  const answer = (agent: string): Json => ({ agent, text: `I am ${agent}` })
  switch (request.kind) {
    case 'completion':
      return request.agent === 'dead'
        ? { ok: false, failure: { kind: 'timeout', message: 'dead does not answer' } }
        : { ok: true, value: answer(request.agent as string) }
    case 'gather': {
      const agents = request.agents as readonly string[]
      const alive = agents.filter((agent) => agent !== 'dead')
      return {
        ok: true,
        value: { responses: alive.map(answer), missing: agents.filter((agent) => agent === 'dead') },
      }
    }
    case 'judge':
      return { ok: true, value: request.text.includes('good') }
    case 'call':
      return { ok: true, value: (request.arguments[0] as number) * 2 }
    default:
      return { ok: true, value: null }
  }
}

function run(
  text: string,
  variables: Record<string, Json> = {},
  between: (state: MachineState) => MachineState = (state) => state,
) {
  const program = programOf(text)
  let machine = Machine.start(program, variables)
  const effects: Effect[] = []
  for (;;) {
    const step = machine.step()
    machine = new Machine(program, between(machine.state))
    if (step.kind === 'ended') return { status: machine.state.status, effects, state: machine.state }
    if (step.kind === 'effect') effects.push(step.effect)
    if (step.kind === 'waiting') {
      const [effect] = machine.pending
      machine.resolve(effect!.id, resolve(effect!))
    }
  }
}

const result = (text: string, variables: Record<string, Json> = {}): unknown => {
  const { status } = run(text, variables)
  return status.kind === 'completed' ? status.result : status
}

const SAMPLE = `
SET total = 0
FOR round IN 1..3:
  GATHER responses FROM agents WITH timeout: 15s
  FOREACH response IN responses:
    IF response.agent == "ben": CONTINUE
    COLLECT response.text INTO said
  WHILE total < round * 2:
    doubled = CALL double(round)
    SET total = total + doubled
    IF total > 100: BREAK
PARALLEL:
  LOG "one"
  RETRY 2:
    answer = AWAIT completion FROM "dead"
  WAIT 2 seconds
ON failure:
  SET caught = failure.message
RETURN { total: total, said: len(said), missing: missing, caught: caught }
`

describe('a machine', () => {
  test('runs every kind of block', () => {
    expect(result(SAMPLE, { agents: ['ann', 'ben', 'dead'] })).toEqual({
      // Round 1 adds 2, round 2 adds 4, and in round 3 the total is not below 6.
      total: 6,
      said: 3,
      missing: ['dead'],
      caught: 'dead does not answer',
    })
  })

  test('goes on from plain data after any step, with the same effects', () => {
    const variables = { agents: ['ann', 'ben', 'dead'] }
    const straight = run(SAMPLE, variables)
    const saved = run(SAMPLE, variables, (state) => JSON.parse(JSON.stringify(state)) as MachineState)
    expect(saved).toEqual(straight)
  })

  test('a range includes both ends, and may be empty', () => {
    expect(
      result(strategy`
        FOR i IN 2..4:
          COLLECT i INTO all
        RETURN all
      `),
    ).toEqual([2, 3, 4])
    expect(
      result(strategy`
        SET all = []
        FOR i IN 1..0:
          COLLECT i INTO all
        RETURN all
      `),
    ).toEqual([])
  })

  test('a question in plain language decides', () => {
    const text = strategy`
      IF the mood is good:
        RETURN 1
      ELIF the mood is very good:
        RETURN 2
      RETURN 3
    `
    expect(result(text)).toBe(1)
    expect(result(text.replace('mood is good', 'mood is bad'))).toBe(2)
  })

  test('RETRY waits longer from time to time, then gives up', () => {
    const { status, effects } = run(strategy`
      RETRY 3 WITH backoff: 2s:
        AWAIT completion FROM "dead"
    `)
    expect(status).toMatchObject({ kind: 'failed', failure: { kind: 'timeout', line: 2 } })
    expect(effects.map(({ request }) => (request.kind === 'sleep' ? request.ms : request.kind))).toEqual([
      'completion',
      2_000,
      'completion',
      4_000,
      'completion',
    ])
  })

  test('the branches of PARALLEL ask at the same time', () => {
    const machine = Machine.start(
      programOf(strategy`
        PARALLEL:
          WAIT 1s
          WAIT 2s
          WAIT 3s
        RETURN 1
      `),
      {},
    )
    while (machine.step().kind !== 'waiting');
    expect(machine.pending.map(({ request }) => request)).toEqual([
      { kind: 'sleep', ms: 1_000 },
      { kind: 'sleep', ms: 2_000 },
      { kind: 'sleep', ms: 3_000 },
    ])
  })

  test.each([
    ['ASSERT 1 == 2', 'assertion', 'ASSERT 1 == 2 does not hold'],
    ['LOG nothing', 'type', 'There is no variable "nothing"'],
    [
      strategy`
        FOR x IN 3:
          LOG x
      `,
      'type',
      'needs a list, not 3',
    ],
    ['GATHER x FROM 3', 'type', 'Give the name of an agent, not 3'],
    [
      strategy`
        FOR x IN 1..y:
          LOG x
      `,
      'type',
      'whole numbers',
    ],
    [
      strategy`
        WHILE true:
          SET x = 1
      `,
      'runaway',
      'without waiting for an agent or a timer',
    ],
  ])('%j fails with its line', (text, kind, message) => {
    expect(run(text, { y: 1.5 }).status).toMatchObject({
      kind: 'failed',
      failure: { kind, line: expect.any(Number) as number, message: expect.stringContaining(message) as string },
    })
  })

  test('a strategy that is saved after every step is still found to run in circles', () => {
    const { status } = run(
      strategy`
        SET x = 1
        WHILE true: SET x = x
      `,
      {},
      (state) => ({ ...state }),
    )
    expect(status).toMatchObject({ kind: 'failed', failure: { kind: 'runaway' } })
  })

  test('BREAK belongs into a loop', () => {
    expect(() =>
      programOf(strategy`
        FOR x IN y:
          PARALLEL:
            BREAK
      `),
    ).toThrow('strategy:3:1: BREAK is outside of a loop.')
  })
})
