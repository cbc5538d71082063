import { describeOrchestration, toolCall, type Identify, type ProviderConfig } from 'longhaul'
import { setTimeout as sleep } from 'node:timers/promises'
import { approve, ask, refunds, type Step } from './support.ts'

/** Who calls, by a word of its instructions. */
const WORDS = { invoices: 'billing', devices: 'technical', 'hand over': 'triage' }
const identify: Identify = ({ messages }) =>
  Object.entries(WORDS).find(([word]) => messages[0]?.text.includes(word))?.[1]

const provider: ProviderConfig = {
  identify,
  latency: '3s',
  agents: {
    triage: { reply: toolCall('transfer_to_billing') },
    billing: {
      reply: ({ prompt }) => {
        if (prompt.includes('paid back')) return 'You have your money back.'
        return toolCall(prompt.includes('paid twice') ? 'refund' : 'look_up_invoice', { number: '17' })
      },
    },
  },
}
const agents = ['triage', 'billing', 'technical']
const QUESTION = 'I was charged two times for invoice 17.'

/** A question in the evening; who may approve a refund comes in the morning. */
async function night(): Promise<Step> {
  refunds.length = 0
  const step = await ask(QUESTION)
  if ('answer' in step) return step
  await sleep(14 * 3_600_000)
  return approve(step.waits)
}

describeOrchestration('a refund', { agents, provider, system: night }, (test) => {
  test('waits for its approval, and is made once', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toEqual({ answer: 'You have your money back.', by: 'billing' })
    expect(refunds).toEqual(['17'])
    expect(outcome).toHaveElapsed({ atLeast: '14h', atMost: '14h 1m' })
  })

  test('goes on in the morning with the agent that had asked for it', async ({ run, expect }) => {
    const { calls } = await run()
    expect(calls.map(({ agent }) => agent)).toEqual(['triage', 'billing', 'billing', 'billing'])
  })
})

describeOrchestration(
  'a question that nobody feels responsible for',
  {
    agents,
    provider: {
      ...provider,
      agents: {
        triage: { reply: toolCall('transfer_to_technical') },
        technical: { reply: toolCall('transfer_to_triage') },
      },
    },
    system: () => ask('Who are you?'),
  },
  (test) => {
    test('is handed on ten times, and then given up', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith('Max turns (10) exceeded')
      expect(outcome).toHaveCalls(10)
      expect(outcome).toHaveCost({ atMost: '$0.01' })
    })
  },
)

describeOrchestration(
  'a question whose call hangs',
  {
    agents,
    provider: { ...provider, schedule: [{ agent: 'billing', nth: 0, fault: 'hang' }] },
    system: () => ask(QUESTION),
  },
  (test) => {
    test('keeps the customer waiting for five minutes', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toHaveProperty('waits')
      expect(outcome).toHaveElapsed({ atLeast: '5m', atMost: '6m' })
    })
  },
)

describeOrchestration.sweep({ seeds: 20, failRate: 0.2 })(
  'a refund at a service that fails each fifth call',
  { agents, provider, system: night },
  (test) => {
    test('is made once, or not at all where a call fails three times', async ({ run, expect, sometimes }) => {
      const outcome = await run()
      const isGivenUp = outcome.calls.some(({ attempt, status }) => attempt === 3 && status === 'failed')
      expect(outcome.status).toBe(isGivenUp ? 'failed' : 'completed')
      if (isGivenUp) expect(refunds.length).toBeLessThanOrEqual(1)
      else expect(refunds).toEqual(['17'])
      const retries = outcome.calls.filter(({ attempt }) => attempt > 1).length
      sometimes('a call is made again', retries > 0)
    })
  },
)
