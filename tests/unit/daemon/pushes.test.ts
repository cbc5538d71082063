import { describe, expect, test } from 'vitest'
import { Pushes } from '../../../src/daemon/pushes.ts'
import type { Run } from '../../../src/daemon/runs.ts'
import { Trace, type EventBody, type TraceEvent } from '../../../src/trace/index.ts'

const agents = ['ann', 'ben', 'gone'].map((name) => ({
  name,
  isAlive: name !== 'gone',
  settings: { profile: 'worker' },
}))
/** A run of two agents; a third is gone. */
const run = (over: Partial<Run> = {}): Run =>
  ({
    id: 'orch_1',
    pattern: '/patterns/votes.yaml',
    phase: 'running',
    startedAt: 1_000,
    endedAt: 3_500,
    error: undefined,
    live: { orchestrator: { team: { agents: new Map(agents.map((agent) => [agent.name, agent])) } } },
    ...over,
  }) as unknown as Run
const happens = (body: EventBody): TraceEvent => {
  const trace = new Trace(() => 0)
  trace.append(body)
  return [...trace][0]!
}
const begun = () => {
  const pushes = new Pushes()
  pushes.begun(run(), { isNew: true })
  const happened = (body: EventBody) => pushes.happened('orch_1', happens(body), () => 'guest')
  return { pushes, happened }
}

describe('clients are told', () => {
  test('that a run has begun, its agents first', () => {
    expect(new Pushes().begun(run(), { isNew: true })).toEqual([
      {
        name: 'agent:spawned',
        data: { agent_id: 'orch_1_ann', orchestration_id: 'orch_1', profile: 'worker', status: 'created' },
      },
      {
        name: 'agent:spawned',
        data: { agent_id: 'orch_1_ben', orchestration_id: 'orch_1', profile: 'worker', status: 'created' },
      },
      {
        name: 'orchestration:started',
        data: { orchestration_id: 'orch_1', pattern: 'votes', agents: ['orch_1_ann', 'orch_1_ben'] },
      },
    ])
  })

  test('nothing of one that goes on: they know it', () => {
    expect(new Pushes().begun(run(), { isNew: false })).toEqual([])
  })

  test('of agents that come and go', () => {
    const { happened } = begun()
    expect(happened({ type: 'agent.spawned', agent: 'cem' })).toEqual([
      {
        name: 'agent:spawned',
        data: { agent_id: 'orch_1_cem', orchestration_id: 'orch_1', profile: 'guest', status: 'created' },
      },
    ])
    expect(happened({ type: 'agent.terminated', agent: 'cem', reason: 'done' })).toEqual([
      {
        name: 'agent:terminated',
        data: { agent_id: 'orch_1_cem', orchestration_id: 'orch_1', reason: 'done', status: 'terminated' },
      },
    ])
  })

  test('of messages, by the ids of agents; what the strategy says comes from the run', () => {
    const { happened } = begun()
    const message = (from: string) => happened({ type: 'message.sent', from, to: 'ben' })[0]!.data
    expect(message('ann')).toMatchObject({ from_agent: 'orch_1_ann', to_agents: ['orch_1_ben'] })
    expect(message('strategy')).toMatchObject({ from_agent: 'orch_1' })
  })

  test('nothing of other events, nor of what happens while a run is made', () => {
    expect(begun().happened({ type: 'note', text: 'hello' })).toEqual([])
    const unborn = new Pushes().happened('orch_1', happens({ type: 'agent.spawned', agent: 'ann' }), () => 'worker')
    expect(unborn).toEqual([])
  })
})

describe('the end of a run', () => {
  test.each([
    ['completed', 'orchestration:completed'],
    ['failed', 'orchestration:failed'],
  ] as const)('that is %s is told after that of its agents', (phase, name) => {
    const { pushes } = begun()
    const told = pushes.stopped(run({ phase }), 6)
    expect(told.map((push) => push.name)).toEqual([
      'agent:terminated',
      'agent:terminated',
      name,
      'orchestration:terminated',
    ])
    expect(told[0]!.data).toMatchObject({ agent_id: 'orch_1_ann', reason: `the orchestration is ${phase}` })
    expect(told.at(-1)!.data).toEqual({
      orchestration_id: 'orch_1',
      pattern: 'votes',
      reason: phase,
      duration: 2.5,
      message_count: 6,
    })
  })

  test('says why it has failed', () => {
    const { pushes } = begun()
    expect(pushes.stopped(run({ phase: 'failed', error: 'no money' }), 0).at(-1)!.data).toMatchObject({
      reason: 'no money',
    })
  })

  test('that somebody has terminated is neither completed nor failed', () => {
    const { pushes } = begun()
    expect(pushes.stopped(run({ phase: 'terminated' }), 0).map(({ name }) => name)).toEqual([
      'agent:terminated',
      'agent:terminated',
      'orchestration:terminated',
    ])
  })

  test('is none where it is suspended: its agents stay', () => {
    const { pushes, happened } = begun()
    expect(pushes.stopped(run({ phase: 'suspended' }), 0)).toEqual([
      { name: 'orchestration:suspended', data: { orchestration_id: 'orch_1', pattern: 'votes' } },
    ])
    expect(happened({ type: 'agent.spawned', agent: 'cem' })).toHaveLength(1)
  })

  test('tells each agent once', () => {
    const { pushes } = begun()
    pushes.stopped(run({ phase: 'completed' }), 0)
    expect(pushes.stopped(run({ phase: 'completed' }), 0).map(({ name }) => name)).not.toContain('agent:terminated')
  })
})
