import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../src/orchestrator/team/agent.ts'
import { recipientsOf, statusOf, type Recipients } from '../../../../src/orchestrator/team/recipients.ts'
import type { Json } from '../../../../src/strategy/index.ts'

const agent = (
  name: string,
  { status = 'alive', working = 0, role = 'worker', profile = 'base', able = ['read'] } = {},
) =>
  ({
    name,
    status,
    working,
    isAlive: status === 'alive',
    settings: { name, role, profile, capabilities: able },
  }) as unknown as Agent

const TEAM = [
  agent('lead', { role: 'coordinator', profile: 'boss' }),
  agent('ann', { working: 1 }),
  agent('ben', { able: ['read', 'write'] }),
  agent('gone', { status: 'terminated' }),
]
const dependencies: Recipients = {
  run: 'orch_1',
  agents: new Map(TEAM.map((each) => [each.name, each])),
  except: ({ settings }) => settings.role === 'coordinator',
}
const told = (to: Json) => recipientsOf(to, dependencies)

describe('a message goes', () => {
  test.each<[string, Json, string[]]>([
    ['to a name', 'ann', ['ann']],
    ['to an id', 'orch_1_ann', ['ann']],
    ['to a name that nobody has, as it stands', 'nobody', ['nobody']],
    ['to one that is gone, who is to be told of', 'gone', ['gone']],
    ['to all but those who lead', 'all', ['ann', 'ben']],
    ['to all by any of their names', '*', ['ann', 'ben']],
    ['to each agent', 'each_agent', ['ann', 'ben']],
    ['to all others than one', '!ann', ['lead', 'ben']],
    ['to all others than an id', '!orch_1_ann', ['lead', 'ben']],
    ['by a pattern', 'a*', ['ann']],
    ['by a pattern of ids', 'orch_1_*', ['lead', 'ann', 'ben']],
    ['by role', { role: 'worker' }, ['ann', 'ben']],
    ['by profile', { profile: 'boss' }, ['lead']],
    ['by what they can', { capability: 'write' }, ['ben']],
    ['by where they stand', { status: 'working' }, ['ann']],
    ['to those that are alive', { status: 'alive' }, ['lead', 'ann', 'ben']],
    ['to those that are ready', { status: 'ready', role: 'worker' }, ['ben']],
    ['to nobody by a field that is none', { mood: 'calm' }, []],
    ['by agent', { agent: 'ben' }, ['ben']],
    ['by id', { agent_id: 'orch_1_ben' }, ['ben']],
    ['to who has answered', { agent: 'orch_1_ann', text: 'Yes.' }, ['ann']],
    ['to each of a list once', ['ann', 'all', 'nobody'], ['ann', 'ben', 'nobody']],
    ['to nobody of an empty list', [], []],
  ])('%s', (_, to, names) => {
    expect(told(to)).toEqual(names)
  })
})

test('an agent that is called like a group is itself', () => {
  const all = agent('all')
  expect(recipientsOf('all', { ...dependencies, agents: new Map([['all', all], ...dependencies.agents]) })).toEqual([
    'all',
  ])
})

test('an agent is ready, at work, or gone', () => {
  expect(TEAM.map(statusOf)).toEqual(['ready', 'working', 'ready', 'terminated'])
})
