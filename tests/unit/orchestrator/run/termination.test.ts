import { describe, expect, test } from 'vitest'
import { Termination } from '../../../../src/orchestrator/run/termination.ts'

describe('when a run is over', () => {
  test('any of its conditions ends it', () => {
    const termination = new Termination(
      { timeout: '10m', conditions: [{ event: 'talk:ended' }, { rounds: '{{n}}' }, { timeout: 60 }] },
      { n: 2 },
    )
    expect(termination.timeoutMs).toBe(60_000)
    expect(termination.isBounded).toBe(true)
    const reason = (event: string, answers: number) => termination.reasonFor(event, { answers, agents: 3 })
    expect(reason('talk', 5)).toBeUndefined()
    expect(reason('talk', 6)).toBe('rounds')
    expect(reason('talk:ended', 0)).toBe('event')
  })

  test('an event alone bounds nothing', () => {
    expect(new Termination({ event: 'over' }, {}).isBounded).toBe(false)
    expect(new Termination({}, {}).reasonFor('over', { answers: 0, agents: 0 })).toBeUndefined()
  })

  test('the fewest messages count', () => {
    const termination = new Termination({ max_messages: 9, conditions: [{ max_messages: 4 }] }, {})
    expect(termination.reasonFor('talk', { answers: 4, agents: 1 })).toBe('max_messages')
  })
})
