import { describeOrchestration, lognormal, outage, type ProviderConfig, type SystemContext } from 'longhaul'
import { expect, test as plainTest } from 'vitest'
import { JobQueue } from './queue.ts'
import { work } from './worker.ts'

const agents = ['ann', 'ben', 'cem', 'dan']
const provider: ProviderConfig = { latency: lognormal({ median: '8s', p95: '25s' }) }

/** Forty jobs for four workers. */
async function system({ agents: workers, agentSignal }: SystemContext) {
  const queue = new JobQueue()
  for (let n = 1; n <= 40; n++) queue.add(`Letter ${n}`)
  await Promise.all(workers.map((worker) => work(queue, worker, agentSignal(worker))))
  return queue.counts()
}

describeOrchestration('forty jobs', { agents, provider, system }, (test) => {
  test('are done by four workers at once', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toEqual({ done: 40 })
    expect(outcome).toHaveOverlapped(agents)
    expect(outcome).toHaveCalls(40)
  })

  test('outlive a worker that is ended: its job goes to another when the lease is over', async ({
    start,
    sleep,
    expect,
  }) => {
    const started = await start()
    await sleep('30s')
    started.terminateAgent('ben')
    const outcome = await started.outcome()
    expect(outcome.result).toEqual({ done: 40 })
    expect(outcome).toHaveCalls(1, { fault: 'disconnected' })
    expect(outcome).toHaveCalls(41)
  })
})

describeOrchestration(
  'forty jobs and a slow worker',
  { agents, system, provider: { ...provider, agents: { ann: { latency: '100s' } } } },
  (test) => {
    test('go to the others', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual({ done: 40 })
      expect(outcome).toHaveCalls({ atMost: 2 }, { agent: 'ann' })
      expect(outcome).toHaveElapsed({ atMost: '4m' })
    })
  },
)

describeOrchestration(
  'forty jobs and a worker whose calls hang',
  { agents, system, provider: { ...provider, agents: { ann: { failRate: 1, faults: { hang: 1 } } } } },
  (test) => {
    test('are done once each: a call ends before the lease does', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual({ done: 40 })
      expect(outcome).toHaveCalls(40, { status: 'ended' })
    })
  },
)

describeOrchestration(
  'forty jobs through an outage of ten minutes',
  { agents, system, provider: { ...provider, windows: [outage({ from: '20s', for: '10m' })] } },
  (test) => {
    test('are all done after it', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual({ done: 40 })
      expect(outcome).toHaveElapsed({ atLeast: '10m', atMost: '16m' })
    })
  },
)

/** What forty jobs cost at each fail rate, over all seeds. */
const bills = new Map<number, { dollars: number; minutes: number }>()

describeOrchestration.sweep({ seeds: 20, failRate: [0, 0.2], swarm: false })(
  'forty jobs, again and again',
  { agents, system, provider },
  (test, { failRate = 0 }) => {
    test('are all done', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual({ done: 40 })
      const bill = bills.get(failRate) ?? { dollars: 0, minutes: 0 }
      bill.dollars += Number(outcome.ledger.total.cost) / 1e12
      bill.minutes += outcome.elapsedMs / 60_000
      bills.set(failRate, bill)
    })
  },
)

plainTest('a fail rate of 20 % costs time rather than money', () => {
  const [fine, failing] = [bills.get(0)!, bills.get(0.2)!]
  expect(failing.dollars).toBeLessThan(fine.dollars * 1.05)
  expect(failing.minutes).toBeGreaterThan(fine.minutes)
  expect(failing.minutes).toBeLessThan(fine.minutes * 1.6)
})
