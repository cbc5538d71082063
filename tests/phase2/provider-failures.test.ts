import { describeOrchestration, outage, uniform, type OrchestratorSettings, type Outcome } from 'longhaul'

// Phase 2.2: half of the calls fail. Backoff, circuit breaker and failover see it through.
const pattern = 'stress_test_decisions'
const latency = uniform('2s', '10s')
const resilient: OrchestratorSettings = { failover: ['claude-haiku-4-5'] }

describeOrchestration(
  'provider failures: every second call fails',
  { pattern, orchestrator: resilient, failRate: 0.5, provider: { latency } },
  (test) => {
    test('completes all rounds', async ({ run, provider, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ rounds: 10 })
      expect(provider.openCalls).toBe(0)
    })

    test('backs off: pauses grow from try to try, and honour retry-after', async ({ run, trace, expect }) => {
      await run()
      const retries = trace.ofType('attempt.failed').filter(({ retryInMs }) => retryInMs !== null)
      for (const { attempt, retryInMs, kind } of retries) {
        const most = Math.min(60_000, 2_000 * 2 ** (attempt - 1))
        // The provider asks for a second at a rate limit and under overload.
        expect(retryInMs).toBeLessThanOrEqual(Math.max(most, 1_000))
        if (kind === 'rate_limited' || kind === 'overloaded') expect(retryInMs).toBeGreaterThanOrEqual(1_000)
      }
    })
  },
)

/** Pinned rates: what is claimed here is claimed for these, whatever the environment says. */
const failing = (failRate: number) => ({ openai: { failRate }, anthropic: { failRate } })

describeOrchestration.each(Array.from({ length: 200 }, (_, index) => index + 1))(
  'a fifth of the calls fails, seed %i',
  (seed) => ({ pattern, orchestrator: resilient, seed, provider: { latency, providers: failing(0.2) } }),
  (test) => {
    test('completes', async ({ run, expect }) => {
      expect(await run()).toHaveCompleted()
    })
  },
)

const OUTAGE_FROM_MS = 60_000
const OUTAGE_TO_MS = 15 * 60_000
const during = ({ calls }: Outcome): number =>
  calls.filter(
    ({ provider, arrivedAt }) => provider === 'openai' && arrivedAt >= OUTAGE_FROM_MS && arrivedAt < OUTAGE_TO_MS,
  ).length

describeOrchestration(
  'an outage of one service',
  {
    pattern,
    vars: { max_rounds: 200 },
    orchestrator: resilient,
    provider: {
      latency,
      providers: failing(0),
      windows: [outage({ from: OUTAGE_FROM_MS, for: OUTAGE_TO_MS - OUTAGE_FROM_MS, service: 'openai' })],
    },
  },
  (test) => {
    test('the breaker opens, tries one call when its time is up, and closes after the outage', async ({
      run,
      trace,
      expect,
    }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const changes = trace.ofType('breaker.changed').filter(({ target }) => target === 'openai/gpt-4o-mini')
      const states = changes.map(({ state }) => state)
      expect(states.slice(0, 3)).toEqual(['open', 'half-open', 'open'])
      expect(states.slice(-2)).toEqual(['half-open', 'closed'])
      // Open for five minutes each time; the next question after that is the trial.
      for (const [index, { state, at }] of changes.entries())
        if (state === 'half-open') expect(at - changes[index - 1]!.at).toBeGreaterThanOrEqual(300_000)
    })

    test('all rounds go on at the other service meanwhile, and come back after it', async ({ run, trace, expect }) => {
      const outcome = await run()
      expect(outcome.result!.result).toEqual({ rounds: 200, complete: 200 })
      const closed = trace.ofType('breaker.changed').find(({ state }) => state === 'closed')!
      const late = outcome.calls.filter(({ arrivedAt }) => arrivedAt > closed.at)
      expect(late.length).toBeGreaterThan(0)
      expect(late.every(({ provider }) => provider === 'openai')).toBe(true)
      expect(outcome).toHaveCalls({ atLeast: 50 }, { model: 'claude-haiku-4-5' })
    })
  },
)

describeOrchestration.for([
  { name: 'with its breaker', failures: 5, most: 15 },
  { name: 'without one', failures: 1_000_000, most: Number.POSITIVE_INFINITY },
])(
  'a failing service, $name',
  ({ failures }) => ({
    pattern,
    vars: { max_rounds: 60 },
    orchestrator: { ...resilient, breaker: { failures } },
    provider: {
      latency,
      providers: failing(0),
      windows: [outage({ from: OUTAGE_FROM_MS, for: OUTAGE_TO_MS - OUTAGE_FROM_MS, service: 'openai' })],
    },
  }),
  (test, { failures, most }) => {
    test('is called as often as the breaker lets it', async ({ run, expect }) => {
      const calls = during(await run())
      expect(calls).toBeLessThanOrEqual(most)
      if (failures > 5) expect(calls).toBeGreaterThan(150)
    })
  },
)

describeOrchestration.for([
  { name: 'with backoff', firstDelay: '2s' },
  { name: 'at once', firstDelay: 0 },
] as const)(
  'retries $name',
  ({ firstDelay }) => ({
    pattern,
    vars: { max_rounds: 20 },
    // One of the two is there to show what comes of it.
    checks: firstDelay === 0 ? { backoff: false } : {},
    orchestrator: { retry: { firstDelay, attempts: 8 }, retryBudget: 100, breaker: { failures: 1_000_000 } },
    provider: {
      latency,
      services: { openai: { failRate: 0.5 } },
      faults: { server_error: 1 },
    },
  }),
  (test, { firstDelay }) => {
    test('the pause between two tries eases the pressure', async ({ run, expect }) => {
      const { calls } = await run()
      const pauses = calls.flatMap(({ retryOf, arrivedAt }) => {
        const before = calls.find(({ call }) => call === retryOf)
        return before ? [arrivedAt - before.endedAt!] : []
      })
      expect(pauses.length).toBeGreaterThan(20)
      const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length
      // A pause of nothing is a timer of a millisecond, as in Node.
      if (firstDelay === 0) expect(mean).toBe(1)
      // Full jitter: the mean of the first pause is half of the two seconds, and later ones are longer.
      else expect(mean).toBeGreaterThan(700)
    })
  },
)
