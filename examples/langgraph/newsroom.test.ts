import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons'
import { Command, MemorySaver } from '@langchain/langgraph'
import { describeOrchestration, lognormal, sequence, type ProviderConfig } from 'longhaul'
import { setTimeout as sleep } from 'node:timers/promises'
import { newsroom, type Decision } from './newsroom.ts'

/** Who calls: the node that runs. */
const identify = (): string | undefined =>
  AsyncLocalStorageProviderSingleton.getRunnableConfig()?.metadata?.['langgraph_node'] as string | undefined

const provider: ProviderConfig = {
  identify,
  latency: lognormal({ median: '5s', p95: '15s' }),
  agents: {
    supervisor: {
      reply: sequence([{ json: { desks: ['economy', 'sports', 'weather'] } }, { json: { desks: [] } }]),
    },
    editor: { reply: 'Rain, again.' },
  },
}
const agents = ['supervisor', 'economy', 'sports', 'weather', 'editor']
const thread = { configurable: { thread_id: 'monday' } }
const approval: Decision = { approved: true }

/** A day at the paper: the editor in chief comes when eight hours have passed, and decides. */
async function day(...decisions: Decision[]) {
  const saver = new MemorySaver()
  let state = await newsroom(saver).invoke({ day: 'Monday' }, thread)
  for (const resume of decisions) {
    await sleep(8 * 3_600_000)
    // As after a restart: another graph, which knows what the saver has kept.
    state = await newsroom(saver).invoke(new Command({ resume }), thread)
  }
  return state
}

describeOrchestration('a paper', { agents, provider, system: () => day(approval) }, (test) => {
  test('has its desks report at once', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveOverlapped(['economy', 'sports', 'weather'])
    expect(outcome.result).toMatchObject({ paper: 'Rain, again.', printed: true })
  })

  test('waits eight hours for its approval, and pays nothing for it', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveElapsed({ atLeast: '8h', atMost: '8h 2m' })
    expect(outcome.calls.filter(({ arrivedAt }) => arrivedAt > 3_600_000)).toEqual([])
    expect(outcome).toHaveCalls(6)
  })
})
describeOrchestration(
  'a paper that is sent back',
  { agents, provider, system: () => day({ approved: false, wish: 'More sun.' }, approval) },
  (test) => {
    test('is edited again, and by the editor alone', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.calls.filter(({ arrivedAt }) => arrivedAt > 3_600_000).map(({ agent }) => agent)).toEqual([
        'editor',
      ])
      expect(outcome.result).toMatchObject({ printed: true })
    })
  },
)

/** A day on which the graph has to be gone on with after an hour. */
async function dayWithOutage() {
  const saver = new MemorySaver()
  await newsroom(saver)
    .invoke({ day: 'Monday' }, thread)
    .catch(() => sleep(3_600_000))
  return newsroom(saver).invoke(null, thread)
}

describeOrchestration(
  'a paper whose sports desk fails',
  {
    agents,
    provider: {
      ...provider,
      agents: {
        ...provider.agents,
        economy: { latency: '5s' },
        weather: { latency: '4m' },
      },
      // LangChain asks seven times before it gives up.
      schedule: Array.from({ length: 7 }, (_, nth) => ({ agent: 'sports', nth, fault: 'server_error' })),
    },
    system: dayWithOutage,
  },
  (test) => {
    test('keeps the reports that were there, and asks again for one that was under way', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(1, { agent: 'economy' })
      expect(outcome).toHaveCalls(8, { agent: 'sports' })
      expect(outcome).toHaveCalls(1, { agent: 'weather', fault: 'disconnected' })
      expect(outcome).toHaveCalls(1, { agent: 'weather', status: 'ended' })
    })
  },
)
