import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startClock, type Clock } from '../../../../src/clock/index.ts'
import { resolveSettings } from '../../../../src/orchestrator/index.ts'
import { Agent } from '../../../../src/orchestrator/team/agent.ts'
import { Supervisor } from '../../../../src/orchestrator/team/supervisor.ts'
import type { AgentSettings } from '../../../../src/pattern/index.ts'
import { Told } from '../../../given/ask.ts'

let clock: Clock
beforeEach(() => void (clock = startClock({ kind: 'virtual' })))
afterEach(() => clock.stop())

const HUNG_MS = 60_000

function supervised(...names: string[]) {
  const agents = new Map(
    names.map((name) => [
      name,
      new Agent({ name, capabilities: [] } as unknown as AgentSettings, resolveSettings({}, {})),
    ]),
  )
  const trace = new Told()
  const supervisor = new Supervisor(agents, {
    hungAfterMs: HUNG_MS,
    maxRestarts: 2,
    trace,
    giveUp: (agent, reason) => agent.end('given_up', reason),
  })
  const agent = (name: string): Agent => agents.get(name)!
  return { agent, supervisor, trace }
}

test('an agent at work without progress is started again, and given up after too many restarts', async () => {
  const { agent, supervisor, trace } = supervised('ann')
  agent('ann').working = 1
  supervisor.watch()
  await sleep(HUNG_MS - 1)
  expect(trace.events).toEqual([])
  await sleep(2)
  expect(trace.events).toEqual([
    { type: 'agent.hung', agent: 'ann', sinceMs: HUNG_MS, restarts: 0 },
    { type: 'agent.restarted', agent: 'ann', restarts: 1 },
  ])
  await sleep(3 * HUNG_MS)
  expect(trace.of('agent.restarted').map(({ restarts }) => restarts)).toEqual([1, 2])
  expect(trace.of('agent.hung').map(({ restarts }) => restarts)).toEqual([0, 1, 2])
  expect(agent('ann')).toMatchObject({ status: 'given_up', restarts: 2 })
  expect((agent('ann').signal.reason as Error).message).toBe('The agent ann has ended: no progress after 2 restarts.')
})

test('progress counts from its own time', async () => {
  const { agent, supervisor, trace } = supervised('ann', 'ben')
  agent('ann').working = 1
  agent('ben').working = 1
  supervisor.watch()
  await sleep(HUNG_MS / 2)
  agent('ben').progress()
  await sleep(HUNG_MS / 2 + 1)
  expect(trace.of('agent.hung').map(({ agent: name }) => name)).toEqual(['ann'])
  await sleep(HUNG_MS / 2)
  expect(trace.of('agent.hung').map(({ agent: name }) => name)).toEqual(['ann', 'ben'])
})

test('one that is idle, rests, or is gone is left alone', async () => {
  const { agent, supervisor, trace } = supervised('idle', 'resting', 'gone')
  agent('resting').working = 1
  agent('resting').resting = 1
  agent('gone').working = 1
  agent('gone').end('terminated', 'over')
  supervisor.watch()
  await sleep(10 * HUNG_MS + 500)
  expect(trace.events).toEqual([])
  agent('resting').resting = 0
  await sleep(HUNG_MS + 1)
  expect(trace.of('agent.hung').map(({ agent: name }) => name)).toEqual(['resting'])
  supervisor.stop()
})

test('nobody is looked at when all are idle, or when it was stopped', async () => {
  const { agent, supervisor, trace } = supervised('ann')
  supervisor.watch()
  await sleep(HUNG_MS + 1)
  agent('ann').working = 1
  await sleep(5 * HUNG_MS)
  expect(trace.events).toEqual([])
  supervisor.watch()
  supervisor.stop()
  await sleep(5 * HUNG_MS)
  expect(trace.events).toEqual([])
})
