import { describe, expect, test } from 'vitest'
import { Termination } from '../../../../src/orchestrator/run/termination.ts'
import { PatternSettingError } from '../../../../src/pattern/index.ts'

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

  test.each([
    [{ timeout: '10m' }, 600_000],
    [{ timeout: 90 }, 90_000],
    [{ timeout: '{{limit}}' }, 2_000],
    [{ timeout: '{{text}}' }, 120_000],
    [{ conditions: [{ timeout: '3s' }, { timeout: '2s' }, { event: 'over' }] }, 2_000],
    [{}, undefined],
    [{ max_messages: 2 }, undefined],
  ])('%j lets it run for %j ms', (given, timeoutMs) => {
    expect(new Termination(given, { limit: 2, text: '2m' }).timeoutMs).toBe(timeoutMs)
  })

  test.each([
    [{ timeout: '10m' }, true],
    [{ max_messages: 2 }, true],
    [{ rounds: 2 }, true],
    [{ conditions: [{ rounds: 2 }] }, true],
    [{ conditions: [{ event: 'over' }] }, false],
    [{}, false],
  ])('%j bounds it: %s', (given, isBounded) => {
    expect(new Termination(given, {}).isBounded).toBe(isBounded)
  })

  test('messages count before rounds, and rounds before events', () => {
    const termination = new Termination({ max_messages: 4, rounds: 1, event: 'over:*' }, {})
    const reason = (event: string, answers: number, agents: number) => termination.reasonFor(event, { answers, agents })
    expect([reason('over:now', 4, 4), reason('over:now', 3, 3), reason('over:now', 3, 4)]).toEqual([
      'max_messages',
      'rounds',
      'event',
    ])
    expect([reason('over', 3, 4), reason('talk', 3, 4)]).toEqual([undefined, undefined])
    expect([reason('talk', 5, 9), reason('talk', 3, 2)]).toEqual(['max_messages', 'rounds'])
  })

  test.each([
    ['max_messages', 0],
    ['max_messages', -1],
    ['rounds', 1.5],
    ['rounds', 'many'],
  ])('%s: %j is refused', (name, given) => {
    const refusal = `coordination.termination: ${name} is ${JSON.stringify(given)}. Give a whole number from 1.`
    expect(() => new Termination({ [name]: given }, {})).toThrow(new PatternSettingError(refusal))
  })

  test('one message is enough', () => {
    expect(new Termination({ max_messages: 1 }, {}).reasonFor('talk', { answers: 1, agents: 2 })).toBe('max_messages')
  })
})
