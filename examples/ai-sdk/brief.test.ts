import { describeOrchestration, lognormal, never, type Identify, type ProviderConfig } from 'longhaul'
import { expect, test as plainTest } from 'vitest'
import { makeBrief } from './brief.ts'

/** Who calls, by its instructions. */
const identify: Identify = ({ messages }) => /^You are the (\w+)/.exec(messages[0]?.text ?? '')?.[1]

const found = (field: string) => [
  { toolCalls: [{ name: 'search', arguments: { query: field } }] },
  `All there is to say about ${field}.`,
]
const provider: ProviderConfig = {
  identify,
  latency: lognormal({ median: '4s', p95: '12s' }),
  agents: {
    market: { reply: found('market') },
    law: { reply: found('law') },
    technology: { reply: found('technology') },
    writer: { reply: 'A brief on heat pumps.' },
    reviewer: { reply: { json: { accepted: true, wish: '' } } },
  },
}
const agents = Object.keys(provider.agents!)
const system = () => makeBrief('Heat pumps')

describeOrchestration('a brief', { agents, system, provider }, (test) => {
  test('asks three researchers at once', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toEqual({ brief: 'A brief on heat pumps.', fields: ['market', 'law', 'technology'] })
    expect(outcome).toHaveOverlapped(['market', 'law', 'technology'])
    expect(outcome).toHaveCalls(8)
  })

  test('asks the Responses API, which is the default', async ({ run, trace, expect }) => {
    await run()
    expect(new Set(trace.ofType('call.arrived').map(({ operation }) => operation))).toEqual(new Set(['responses']))
  })
})

describeOrchestration(
  'a brief whose lawyer never answers',
  { agents, system, provider: { ...provider, agents: { ...provider.agents, law: { latency: never() } } } },
  (test) => {
    test('is late by the patience for one researcher, and no more', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ fields: ['market', 'technology'] })
      expect(outcome).toHaveElapsed({ atLeast: '90s', atMost: '150s' })
      // The timeout covers all tries: nobody asks the lawyer again.
      expect(outcome).toHaveCalls(1, { agent: 'law', fault: 'disconnected' })
    })
  },
)

describeOrchestration(
  'a brief whose reviewer is never content',
  {
    agents,
    system,
    provider: {
      ...provider,
      agents: { ...provider.agents, reviewer: { reply: { json: { accepted: false, wish: 'More figures.' } } } },
    },
  },
  (test) => {
    test('is written three times at most', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCalls(3, { agent: 'writer' })
      expect(outcome).toHaveCalls(2, { agent: 'reviewer' })
    })
  },
)

describeOrchestration(
  'a brief whose stream tells an error half-way',
  { agents, system, provider: { ...provider, schedule: [{ agent: 'writer', nth: 0, fault: 'stream_error' }] } },
  (test) => {
    test('is not taken for a whole one', async ({ run, expect }) => {
      expect(await run()).toHaveFailedWith('The brief breaks off (error): A brief')
    })
  },
)

/** What twenty briefs cost at each fail rate. */
const bills = new Map<number, { dollars: number; minutes: number; fields: number }>()

describeOrchestration.sweep({ seeds: 20, failRate: [0, 0.2], swarm: false })(
  'twenty briefs',
  { agents, system, provider },
  (test, { failRate = 0 }) => {
    test('are made, unless writer or reviewer fail three times', async ({ run, expect }) => {
      const outcome = await run()
      const last = outcome.calls.filter(({ attempt, agent }) => attempt === 3 && /writer|reviewer/.test(agent))
      expect(outcome.status).toBe(last.some(({ status }) => status === 'failed') ? 'failed' : 'completed')
      const bill = bills.get(failRate) ?? { dollars: 0, minutes: 0, fields: 0 }
      bill.dollars += Number(outcome.ledger.total.cost) / 1e12
      bill.minutes += outcome.elapsedMs / 60_000
      bill.fields += outcome.result?.fields.length ?? 0
      bills.set(failRate, bill)
    })
  },
)

plainTest('a fail rate of 20 % costs time rather than money', () => {
  const [fine, failing] = [bills.get(0)!, bills.get(0.2)!]
  expect(fine.fields).toBe(60)
  expect(failing.fields).toBeGreaterThan(45)
  expect(failing.dollars).toBeLessThan(fine.dollars * 1.1)
  expect(failing.minutes).toBeGreaterThan(fine.minutes)
})
