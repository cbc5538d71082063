import { describe, expect, test } from 'vitest'
import { findViolations } from '../../../src/checks/index.ts'
import { call, event, finds, story } from '../../given/story.ts'

describe('a set-up that does not match the run', () => {
  test.each([
    ['declared', 'the option agents names "anne", which no call used. Did you mean "ann"?'],
    ['agents', 'the set-up of the provider names the agent "anne", which no call used. Did you mean "ann"?'],
    ['models', 'the set-up of the provider names the model "anne", which no call used. Did you mean "ann"?'],
    ['services', 'the set-up of the provider names the service "anne", which no call used. Did you mean "ann"?'],
    [
      'breakers',
      'report.breaker names "anne", which is no service, model or agent, so that the check breaker judges no call. Did you mean "ann"?',
    ],
  ] as const)('has a misspelt name: %s', (part, what) => {
    expect(finds('set-up', story(event(5, { type: 'setUp.misspelt', part, name: 'anne', called: 'ann' })))).toEqual([
      what,
    ])
  })

  test('is shown with the calls of the name that is meant', () => {
    const calls = [call(1, { from: 0, to: 9 }), call(2, { agent: 'openai', from: 0, to: 9, model: 'ann' })]
    const of = (part: 'agents' | 'models' | 'services' | 'breakers', called: string) =>
      findViolations(story(...calls, event(5, { type: 'setUp.misspelt', part, name: 'x', called })))[0]!.calls
    expect([of('agents', 'ann'), of('models', 'ann'), of('services', 'openai')]).toEqual([[1], [2], [1, 2]])
    expect([of('breakers', 'ann'), of('breakers', 'gpt-4o-mini')]).toEqual([[1, 2], [1]])
  })

  test('has a part that no call used', () => {
    const trace = story(event(5, { type: 'setUp.unused', part: 'windows', name: 'an outage from 5s' }))
    expect(finds('set-up', trace)).toEqual(['no call used this part of the set-up: windows an outage from 5s'])
  })

  test('has a reply that calls a tool which the request does not offer', () => {
    const trace = (offered: readonly string[]) =>
      story(call(1, { from: 0, to: 9 }), event(5, { type: 'setUp.toolNotOffered', call: 1, tool: 'find', offered }))
    expect(findViolations(trace(['search', 'read']))).toMatchObject([
      {
        check: 'set-up',
        at: 5,
        calls: [1],
        what: 'the reply to call 1 calls the tool "find", which the request does not offer; it offers search, read',
      },
    ])
    expect(finds('set-up', trace([]))).toEqual([
      'the reply to call 1 calls the tool "find", which the request does not offer; it offers none',
    ])
  })
})
