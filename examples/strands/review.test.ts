import { describeOrchestration, lognormal, toolCall, type Identify, type ProviderConfig } from 'longhaul'
import { review } from './review.ts'

/** Who calls, by its system prompt. */
const identify: Identify = ({ messages }) => {
  const prompt = messages.find(({ role }) => role === 'system')?.text ?? ''
  return /review changes for (\w+)/.exec(prompt)?.[1] ?? 'lead'
}
const provider: ProviderConfig = {
  identify,
  latency: lognormal({ median: '6s', p95: '20s' }),
  agents: {
    security: { reply: [toolCall('read_file', { path: 'answer.ts' }), 'No secrets in it.'] },
    lead: { reply: 'Merge it.' },
  },
}
const agents = ['security', 'speed', 'style', 'lead']
const system = () => review('Give the answer a name.')
describeOrchestration('a review', { agents, provider, system }, (test) => {
  test('asks three reviewers at once, and then the lead', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toBe('Merge it.')
    expect(outcome).toHaveOverlapped(['security', 'speed', 'style'])
    expect(outcome).toHaveOrder(['style', 'lead'])
  })

  test('asks Bedrock for the model that is the default', async ({ run, trace, expect }) => {
    await run()
    const models = trace.ofType('call.arrived').map(({ provider: service, model }) => `${service}/${model}`)
    expect(new Set(models)).toEqual(new Set(['bedrock/global.anthropic.claude-sonnet-4-6']))
  })
})

describeOrchestration(
  'a review in which one gets no answer',
  { agents, system, provider: { ...provider, schedule: [{ agent: 'speed', nth: 0, fault: 'hang' }] } },
  (test) => {
    test('ends with the time for one node', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith('node_id=<speed>')
      expect(outcome).toHaveElapsed({ atLeast: '90s', atMost: '91s' })
      expect(outcome).toHaveCalls(0, { agent: 'lead' })
    })
  },
)

describeOrchestration(
  'a review in which a stream breaks',
  { agents, system, provider: { ...provider, schedule: [{ agent: 'speed', nth: 0, fault: 'stream_error' }] } },
  (test) => {
    test('fails, and has paid for the others', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith('No review: speed: The model has encountered an unexpected error')
      expect(outcome).toHaveCalls(1, { agent: 'speed' })
      expect(outcome).toHaveCost({ atLeast: '$0.0001' }, { agent: 'style' })
    })
  },
)

describeOrchestration.sweep({ seeds: 20, failRate: 0.2, swarm: false })(
  'a review at a service that fails each fifth call',
  { agents, system, provider },
  (test) => {
    test('comes to an end within the time of two nodes', async ({ run, expect, sometimes }) => {
      const outcome = await run()
      expect(outcome).toHaveElapsed({ atMost: '3m' })
      sometimes('a review fails', outcome.status === 'failed')
      sometimes(
        'a call is made again',
        outcome.calls.some(({ attempt }) => attempt > 1),
      )
    })
  },
)
