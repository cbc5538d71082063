import { expect, test } from 'vitest'
import { pacedAgents } from '../../../src/simulation/pace.ts'
import type { Distribution } from '../../../src/random/index.ts'

const pattern = (time: string) => ({
  text: `name: paced
variables: { pace: slow }
agents:
  ann: { vars: { response_time: ${time} } }
  ben: {}
orchestration_logic: { strategy: "LOG 1" }
`,
})
const least = (latency: unknown) => (latency as Distribution).quantile(0)

test('agents have the pace that their pattern says', () => {
  const { agents } = pacedAgents({ pattern: pattern('slow') })
  expect(Object.keys(agents!)).toEqual(['ann'])
  expect(least(agents!['ann']!.latency)).toBe(20_000)
})

test('a pace may be a variable of the test', () => {
  const { agents } = pacedAgents({ pattern: pattern('"{{pace}}"'), vars: { pace: 'fast' } })
  expect(least(agents!['ann']!.latency)).toBe(1_000)
})

test('what the test says of an agent goes before, and what it says of others stays', () => {
  const provider = { agents: { ann: { latency: '1s', failRate: 0.5 }, ben: { failRate: 1 } } } as const
  expect(pacedAgents({ pattern: pattern('slow'), provider }).agents).toEqual(provider.agents)
  const { agents } = pacedAgents({ pattern: pattern('slow'), provider: { agents: { ann: { failRate: 0.5 } } } })
  expect(agents!['ann']!.failRate).toBe(0.5)
  expect(least(agents!['ann']!.latency)).toBe(20_000)
})

test.each([
  ['there is no pattern', {}],
  ['the test says the latency of all', { pattern: pattern('slow'), provider: { latency: '1s' } as const }],
  ['no agent has a pace', { pattern: { text: 'agents: { ann: {} }\norchestration_logic: { strategy: "LOG 1" }\n' } }],
  ['the pattern cannot be read: who starts it is told', { pattern: { text: 'agents: [' } }],
  ['the pace cannot be read: who starts it is told', { pattern: pattern('sometimes') }],
])('nothing is said where %s', (_, given) => {
  expect(pacedAgents(given)).toEqual({})
})
