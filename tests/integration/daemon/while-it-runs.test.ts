import { describe, expect, test } from 'vitest'
import { daemonOfCommands } from '../../given/daemon.ts'

const { ask, until, start } = daemonOfCommands()

describe('what can be asked and said while it runs', { timeout: 60_000 }, () => {
  test('agents are added and told something; what they remember, tried and spent can be seen', async () => {
    const id = await start({ max_rounds: 400, pause: '5ms' })
    expect(
      await ask('agent:spawn', { orchestration_id: id, agent_id: 'guest', profile: 'guest', model: 'gpt-4.1-nano' }),
    ).toMatchObject({
      status: 'created',
      agent_id: `${id}_guest`,
      config: { model: 'gpt-4.1-nano' },
    })
    expect(await ask('agent:send_message', { agent_id: `${id}_guest`, message: 'Welcome.' })).toMatchObject({
      status: 'queued',
    })
    // From the next round on the guest is asked too.
    await until('agent:trace', { agent_id: `${id}_guest` }, ({ events }) =>
      (events as { event_name: string }[]).some(({ event_name: name }) => name === 'cost.claimed'),
    )
    const { variables } = await ask('state:get', { orchestration_id: id })
    expect((variables as { agents: string[] }).agents).toEqual(['analyst', 'critic', 'editor', 'guest'])
    expect(await ask('state:get', { orchestration_id: id, name: 'max_rounds' })).toMatchObject({ value: 400 })
    expect(await ask('state:get', { orchestration_id: id, name: 'none' })).toMatchObject({ status: 'failed' })
    const { sessions } = await ask('completion:sessions', { orchestration_id: id })
    expect(
      (sessions as { session_id: string; messages: number }[]).find(({ session_id: of }) => of === `${id}_analyst`)!
        .messages,
    ).toBeGreaterThan(1)
    const { stats } = await ask('completion:retry_status', { orchestration_id: id })
    expect((stats as { requests: number }).requests).toBeGreaterThan(3)
    expect(await ask('completion:provider_status', { orchestration_id: id })).toMatchObject({
      providers: { 'openai/gpt-4o-mini': { circuit_breaker: { is_open: false } } },
    })
    const other = await start({ max_rounds: 1 })
    await until('orchestration:status', { orchestration_id: other }, ({ state }) => state === 'completed')
    const { orchestrations } = await ask('metrics:compare', { orchestration_ids: [id, other] })
    expect(orchestrations).toMatchObject([{ duration_ratio: 1, cost_ratio: 1 }, { messages: 3 }])
    expect(await ask('metrics:cost')).toMatchObject({ known: expect.stringMatching(/^\$/) as string })
    await ask('orchestration:terminate', { orchestration_id: id })
    expect(await ask('agent:send_message', { agent_id: `${id}_guest`, message: 'Still there?' })).toMatchObject({
      status: 'failed',
    })
  })
})
