import OpenAI from 'openai'
import { vi } from 'vitest'
import { actAs, describeOrchestration, findViolations, restartable, sequence } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = (agent: string, signal: AbortSignal) =>
  actAs(agent, () =>
    client.chat.completions.create(
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Go on.' }] },
      { signal },
    ),
  )

/** What the team keeps, as a file or a database would. */
let kept: number[] = []
let lives: boolean[] = []

describeOrchestration(
  'a system of one’s own that restarts',
  {
    provider: { latency: '10s' },
    system: restartable(async ({ signal, resumed, vars }) => {
      if (!resumed) [kept, lives] = [[], []]
      lives.push(resumed)
      for (let step = kept.length; step < 3; step++) {
        await ask('ann', signal)
        kept.push(step)
      }
      return { steps: kept.length, name: vars['name'] }
    }),
    vars: { name: 'team' },
  },
  (test) => {
    test('goes on after a restart with what it has kept', async ({ start, sleep, trace, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(outcome.result).toEqual({ steps: 3, name: 'team' })
      expect(lives).toEqual([false, true])
      expect(outcome).toHaveElapsed({ exactly: '35s' })
      expect(outcome).toHaveCalls(1, { fault: 'disconnected' })
      expect(trace.ofType('run.resumed')).toMatchObject([{ uncertain: 1 }])
      expect(outcome.parts.map(({ calls }) => calls.length)).toEqual([2, 2])
    })

    test('ends its call in progress, begins no other and waits while it is suspended', async ({
      start,
      sleep,
      clock,
      expect,
    }) => {
      for (const options of [undefined, { running: 'drain' }] as const) {
        const orchestration = await start()
        const startedAt = clock.now()
        await sleep('15s')
        await orchestration.suspend(options)
        expect(clock.now() - startedAt).toBe(20_000)
        expect(kept).toEqual([0, 1])
        await sleep('8h')
        await orchestration.resume()
        const outcome = await orchestration.outcome()
        expect(outcome.result).toMatchObject({ steps: 3 })
        expect(outcome).toHaveCalls(3)
        expect(outcome).toHaveElapsed({ exactly: 8 * 3_600_000 + 30_000 })
      }
    })

    test('has its call in progress cancelled if the test says so', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      await orchestration.suspend({ running: 'cancel' })
      await sleep('8h')
      await orchestration.resume()
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCalls(1, { fault: 'disconnected' })
      expect(outcome).toHaveElapsed({ exactly: 8 * 3_600_000 + 35_000 })
    })

    test('is cancelled while its call in progress ends', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      const suspended = orchestration.suspend()
      expect((await orchestration.cancel()).status).toBe('failed')
      await suspended
      expect(lives).toEqual([false])
    })

    test('that ends meanwhile has its result', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('25s')
      await orchestration.suspend()
      expect((await orchestration.outcome()).result).toMatchObject({ steps: 3 })
    })

    test('is cancelled while it is suspended', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      await orchestration.suspend()
      expect(await orchestration.cancel()).toHaveFailedWith('The orchestration was cancelled.')
      await orchestration.resume()
      await sleep('1m')
      expect(lives).toEqual([false])
    })

    test('is restarted as often as the test wants, and not after its end', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      for (let nth = 0; nth < 3; nth++) {
        await sleep('5s')
        await orchestration.restart()
      }
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome.parts).toHaveLength(4)
      await orchestration.restart()
      expect(lives).toEqual([false, true, true, true])
      expect(outcome.parts).toHaveLength(4)
    })
  },
)

describeOrchestration(
  'a system with two agents that is suspended',
  {
    provider: { latency: '10s', agents: { ben: { latency: '25s' } } },
    system: restartable(async ({ signal, resumed, vars }) => {
      if (resumed) return 'resumed'
      const unheard = new AbortController().signal
      await Promise.all([
        ask('ben', signal),
        ask('ann', signal).then(() => ask('ann', vars['heeds'] === false ? unheard : signal)),
      ])
      return 'ended'
    }),
  },
  (test) => {
    test('begins no call while another one ends', async ({ start, sleep, trace, expect }) => {
      const orchestration = await start()
      await sleep('5s')
      await orchestration.suspend()
      expect(trace.ofType('call.ended').map(({ at }) => at)).toEqual([10_000, 25_000])
      expect(trace.ofType('call.arrived')).toHaveLength(2)
      await orchestration.resume()
      expect((await orchestration.outcome()).result).toBe('resumed')
    })

    test('shows the call that does not heed the signal', async ({ start, sleep, waive, trace, expect }) => {
      waive('orphans')
      const orchestration = await start({ vars: { heeds: false } })
      await sleep('5s')
      await orchestration.suspend()
      await orchestration.resume()
      await orchestration.outcome()
      expect(trace.ofType('call.arrived').map(({ at }) => at)).toEqual([0, 0, 25_000])
    })
  },
)

describeOrchestration(
  'the second life of a system',
  {
    provider: { latency: '10s', agents: { ann: { reply: sequence('one', 'two', 'three') } } },
    system: restartable(async ({ signal, vars }) => {
      lives.push(true)
      const said = [await ask('ann', signal), await ask('ann', signal)].map(
        ({ choices }) => choices[0]!.message.content,
      )
      if (vars['leaves']) void ask('ann', new AbortController().signal).catch(() => {})
      return said
    }),
  },
  (test) => {
    test.beforeEach(() => void (lives = []))

    test('is of the same run: a sequence of replies goes on', async ({ start, sleep, waive, trace, expect }) => {
      waive('paid-twice')
      const orchestration = await start()
      await sleep('15s')
      await orchestration.restart()
      expect((await orchestration.outcome()).result).toEqual(['two', 'three'])
      expect(trace.ofType('call.arrived').map(({ run }) => run)).toEqual([0, 0, 0, 0])
    })

    test('is seen to leave a call open', async ({ start, sleep, waive, trace, expect }) => {
      waive('paid-twice')
      waive('orphans')
      const orchestration = await start({ vars: { leaves: true } })
      await sleep('15s')
      await orchestration.restart()
      await orchestration.outcome()
      await sleep('5s')
      expect(findViolations(trace).map(({ check }) => check)).toContain('orphans')
    })
  },
)

describeOrchestration(
  'a system that does not heed its signal',
  { system: restartable(async () => new Promise((done) => setTimeout(done, 3_600_000))) },
  (test) => {
    test('is told of when it is restarted', async ({ start, waive, expect }) => {
      waive('orphans')
      const orchestration = await start()
      await expect(orchestration.restart()).rejects.toThrow('The system still runs 60 s after its signal was aborted')
      await orchestration.cancel()
    })
  },
)

describeOrchestration(
  'a system that takes a while to be ready',
  {
    provider: { latency: '1s' },
    system: async ({ readyWhen, signal, vars }) => {
      const opens = new Promise<void>((done, fail) =>
        setTimeout(() => (vars['fails'] ? fail(new Error('no port')) : done()), 30_000),
      )
      readyWhen(opens)
      await opens
      await ask('ann', signal)
    },
  },
  (test) => {
    test('start() resolves when it is ready', async ({ start, clock, expect }) => {
      const orchestration = await start()
      expect(clock.now()).toBe(30_000)
      expect(await orchestration.outcome()).toHaveCompleted()
    })

    test('start() resolves where it fails before, and the outcome says why', async ({ start, expect }) => {
      const orchestration = await start({ vars: { fails: true } })
      expect(await orchestration.outcome()).toHaveFailedWith('no port')
    })
  },
)

describeOrchestration(
  'a system that fails at its start',
  { system: () => Promise.reject(new Error('There is no database.')) },
  (test) => {
    test('shows its own failure to a test that restarts or suspends it', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('1s')
      const message = 'The system failed before it could be suspended or restarted: There is no database.'
      await expect(orchestration.restart()).rejects.toThrow(message)
      await expect(orchestration.suspend()).rejects.toThrow(message)
      await expect(orchestration.resume()).rejects.toThrow(message)
      expect(await orchestration.outcome()).toHaveFailedWith('There is no database.')
    })
  },
)

describeOrchestration(
  'a system that keeps its answers in the memory of a module',
  {
    provider: { latency: '1m' },
    checks: { 'paid-twice': false },
    system: restartable(async ({ signal }) => {
      vi.resetModules()
      const { work } = await import('./fixtures/memo-in-memory.ts')
      return work(signal)
    }),
  },
  (test) => {
    test('loses them at a restart if it loads its modules anew', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('150s')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(outcome.result).toBe(3)
      expect(outcome).toHaveCalls(5, { status: 'ended' })
      expect(findViolations(outcome.trace).map(({ check }) => check)).toContain('paid-twice')
    })
  },
)
