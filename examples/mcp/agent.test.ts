import { describeOrchestration, toolCall, type ProviderConfig, type SystemContext } from 'longhaul'
import { answer, connect } from './agent.ts'

const bothPages = {
  toolCalls: [
    { name: 'north__look_up', arguments: { subject: 'lighthouse' } },
    { name: 'south__look_up', arguments: { subject: 'harbour' } },
  ],
}
const provider: ProviderConfig = {
  latency: '4s',
  agents: {
    agent: {
      reply: ({ messages, prompt }) => {
        if (messages.length === 1) return bothPages
        return prompt.includes('silted') ? toolCall('north__sum_up', { text: prompt }) : `It is said: ${prompt}`
      },
    },
    'north server': { reply: 'Empty since 1962.' },
  },
}
const agents = ['agent', 'north server']

/** Two servers, one question. */
async function system({ vars }: SystemContext) {
  const north = await connect('north')
  const south = await connect('south', vars['south'] as Record<string, string> | undefined)
  try {
    return await answer('Why is nobody at the lighthouse?', { north, south })
  } finally {
    await Promise.all([north.close(), south.close()])
  }
}

describeOrchestration('an answer from two servers', { agents, provider, system }, (test) => {
  test('takes as long as its models: processes are waited for in real time', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toBe('It is said: Empty since 1962.')
    expect(outcome.calls.map(({ agent }) => agent)).toEqual(['agent', 'agent', 'north server', 'agent'])
    expect(outcome).toHaveElapsed({ atLeast: '16s', atMost: '17s' })
  })

  test('comes without a server that is silent, after the minute of the SDK', async ({ run, expect }) => {
    const outcome = await run({ vars: { south: { ARCHIVE_DELAY_MS: '100000000' } } })
    expect(outcome.result).toContain('Request timed out')
    expect(outcome).toHaveElapsed({ atLeast: '68s', atMost: '72s' })
  })
})

describeOrchestration(
  'an answer for which a server asks a slow model',
  { agents, system, provider: { ...provider, agents: { ...provider.agents, 'north server': { latency: '90s' } } } },
  (test) => {
    test('is given without it, and gives up its call too', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toContain('Request timed out')
      expect(outcome).toHaveCalls(1, { agent: 'north server', fault: 'disconnected' })
    })
  },
)

describeOrchestration(
  'an agent that never comes to an answer',
  { agents, system, provider: { ...provider, agents: { agent: { reply: bothPages } } } },
  (test) => {
    test('is stopped after eight steps', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith('no answer after 8 steps')
      expect(outcome).toHaveCalls(8, { agent: 'agent' })
    })
  },
)
