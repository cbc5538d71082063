import OpenAI from 'openai'
import { describe, test as plain, expect as plainly, vi } from 'vitest'
import { actAs, describeOrchestration, never, watch, type SystemContext } from 'longhaul'
import { joinSettings, replayCommand, settingsFromEnvironment } from '../../src/simulation/settings.ts'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = (agent: string, signal?: AbortSignal) =>
  actAs(agent, () =>
    client.chat.completions.create(
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] },
      signal ? { signal } : {},
    ),
  )

const work = { assign: async (agent: string) => ask(agent) }

describeOrchestration(
  'the fixtures',
  {
    agents: ['ann', 'ben'],
    vars: { rounds: 2 },
    provider: { latency: '10s', failRate: 0, agents: { ben: { latency: '1h' } } },
    system: async ({ agents, agentSignal, vars, report }: SystemContext) => {
      for (let round = 0; round < Number(vars['rounds']); round++) {
        const gather = report.gather('answers', { from: agents })
        const asked = agents.map(async (agent) => {
          await ask(agent, agentSignal(agent))
          gather.received(agent)
        })
        await Promise.allSettled(asked)
        gather.end()
      }
    },
  },
  (test) => {
    test('start, sleep and terminateAgent: the run goes on without the agent', async ({
      start,
      sleep,
      clock,
      expect,
    }) => {
      const orchestration = await start({ vars: { rounds: 1 } })
      await sleep('5m')
      await orchestration.terminateAgent('ben')
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveElapsed({ atLeast: '5m', atMost: '5m' })
      expect(outcome.gather('answers')).toBePartial({ received: ['ann'], missing: ['ben'] })
      expect(clock.now()).toBe(300_000)
    })

    test('a failing matcher shows the timeline', async ({ run, expect }) => {
      const outcome = await run({ vars: { rounds: 1 } })
      expect(() => expect(outcome).toHaveCalls(3)).toThrow(
        /Expected 3 calls; the trace has 2\.\nTrace from .*━.*ben {2}call 2 gpt-4o-mini: disconnected/s,
      )
      expect(() => expect(outcome.gather('votes'))).toThrow(/no gather "votes". There is: answers/)
    })

    test('watched calls are in the trace', async ({ trace, expect }) => {
      watch(work, 'assign')
      await work.assign('ann')
      expect(trace.ofType('watch.called', 'watch.returned')).toMatchObject([
        { name: 'assign', nth: 1 },
        { nth: 1, afterMs: 10_000 },
      ])
    })

    const refused: Partial<Record<keyof typeof vi, RegExp>> = {
      useFakeTimers: /Remove this call/,
      setTimerTickMode: /Remove this call/,
      setSystemTime: /clock: \{ epoch: /,
      advanceTimersByTime: /sleep\('5s'\)/,
      advanceTimersByTimeAsync: /sleep\('5s'\)/,
      advanceTimersToNextTimer: /they fire by themselves/,
      advanceTimersToNextTimerAsync: /they fire by themselves/,
      advanceTimersToNextFrame: /they fire by themselves/,
      runAllTimers: /they fire by themselves/,
      runAllTimersAsync: /they fire by themselves/,
      runOnlyPendingTimers: /they fire by themselves/,
      runOnlyPendingTimersAsync: /they fire by themselves/,
      runAllTicks: /they fire by themselves/,
      clearAllTimers: /Clear each timer/,
      getTimerCount: /a spy/,
    }
    test.for(Object.entries(refused))(
      'vi.%s() gets a clear error, and changes nothing',
      async ([name, advice], { run, expect }) => {
        const [{ setTimeout, Date: date }, before] = [globalThis, Date.now()]
        const call = vi[name as 'setSystemTime']
        expect(() => call(0)).toThrow(
          `vi.${name}() inside a test of an orchestration: longhaul already controls time here.`,
        )
        expect(() => call(0)).toThrow(advice)
        expect([globalThis.setTimeout, globalThis.Date, Date.now()]).toEqual([setTimeout, date, before])
        expect((await run({ vars: { rounds: 1 } })).elapsedMs).toBeGreaterThan(60_000)
      },
    )

    test('vi.useRealTimers() stands in many a clean-up, and is let through', async ({ run, clock, expect }) => {
      expect(vi.useRealTimers()).toBe(vi)
      expect(vi.isFakeTimers()).toBe(false)
      await run({ vars: { rounds: 1 } })
      expect(clock.now()).toBeGreaterThan(60_000)
    })

    test('an annotation is no time', async ({ annotate, clock, expect }) => {
      const timer = setTimeout(() => {}, 60_000)
      await annotate('something to be remembered')
      expect(clock.now()).toBe(0)
      clearTimeout(timer)
    })

    test('nor is a module that is imported', async ({ clock, expect }) => {
      const timer = setTimeout(() => {}, 60_000)
      void import('../gallery/systems.ts')
      await vi.dynamicImportSettled()
      expect(clock.now()).toBe(0)
      clearTimeout(timer)
    })
  },
)

describeOrchestration(
  'a deadlock',
  { provider: { latency: never(), failRate: 0 }, system: () => ask('ann') },
  (test) => {
    test.fails('fails the test with a report, and not after its timeout', { timeout: 60_000 }, async ({ run }) => {
      await run()
      await new Promise(() => {})
    })
  },
)

const concurrent: unknown[] = []
describeOrchestration.skip('never run', { system: async () => {} }, (test) => {
  const concurrently: (() => unknown)[] = [
    () => test.concurrent,
    () => test.extend('number', 1).concurrent,
    () => test.skip.concurrent,
    () => test.describe.concurrent,
    () => test('by an option', { concurrent: true }, () => {}),
  ]
  for (const declare of concurrently)
    try {
      concurrent.push(declare())
    } catch (error) {
      concurrent.push(error)
    }
  describe.concurrent('a concurrent suite inside', () => {
    try {
      test('by its suite', () => {})
    } catch (error) {
      concurrent.push(error)
    }
  })
  test('so that there is one', () => {})
})
plain('tests of an orchestration cannot be concurrent', () => {
  plainly(concurrent).toHaveLength(6)
  for (const error of concurrent)
    plainly(error).toMatchObject({
      code: 'LONGHAUL_CLOCK_IN_USE',
      message: plainly.stringContaining('cannot be concurrent'),
    })
})

describeOrchestration.todo('one that nobody has described yet')

const seenCases: unknown[] = []
describeOrchestration.each([
  ['ann', 1],
  ['ben', 2],
])(
  'asked by %s, %i times',
  (agent, times) => ({
    agents: [agent],
    provider: { latency: '1s', failRate: 0 },
    system: async () => {
      for (let nth = 0; nth < times; nth++) await ask(agent)
      return times
    },
  }),
  (test, agent, times) => {
    test('options and tests have the case', async ({ run, expect }) => {
      const { result, ledger } = await run()
      expect(result).toBe(times)
      expect(ledger.agent(agent).calls).toBe(times)
      seenCases.push(agent)
    })
  },
)
describeOrchestration.for([{ latency: '1s' }, { latency: '2s' }] as const)(
  'an answer in $latency',
  ({ latency }) => ({ provider: { latency, failRate: 0 }, system: () => ask('ann') }),
  (test, { latency }) => {
    test('takes that long', async ({ run, expect }) => {
      expect(await run()).toHaveElapsed({ atLeast: latency, atMost: latency })
      seenCases.push(latency)
    })
  },
)
describeOrchestration.skipIf(true)('skipped', { system: async () => {} }, (test) => {
  test('never run', () => void seenCases.push('skipped'))
})
plain('each and for describe every case, skipIf and todo none', () => {
  plainly(seenCases).toEqual(['ann', 'ben', '1s', '2s'])
  plainly(() => describeOrchestration.concurrent).toThrow(/Orchestrations cannot be concurrent/)
})

plain('the environment goes before the plugin, and that before the file', () => {
  const env = settingsFromEnvironment({ LONGHAUL_FAIL_RATE: '0.5', KSI_COMPLETION_PROVIDER_FAIL_RATE: '0.1' })
  plainly(joinSettings({ seed: 3, failRate: 0.1 }, { seed: 4, time: '60x' }, env)).toMatchObject({
    seed: 4,
    failRate: 0.5,
    time: { factor: 60 },
  })
  plainly(settingsFromEnvironment({ KSI_COMPLETION_PROVIDER_FAIL_RATE: '0.1' })).toEqual({ failRate: 0.1 })
  plainly(() => settingsFromEnvironment({ LONGHAUL_FAIL_RATE: 'half' })).toThrow(/LONGHAUL_FAIL_RATE is "half"/)
})

plain('the line that repeats a test can be pasted', () => {
  const settings = joinSettings({ seed: 'a b', failRate: 0.2 })
  plainly(replayCommand(settings, 'tests/a.test.ts', "suite > it's (1)")).toBe(
    `LONGHAUL_SEED='a b' LONGHAUL_FAIL_RATE=0.2 npx vitest run tests/a.test.ts -t 'suite > it'\\''s \\(1\\)'`,
  )
})
