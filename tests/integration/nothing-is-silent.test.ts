import { expect, test } from 'vitest'
import { createSimulation, describeOrchestration, explore, outage, Trace } from 'longhaul'
import { Outcome } from '../../src/simulation/outcome.ts'

const outcome = new Outcome({
  status: 'completed',
  result: undefined,
  error: undefined,
  elapsedMs: 5_000,
  trace: new Trace(() => 0),
})
const loose = outcome as never

test.each([
  [() => expect(loose).toHaveElapsed({ max: '1s' } as never), 'toHaveElapsed has no option "max"'],
  [() => expect(loose).toHaveElapsed('1s' as never), 'toHaveElapsed was given 1s'],
  [() => expect(loose).toHaveElapsed(undefined as never), 'toHaveElapsed was given undefined'],
  [() => expect(loose).toHaveCost({ max: '$1' } as never), 'toHaveCost has no option "max"'],
  [
    () => expect(loose).toHaveCalls(0, { status: 'succeeded' as never }),
    'toHaveCalls: a call cannot have the status "succeeded"',
  ],
  [() => expect(loose).toHaveCalls(0, { agnet: 'x' } as never), 'Did you mean "agent"?'],
])('a matcher refuses what it does not read: %s', (matcher, message) => {
  expect(matcher).toThrow(message)
})

test('a window of faults refuses what it does not read', () => {
  expect(() => outage({ from: '5s', to: '7s' } as never)).toThrow('There is no option outage.to.')
})

test('a sweep refuses what it does not read', async () => {
  const system = async () => undefined
  await expect(explore('x', { system }, { seeds: 1, failrate: 0.9 } as never)).rejects.toThrow(
    'A sweep has no option "failrate". Did you mean "failRate"?',
  )
})

test('an orchestration refuses what it does not read', async () => {
  const system = async () => undefined
  await expect(explore('x', { system, agentz: ['a'] } as never, { seeds: 1 })).rejects.toThrow(
    'An orchestration has no option "agentz". Did you mean "agents"?',
  )
  await expect(explore('x', { system, network: { alow: ['x'] } } as never, { seeds: 1 })).rejects.toThrow(
    'There is no option network.alow. Did you mean "allow"?',
  )
  await expect(explore('x', { system, network: { allow: 'a.b' } } as never, { seeds: 1 })).rejects.toThrow(
    'network.allow is "a.b". Give a list of hosts',
  )
  await expect(explore('x', { system, clock: { settel: '1s' } } as never, { seeds: 1 })).rejects.toThrow(
    'There is no option clock.settel. Did you mean "settle"?',
  )
  await expect(explore('x', { system: undefined } as never, { seeds: 1 })).rejects.toThrow('system is undefined.')
  await expect(explore('x', { system, pattern: 'x' } as never, { seeds: 1 })).rejects.toThrow(
    'system and pattern are both set. Set one of them.',
  )
  const simulation = createSimulation()
  await simulation.close()
})

describeOrchestration('an orchestration with all that it may have', { system: async () => 1, vars: {} }, (test) => {
  test('runs', async ({ run, expect }) => {
    expect((await run()).result).toBe(1)
    await expect(run({ var: {} } as never)).rejects.toThrow('A run has no option "var". Did you mean "vars"?')
  })
})
