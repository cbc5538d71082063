import OpenAI from 'openai'
import { actAs, describeOrchestration, never, type SystemContext } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = (agent: string, signal?: AbortSignal) =>
  actAs(agent, () =>
    client.chat.completions.create(
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'How many?' }] },
      signal ? { signal } : {},
    ),
  )

describeOrchestration(
  'outcomes of several runs in one test',
  {
    vars: { calls: 2 },
    provider: { latency: '10s', agents: { hung: { latency: never() } } },
    system: async ({ vars, report }: SystemContext) => {
      const gather = report.gather('answers', { from: [String(vars['agent'] ?? 'ann')] })
      for (let call = 0; call < Number(vars['calls']); call++) await ask(String(vars['agent'] ?? 'ann'))
      gather.received(String(vars['agent'] ?? 'ann'))
      gather.end()
      return Number(vars['calls'])
    },
  },
  (test) => {
    test('each counts its own calls, cost, time and events', async ({ run, provider, trace, expect }) => {
      const first = await run()
      const second = await run({ vars: { calls: 3 } })
      expect(first).toHaveCalls(2)
      expect(second).toHaveCalls(3)
      expect(first).toHaveElapsed({ exactly: '20s' })
      expect(second).toHaveElapsed({ exactly: '30s' })
      expect(first.gathers).toHaveLength(1)
      expect(second.gathers).toHaveLength(1)
      expect(first.ledger.total.calls).toBe(2)
      expect(second.ledger.total.calls).toBe(3)
      expect(first.ledger.total.cost + second.ledger.total.cost).toBe(provider.ledger.total.cost)
      expect(first.trace.ofType('run.started', 'run.ended')).toHaveLength(2)
      expect(second.trace.ofType('run.started', 'run.ended')).toHaveLength(2)
      expect(trace.ofType('run.started')).toHaveLength(2)
    })

    test('an outcome does not change when another run follows, or when the test calls a service', async ({
      run,
      expect,
    }) => {
      const first = await run()
      const before = first.trace.toNDJSON()
      await run()
      await ask('somebody')
      expect(first.trace.toNDJSON()).toBe(before)
      expect(first).toHaveCalls(2)
      expect(Object.isFrozen(first)).toBe(true)
      expect(() => Object.assign(first, { status: 'failed' })).toThrow(TypeError)
    })

    test('a list that a test has changed is whole in the outcome', async ({ run, expect }) => {
      const outcome = await run()
      outcome.calls.pop()
      expect(outcome.calls).toHaveLength(2)
    })

    test('runs that overlap count the calls that each has made', async ({ start, expect }) => {
      const one = await start({ vars: { agent: 'ann', calls: 3 } })
      const other = await start({ vars: { agent: 'ben', calls: 1 } })
      const [first, second] = [await one.outcome(), await other.outcome()]
      expect(first).toHaveCalls(3, { agent: 'ann' })
      expect(first).toHaveCalls(0, { agent: 'ben' })
      expect(second).toHaveCalls(1)
      expect(first.gathers.map(({ expected }) => expected)).toEqual([['ann']])
      expect(second.gathers.map(({ expected }) => expected)).toEqual([['ben']])
      expect(second.trace.ofType('run.started', 'run.ended')).toHaveLength(2)
    })

    test('a call that a run has left under way is not of the next one', async ({ start, run, waive, expect }) => {
      waive('orphans')
      waive('deadlock')
      waive('cancellation')
      const left = await start({ vars: { agent: 'hung', calls: 1 } })
      void left.cancel()
      const next = await run()
      expect(next).toHaveCalls(0, { agent: 'hung' })
      expect(next).toHaveCalls(2)
    })
  },
)

describeOrchestration(
  'a run that stops and goes on',
  {
    provider: { latency: '10s' },
    system: async ({ control, signal }: SystemContext) => {
      let stop = new AbortController()
      let goesOn = Promise.withResolvers<void>()
      let isOver = false
      control({
        suspend: async () => stop.abort(),
        kill: async () => stop.abort(),
        resume: async () => goesOn.resolve(),
      })
      while (!isOver) {
        try {
          await ask('ann', AbortSignal.any([stop.signal, signal]))
          isOver = true
        } catch {
          await goesOn.promise
          stop = new AbortController()
          goesOn = Promise.withResolvers()
        }
      }
    },
  },
  (test) => {
    test('can be costed part by part', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('4s')
      await orchestration.suspend()
      await sleep('1h')
      await orchestration.resume()
      await sleep('3s')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      const [first, second, third, ...more] = outcome.parts
      expect(more).toEqual([])
      expect(first).toHaveElapsed({ exactly: '4s' })
      expect(second).toHaveElapsed({ exactly: '3s' })
      expect(third).toHaveElapsed({ exactly: '10s' })
      expect(first).toHaveCalls(1, { status: 'failed' })
      expect(second).toHaveCalls(1, { fault: 'disconnected' })
      expect(third).toHaveCalls(1, { status: 'ended' })
      expect(outcome).toHaveCalls(3)
      expect(first!.ledger.total.cost + second!.ledger.total.cost + third!.ledger.total.cost).toBe(
        outcome.ledger.total.cost,
      )
    })

    test('has one part where it never stopped', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.parts).toHaveLength(1)
      expect(outcome.parts[0]).toHaveElapsed({ exactly: '10s' })
      expect(outcome.parts[0]!.trace.toNDJSON()).toBe(outcome.trace.toNDJSON())
    })
  },
)
