import { InMemoryStore } from '@mastra/core/storage'
import { describeOrchestration, lognormal, type Identify, type ProviderConfig } from 'longhaul'
import { setTimeout as sleep } from 'node:timers/promises'
import { office } from './contract.ts'

/** Who calls, by its instructions. */
const identify: Identify = ({ messages }) => {
  const [, name] = /for (prices|dates|duties)/.exec(messages[0]?.text ?? '') ?? []
  return name ?? 'counsel'
}
const provider: ProviderConfig = {
  identify,
  latency: lognormal({ median: '6s', p95: '20s' }),
  agents: { counsel: { reply: 'Sign it.' } },
}
const agents = ['prices', 'dates', 'duties', 'counsel']

/** A contract that is read in the evening and signed in the morning. */
async function night() {
  const storage = new InMemoryStore()
  const run = await office(storage).getWorkflow('contract').createRun()
  const evening = await run.start({ inputData: { text: 'Both sides agree.' } })
  if (evening.status !== 'suspended') return evening
  await sleep(8 * 3_600_000)
  // As after a restart: another office, which knows what is stored.
  const again = await office(storage).getWorkflow('contract').createRun({ runId: run.runId })
  return again.resume({ step: 'sign', resumeData: { signed: true } })
}

describeOrchestration('a contract', { agents, provider, system: night }, (test) => {
  test('is read by three at once', async ({ run, expect }) => {
    expect(await run()).toHaveOverlapped(['prices', 'dates', 'duties'])
  })

  test('waits eight hours for who signs, and pays nothing for it', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toMatchObject({ status: 'success', result: { advice: 'Sign it.', signed: true } })
    expect(outcome).toHaveElapsed({ atLeast: '8h', atMost: '8h 2m' })
    expect(outcome).toHaveCalls(4)
  })
})

describeOrchestration(
  'a contract with a reader who takes a quarter of an hour',
  { agents, provider: { ...provider, agents: { ...provider.agents, dates: { latency: '15m' } } }, system: night },
  (test) => {
    test('fails: each of four tries ends with the five minutes of fetch', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ status: 'failed' })
      expect(outcome).toHaveCalls(4, { agent: 'dates', fault: 'disconnected' })
      expect(outcome).toHaveElapsed({ atLeast: '20m', atMost: '21m' })
    })
  },
)

describeOrchestration.sweep({ seeds: 20, failRate: 0.2, swarm: false })(
  'a contract at a service that fails each fifth call',
  { agents, provider, system: night },
  (test) => {
    test('is signed in the morning, unless a call fails four times', async ({ run, expect, sometimes }) => {
      const outcome = await run()
      const isGivenUp = outcome.calls.some(({ attempt, status }) => attempt === 4 && status === 'failed')
      expect(outcome.result).toMatchObject({ status: isGivenUp ? 'failed' : 'success' })
      const retries = outcome.calls.filter(({ attempt }) => attempt > 1).length
      sometimes('a call is made again', retries > 0)
    })
  },
)
