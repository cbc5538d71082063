import OpenAI from 'openai'
import { actAs, describeOrchestration, findViolations, type SystemContext } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = (agent: string, signal?: AbortSignal) =>
  actAs(agent, () => client.responses.create({ model: 'gpt-4o-mini', input: agent }, { signal: signal ?? null }))
const team = { agents: ['ann', 'ben'], provider: { latency: '40s' as const } }

describeOrchestration(
  'a system that does not hear of its end',
  { ...team, system: ({ agents }) => Promise.all(agents.map((agent) => ask(agent))) },
  (test) => {
    test('goes on with its calls, which is told', async ({ start, sleep, trace, waive, expect }) => {
      waive('cancellation')
      const orchestration = await start()
      await sleep('15s')
      expect(await orchestration.cancel()).toHaveCompleted()
      expect(findViolations(trace)).toMatchObject([
        { what: 'the orchestration was cancelled, and call 1 of ann ran for another 25s', part: 'underWay' },
        { what: 'the orchestration was cancelled, and call 2 of ben ran for another 25s', part: 'underWay' },
      ])
    })

    test('is not cancelled any more once it has ended', async ({ start, trace, expect }) => {
      const orchestration = await start()
      await orchestration.outcome()
      await orchestration.cancel()
      expect(trace.ofType('run.cancelled')).toEqual([])
    })
  },
)

describeOrchestration(
  'a system that hands on the signals of its agents',
  {
    ...team,
    async system({ agents, agentSignal }: SystemContext) {
      await Promise.allSettled(agents.map((agent) => ask(agent, agentSignal(agent))))
      return [...agents, 'late'].map((agent) => agentSignal(agent).aborted)
    },
  },
  (test) => {
    test('ends at once when it is cancelled', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      const outcome = await orchestration.cancel()
      await orchestration.cancel()
      expect(outcome).toHaveElapsed({ exactly: '15s' })
      expect(outcome.result).toEqual([true, true, true])
      expect(outcome.trace.ofType('run.cancelled')).toHaveLength(1)
      expect(outcome.trace.ofType('agent.terminated')).toEqual([])
    })

    test('goes on with the others when one of them is terminated', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      await orchestration.terminateAgent('ben')
      expect((await orchestration.outcome()).result).toEqual([false, true, false])
    })
  },
)
