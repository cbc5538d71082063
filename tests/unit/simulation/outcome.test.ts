import { describe, expect, test } from 'vitest'
import { Outcome } from '../../../src/simulation/outcome.ts'
import type { Trace } from '../../../src/trace/index.ts'
import { call, gather, story } from '../../given/story.ts'

const outcome = (trace: Trace): Outcome =>
  new Outcome({ status: 'completed', result: 7, error: undefined, elapsedMs: 5_000, trace })

describe('an outcome', () => {
  const trace = story(
    call(1, { agent: 'ann', from: 0, to: 500, cost: 3 }),
    call(2, { agent: 'ben', from: 0, to: 1_500, cost: 4 }),
    gather(1, { name: 'votes', from: 0, to: 900, expected: ['ann'], received: [[500, 'ann']] }),
    gather(2, { name: 'votes', from: 1_000, to: 1_500, expected: ['ben'] }),
  )

  test('tells calls, agents and gathers of its trace', () => {
    const { calls, agents, gathers } = outcome(trace)
    expect(calls.map(({ agent }) => agent)).toEqual(['ann', 'ben'])
    expect(agents.map(({ agent, cost }) => [agent, cost])).toEqual([
      ['ann', 3n],
      ['ben', 4n],
    ])
    expect(gathers).toHaveLength(2)
  })

  test('has the bill of its own calls', () => {
    expect(outcome(trace).ledger.total.cost).toBe(7n)
    expect(outcome(trace).ledger.agent('ben').cost).toBe(4n)
  })

  test('tells the newest gather of a name', () => {
    expect(outcome(trace).gather('votes')).toMatchObject({ gather: 2, missing: ['ben'] })
  })

  test('says which gathers there were where there is none of a name', () => {
    expect(() => outcome(trace).gather('views')).toThrow('The run has no gather "views". There is: votes.')
    expect(() => outcome(story()).gather('views')).toThrow(
      'The run has no gather "views". The system reported no gather. To report one, call report.gather(name, …).',
    )
  })

  test('tells the bill as it grows, by durations', () => {
    expect(outcome(trace).costOverTime('1s')).toEqual([
      { at: 1_000, cost: 3n },
      { at: 2_000, cost: 7n },
    ])
  })
})
