import { describe, expect, test } from 'vitest'
import {
  compileProgram,
  Machine,
  parseStrategy,
  type Effect,
  type Json,
  type Resolution,
} from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

/** Runs a strategy; `answer` is what the orchestrating agent says. */
function run(
  text: string,
  variables: Record<string, Json> = {},
  answer: (effect: Effect['request']) => Resolution = () => ({ ok: true, value: null }),
) {
  const machine = Machine.start(compileProgram(parseStrategy(text)), variables)
  const requests: Effect['request'][] = []
  for (;;) {
    const step = machine.step()
    if (step.kind === 'ended') return { status: machine.state.status, requests, variables: machine.state.variables }
    if (step.kind === 'effect') requests.push(step.effect.request)
    if (step.kind === 'waiting') {
      const [effect] = machine.pending
      machine.resolve(effect!.id, answer(effect!.request))
    }
  }
}

const SKETCH = 'THINK first\n'

describe('in a sketch', () => {
  test('a name that nothing defines is for the orchestrating agent, with what is known', () => {
    const { requests, variables } = run(
      `${SKETCH}SET distance = distance_to_balance(round)`,
      { round: 3 },
      (request) => ({ ok: true, value: request.kind === 'value' ? 0.2 : null }),
    )
    expect(requests[1]).toMatchObject({
      kind: 'value',
      text: expect.stringMatching(/distance = distance_to_balance\(round\)\n\(round = 3\)/) as string,
    })
    expect(variables['distance']).toBe(0.2)
  })

  test('a condition that names it is a question', () => {
    const { requests, variables } = run(
      `${SKETCH}IF converged OR round == 9:\n  SET over = 1\nWHILE more_to_do:\n  SET again = 1`,
      { round: 3 },
      (request) => ({ ok: true, value: request.kind === 'judge' && request.text.startsWith('converged') }),
    )
    expect(requests.map(({ kind }) => kind)).toEqual(['ask', 'judge', 'judge'])
    expect(variables).toMatchObject({ over: 1 })
    expect(variables).not.toHaveProperty('again')
  })

  test('a statement that does not fit its values is asked as it stands, and what it sets is what is said', () => {
    const { requests, variables } = run(
      `${SKETCH}SPAWN { profile: "worker", count: n } AS workers\nCOLLECT a.b INTO all\nSEND "go" TO nobody_known.id`,
      { n: 'some', a: 'text' },
      ({ kind }) => ({ ok: true, value: kind === 'value' ? 'said' : null }),
    )
    expect(requests.map(({ kind }) => kind)).toEqual(['ask', 'value', 'value', 'value'])
    expect(variables).toMatchObject({ workers: 'said', all: ['said'] })
  })

  test('a loop over what is not known goes over the list that is said, or over one item', () => {
    const over = (value: Json) =>
      run(`${SKETCH}FOREACH item IN items_to_do:\n  COLLECT item INTO all`, {}, ({ kind }) => ({
        ok: true,
        value: kind === 'value' ? value : null,
      })).variables['all']
    expect(over([1, 2])).toEqual([1, 2])
    expect(over('all of it')).toEqual(['all of it'])
  })

  test('an agent that there is not is for the orchestrating agent to find', () => {
    const { requests, status } = run(`${SKETCH}SEND "go" TO who`, { who: 'the boss' }, ({ kind }) =>
      kind === 'send'
        ? { ok: false, failure: { kind: 'refused_request', message: 'There is no agent.', unknown: true } }
        : { ok: true, value: null },
    )
    expect(requests.map(({ kind }) => kind)).toEqual(['ask', 'send', 'value'])
    expect(status).toMatchObject({ kind: 'completed' })
  })

  test.each([
    ['LOG nothing', 'There is no variable "nothing"'],
    ['ASSERT total > 3', 'There is no variable "total"'],
    ['RETURN nothing', 'There is no variable "nothing"'],
    ['SET x = responces', 'Did you mean "responses"?'],
    ['IF len(respones) > 1: LOG 1', 'Did you mean "responses"?'],
    ['THINK about {{respones}}', 'Did you mean "responses"?'],
  ])('%s is a mistake all the same', (line, message) => {
    expect(run(`${SKETCH}${line}`, { responses: [] }).status).toMatchObject({
      kind: 'failed',
      failure: { line: 2, message: expect.stringContaining(message) as string },
    })
  })

  test('what is no variable stays in a text for the model, and one thing is not several', () => {
    const { requests, status } = run(
      strategy`
        SAY {{greeting}} to {{name}}
        IF rounds > 2: LOG 1
      `,
      { name: 'Ann', round: 1 },
    )
    expect(requests[0]).toEqual({ kind: 'ask', text: 'SAY {{greeting}} to Ann' })
    expect(requests[1]).toMatchObject({ kind: 'judge' })
    expect(status).toMatchObject({ kind: 'completed' })
  })
})

describe('without a line in plain language', () => {
  test.each([
    'SET x = unknown_name + 1',
    'IF unknown_name: LOG 1',
    'FOREACH x IN unknown_name: LOG 1',
    'COLLECT unknown_name INTO all',
  ])('a name that nothing defines is a failure: %s', (text) => {
    expect(run(text).status).toMatchObject({ kind: 'failed', failure: { kind: 'type', line: 1 } })
  })
})

describe('names without quotes', () => {
  test('are events, and agents, where no variable is called so', () => {
    const { requests } = run(
      strategy`
        EMIT over
        EMIT named
        TERMINATE ann
        SPAWN cem
        SEND "x" TO [ann, who]
      `,
      {
        named: 'round:over',
        who: 'ben',
      },
    )
    expect(requests).toMatchObject([
      { kind: 'emit', event: 'over' },
      { kind: 'emit', event: 'round:over' },
      { kind: 'terminate', agents: ['ann'] },
      { kind: 'spawn', agent: 'cem' },
      { kind: 'send', to: ['ann', 'ben'] },
    ])
  })

  test('that are nearly a variable are a mistake', () => {
    expect(run('SEND "x" TO wrokers', { workers: ['ann'] }).status).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('Did you mean "workers"?') as string },
    })
  })

  test('name what SPAWN makes', () => {
    const { variables } = run(
      strategy`
        SPAWN helper WITH name: "scale_worker_1"
        SPAWN { count: 2 } AS two
      `,
      {},
      (request) => ({
        ok: true,
        value: request.kind === 'spawn' && request.agent === 'helper' ? 'scale_worker_1' : ['agent_1', 'agent_2'],
      }),
    )
    expect(variables).toMatchObject({ helper: 'scale_worker_1', two: ['agent_1', 'agent_2'] })
  })
})

describe('further values', () => {
  const result = (text: string, variables: Record<string, Json> = {}): unknown => {
    const { status } = run(text, variables)
    return status.kind === 'completed' ? status.result : status
  }

  test('OR gives the first that is known and true', () => {
    expect(run(`${SKETCH}SET x = {{kind}} OR guess()`, { kind: 'mixed' }).variables).toMatchObject({ x: 'mixed' })
    expect(() => parseStrategy('SET x = {{kind}} OR guess()')).toThrow('there is no function "guess"')
    expect(
      result(
        strategy`
          SET x = {{kind}} OR other
          RETURN x
        `,
        { kind: 'mixed', other: 1 },
      ),
    ).toBe('mixed')
    expect(
      result(
        strategy`
          SET x = nothing_known OR other
          RETURN x
        `,
        { other: 1 },
      ),
    ).toBe(1)
    expect(
      result(
        strategy`
          SET x = empty OR 0
          RETURN x
        `,
        { empty: [] },
      ),
    ).toBe(0)
  })

  test('FOR each goes over the list of that name, and asks where there is none', () => {
    expect(
      result(
        strategy`
          FOR each step:
            COLLECT step INTO done
          RETURN done
        `,
        { steps: ['a', 'b'] },
      ),
    ).toEqual(['a', 'b'])
    const asked = run(
      strategy`
        FOR each step:
          COLLECT step INTO done
      `,
      {},
      () => ({ ok: true, value: ['c'] }),
    )
    expect(asked.requests).toMatchObject([{ kind: 'value', text: expect.stringContaining('FOR each step') as string }])
    expect(asked.variables).toMatchObject({ done: ['c'] })
  })

  test('a check in words fails where the agent says no', () => {
    const check = (value: Json) => run('ASSERT nobody was left out', {}, () => ({ ok: true, value })).status
    expect(check(null)).toMatchObject({ kind: 'completed' })
    expect(check('No, Ben was.')).toMatchObject({
      kind: 'failed',
      failure: { kind: 'assertion', message: 'ASSERT nobody was left out does not hold: No, Ben was.' },
    })
  })
})
