import { describe, expect, test } from 'vitest'
import { resolveSettings } from '../../../../src/orchestrator/index.ts'
import { AgentRestarted, CompletionError } from '../../../../src/orchestrator/service/failures.ts'
import { Agent } from '../../../../src/orchestrator/team/agent.ts'
import type { AgentSettings } from '../../../../src/pattern/index.ts'

const settings: AgentSettings = {
  name: 'ann',
  profile: 'worker',
  role: undefined,
  model: undefined,
  systemPrompt: 'You are Ann.',
  capabilities: [],
  maxTokens: undefined,
}
const settled = resolveSettings({}, {})
const made = (): Agent => new Agent(settings, settled)
const told = (...texts: string[]) => texts.map((text) => ({ text, hops: 0 }))

describe('what an agent was told', () => {
  test('stands in its inbox until it is read, all of it at once', () => {
    const agent = made()
    agent.inbox.push(...told('one', 'two'))
    const reading = agent.read()
    expect(reading.messages).toEqual(told('one', 'two'))
    expect(agent.inbox).toEqual([])
    reading.done()
    expect(agent.save().inbox).toEqual([])
  })

  test('comes back, before what came since, when it is not answered', () => {
    const agent = made()
    agent.inbox.push(...told('one'))
    const reading = agent.read()
    agent.inbox.push(...told('two'))
    reading.undo()
    expect(agent.inbox).toEqual(told('one', 'two'))
    reading.undo()
    expect(agent.inbox).toEqual(told('one', 'two'))
  })

  test('does not come back once it is answered', () => {
    const agent = made()
    agent.inbox.push(...told('one'))
    const reading = agent.read()
    reading.done()
    reading.undo()
    expect(agent.inbox).toEqual([])
  })

  test('is kept as unread as long as its question is under way', () => {
    const agent = made()
    agent.inbox.push(...told('one'))
    agent.read()
    agent.inbox.push(...told('two'))
    expect(agent.save().inbox).toEqual(told('one', 'two'))
  })
})

describe('an agent that ends', () => {
  test('breaks off what it works on, and says why', () => {
    const agent = made()
    expect([agent.isAlive, agent.signal.aborted]).toEqual([true, false])
    agent.end('terminated', 'nobody needs it')
    expect([agent.isAlive, agent.status, agent.signal.aborted]).toEqual([false, 'terminated', true])
    const reason = agent.signal.reason as CompletionError
    expect(reason).toBeInstanceOf(CompletionError)
    expect(reason).toMatchObject({ kind: 'terminated', message: 'The agent ann has ended: nobody needs it.' })
  })

  test('ends once', () => {
    const agent = made()
    agent.end('given_up', 'it hangs')
    agent.end('terminated', 'nobody needs it')
    expect(agent.status).toBe('given_up')
  })
})

test('an agent that is started again breaks off what it works on, and goes on', () => {
  const agent = made()
  const before = agent.signal
  agent.restart()
  expect(before.reason).toBeInstanceOf(AgentRestarted)
  expect([agent.isAlive, agent.signal.aborted, agent.restarts]).toEqual([true, false, 1])
})

test('an agent is the same after it was kept as plain data', () => {
  const agent = made()
  agent.inbox.push(...told('one'))
  agent.conversation.add('Your view?', 'Mine.')
  agent.restart()
  agent.end('given_up', 'it hangs')
  const again = Agent.restore(JSON.parse(JSON.stringify(agent.save())) as ReturnType<Agent['save']>, settled)
  expect(again.save()).toEqual(JSON.parse(JSON.stringify(agent.save())))
  expect(again).toMatchObject({ name: 'ann', status: 'given_up', restarts: 1, inbox: told('one') })
  expect(again.conversation.messages).toEqual([
    { role: 'system', text: 'You are Ann.' },
    { role: 'user', text: 'Your view?' },
    { role: 'assistant', text: 'Mine.' },
  ])
})
