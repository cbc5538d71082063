import { describeOrchestration, lognormal, sequence, toolCall, type Identify, type ProviderConfig } from 'longhaul'
import { planTrip } from './trip.ts'

/** Who calls, by its instruction. */
const identify: Identify = ({ messages }) => {
  const instruction = messages.find(({ role }) => role === 'system')?.text ?? ''
  return /You are the scout for (\w+)/.exec(instruction)?.[1] ?? /You are the (writer|critic)/.exec(instruction)?.[1]
}
const provider: ProviderConfig = {
  identify,
  latency: lognormal({ median: '5s', p95: '15s' }),
  agents: {
    writer: { reply: sequence('A plan.', 'A better plan.') },
    critic: { reply: sequence('There is no lunch in it.', toolCall('exit_loop')) },
  },
}
const agents = ['trains', 'rooms', 'sights', 'writer', 'critic']
const system = () => planTrip('A week in Rome')

describeOrchestration('a trip', { agents, provider, system }, (test) => {
  test('sends its scouts at once', async ({ run, expect }) => {
    expect(await run()).toHaveOverlapped(['trains', 'rooms', 'sights'])
  })

  test('is planned until the critic is content', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toEqual({ plan: 'A better plan.', errors: [] })
    expect(outcome).toHaveCalls(2, { agent: 'critic' })
  })
})

describeOrchestration(
  'a trip whose critic is never content',
  { agents, system, provider: { ...provider, agents: { ...provider.agents, critic: { reply: 'No lunch!' } } } },
  (test) => {
    test('is planned three times at most', async ({ run, expect }) => {
      expect(await run()).toHaveCalls(3, { agent: 'writer' })
    })
  },
)

describeOrchestration(
  'a trip whose scout for rooms gets no answer',
  { agents, system, provider: { ...provider, schedule: [{ agent: 'rooms', nth: 0, fault: 'hang' }] } },
  (test) => {
    test('is late by a minute, as the scout asks again', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual({ plan: 'A better plan.', errors: [] })
      expect(outcome).toHaveElapsed({ atLeast: '60s', atMost: '2m' })
    })
  },
)

describeOrchestration(
  'a trip whose scout for rooms loses the connection',
  { agents, system, provider: { ...provider, schedule: [{ agent: 'rooms', nth: 0, fault: 'reset' }] } },
  (test) => {
    test('is planned without rooms: the client does not try again', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual({ plan: 'A better plan.', errors: ['rooms: UNKNOWN_ERROR'] })
      expect(outcome).toHaveCalls(1, { agent: 'rooms' })
    })
  },
)

describeOrchestration.sweep({ seeds: 20, failRate: 0.2, swarm: false })(
  'a trip at a service that fails each fifth call',
  { agents, system, provider },
  (test) => {
    test('misses something only where a connection was lost, or a call failed four times', async ({
      run,
      expect,
      sometimes,
    }) => {
      const outcome = await run()
      const lost = outcome.calls.filter(({ fault, attempt, status }) => {
        return fault === 'reset' || (attempt === 4 && status === 'failed')
      }).length
      expect(outcome.result?.errors).toHaveLength(lost)
      sometimes('a connection is lost', lost > 0)
    })
  },
)
