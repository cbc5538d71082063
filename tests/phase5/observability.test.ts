import { describeOrchestration, lognormal, type Outcome } from 'longhaul'

// Phase 5.2: from the trace alone everything can be told of every call: latency, tokens of each agent, cost over time, retries, failures.
const pattern = 'multi_agent_evolution_scale'
const vars = { trace_enabled: true, workers: 3, population: 12, generations: 5 }
const agents = ['scale_worker_1', 'scale_worker_2', 'scale_worker_3']

const sum = <Value>(values: readonly Value[], of: (value: Value) => bigint): bigint =>
  values.reduce((total, value) => total + of(value), 0n)

describeOrchestration(
  'observability',
  {
    pattern,
    vars,
    provider: { latency: lognormal({ median: '4s', p95: '12s' }), replies: 'Going on.' },
    // Twelve tries on purpose, so that a fail rate of a half is survived too.
    orchestrator: { retry: { attempts: 12 }, retryBudget: 20, breaker: { failures: 1_000 }, conversationTokens: 400 },
    checks: { amplification: { attempts: 12, factor: 6 } },
  },
  (test) => {
    const traced = ({ trace }: Outcome) => trace.ofType('completion.traced')

    test('every answer can be traced to its call, with what it took and cost', async ({ run, expect }) => {
      const outcome = await run()
      const answers = traced(outcome)
      const ended = outcome.calls.filter(({ status, fault }) => status === 'ended' && fault === undefined)
      expect(answers).toHaveLength(60)
      for (const answer of answers) {
        const call = ended.find(({ agent, endedAt }) => agent === answer.agent && endedAt === answer.at)!
        expect(answer).toMatchObject({
          model: `${call.provider}/${call.model}`,
          inputTokens: call.usage.input,
          outputTokens: call.usage.output,
          cost: Number(call.cost),
          answer: 'Going on.',
        })
        // What the question took is what its call took, its failed tries and pauses before it, and, for a while after a limit, its
        // turn among all agents of the account.
        const isHeld = outcome.calls.some(
          ({ endedAt, retryAfterMs }) =>
            retryAfterMs !== null && endedAt! <= call.arrivedAt && endedAt! > call.arrivedAt - 60_000,
        )
        expect(answer.tookMs).toBeGreaterThanOrEqual(call.endedAt! - call.arrivedAt)
        if (call.attempt === 1 && !isHeld) expect(answer.tookMs).toBe(call.endedAt! - call.arrivedAt)
      }
    })

    test('tokens and cost of each agent are those that the provider bills', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.agents.map(({ agent }) => agent).toSorted()).toEqual(agents.toSorted())
      for (const { agent, calls, usage, cost, failed } of outcome.agents) {
        const account = outcome.ledger.agent(agent)
        expect({ calls, failed, cost, usage }).toEqual({
          calls: account.calls,
          failed: account.failed,
          cost: account.cost,
          usage: account.usage,
        })
      }
      expect(sum(outcome.agents, ({ cost }) => cost)).toBe(outcome.ledger.total.cost)
    })

    test('the cost over time only grows, up to the bill', async ({ run, expect }) => {
      const outcome = await run()
      const points = outcome.costOverTime('1m')
      expect(points.length).toBeGreaterThan(1)
      expect(points.map(({ cost }) => cost)).toEqual(
        points.map(({ cost }) => cost).toSorted((a, b) => (a < b ? -1 : 1)),
      )
      expect(points.every(({ at }) => at % 60_000 === 0)).toBe(true)
      expect(points.at(-1)!.cost).toBe(outcome.ledger.total.cost)
    })

    test('retries and failures are counted, and each has its reason', async ({ run, trace, expect }) => {
      const outcome = await run()
      const failed = outcome.calls.filter(({ status }) => status === 'failed')
      expect(failed.every(({ fault }) => fault !== undefined)).toBe(true)
      expect(sum(outcome.agents, ({ failed: count }) => BigInt(count))).toBe(BigInt(failed.length))
      const retried = trace.ofType('call.retried')
      expect(sum(outcome.agents, ({ retries }) => BigInt(retries))).toBe(BigInt(retried.length))
      // The orchestrator tells of each try that failed.
      expect(trace.ofType('attempt.failed').length).toBeGreaterThanOrEqual(
        failed.filter(({ fault }) => fault !== 'disconnected').length,
      )
    })

    test('without trace_enabled no prompt stands in the trace', async ({ run, trace, expect }) => {
      expect(traced(await run({ vars: { trace_enabled: false, generations: 2 } }))).toEqual([])
      expect(trace.toNDJSON()).not.toContain('rate this individual')
    })
  },
)
