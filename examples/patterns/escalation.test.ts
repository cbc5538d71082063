import { join } from 'node:path'
import { describeOrchestration, never } from 'longhaul'

const pattern = join(import.meta.dirname, 'escalation.yaml')
const answer = (agent: string, confidence: unknown) => ({
  agent,
  reply: { json: { answer: `By ${agent}.`, confidence } },
})

describeOrchestration(
  'an escalation',
  {
    pattern,
    provider: {
      latency: '5s',
      failRate: 0,
      replies: [answer('first_line', 0.3), answer('specialist', 'high'), answer('engineer', 0.95)],
    },
  },
  (test) => {
    test('goes up until somebody is sure; who gives no number is not', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({
        answer: 'By engineer.',
        by: 'engineer',
        tried: ['first_line', 'specialist'],
      })
      expect(outcome).toHaveCalls(1, { model: 'claude-sonnet-4-5' })
    })

    test('asks nobody dearer where the first is sure', async ({ run, expect }) => {
      const outcome = await run({ vars: { sure: 0.2 } })
      expect(outcome.result!.result).toMatchObject({ by: 'first_line', tried: [] })
      expect(outcome).toHaveCalls(1)
    })
  },
)

describeOrchestration(
  'an escalation past a level that hangs',
  {
    pattern,
    provider: {
      latency: '5s',
      failRate: 0,
      replies: [answer('specialist', 0.9)],
      agents: { first_line: { latency: never() } },
    },
  },
  (test) => {
    test('waits as long as that level may take, and goes on', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result!.result).toMatchObject({ by: 'specialist', tried: ['first_line'] })
      expect(outcome).toHaveElapsed({ atLeast: '25s', atMost: '30s' })
    })
  },
)
