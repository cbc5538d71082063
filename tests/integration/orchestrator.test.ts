import { describe as suite } from 'vitest'
import {
  constant,
  describeOrchestration,
  lognormal,
  never,
  outage,
  type OrchestratorSettings,
  type PatternOptions,
} from 'longhaul'
import { InvalidOrchestratorSettingError } from 'longhaul/orchestrator'
import { PatternError } from 'longhaul/pattern'
import { pattern, strategy } from '../given/strategy.ts'

const calm = { latency: constant('5s'), failRate: 0, services: { openai: { failRate: 0 } } }
const described = (
  text: string,
  {
    orchestrator,
    provider,
    ...shape
  }: {
    orchestrator?: OrchestratorSettings
    provider?: PatternOptions['provider']
    agents?: string[]
    more?: string
  } = {},
): PatternOptions => ({
  pattern: pattern(text, shape),
  provider: { ...calm, ...provider },
  ...(orchestrator && { orchestrator }),
})

suite('conversations', () => {
  describeOrchestration(
    'questions to one agent',
    described(
      strategy`
        PARALLEL:
          a = AWAIT completion FROM "ann"
          b = AWAIT completion FROM "ann"
          c = AWAIT completion FROM "ben"
      `,
    ),
    (test) => {
      test('are answered one after another, and those to different agents at the same time', async ({
        run,
        expect,
      }) => {
        const outcome = await run()
        expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '10s' })
        const ann = outcome.calls.filter(({ agent }) => agent === 'ann')
        expect(ann.map(({ arrivedAt, turn }) => [arrivedAt, turn])).toEqual([
          [0, 1],
          [5_000, 2],
        ])
      })
    },
  )

  describeOrchestration(
    'a conversation that grows',
    described(
      strategy`
        FOR i IN 1..20:
          AWAIT completion FROM "ann" WITH prompt: "{{i}} and a long text to fill the window of the conversation"
      `,
      {
        orchestrator: { conversationTokens: 120 },
        provider: { replies: 'A short answer.' },
      },
    ),
    (test) => {
      test('is pruned, and keeps its system prompt', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(trace.ofType('conversation.pruned').length).toBeGreaterThan(5)
        const sizes = trace.ofType('call.arrived').map(({ inputTokens }) => inputTokens)
        expect(Math.max(...sizes)).toBeLessThan(200)
        expect(sizes.at(-1)).toBeGreaterThan(50)
      })
    },
  )

  describeOrchestration(
    'the lock of a conversation',
    described(
      strategy`
        PARALLEL:
          AWAIT completion FROM "ann" WITH timeout: 20m
          ON failure: LOG "lost"
          b = AWAIT completion FROM "ann"
        RETURN b.text
      `,
      {
        orchestrator: { callTimeout: '1h', conversationLock: '300s' },
        provider: {
          agents: { ann: { reply: 'At last.' } },
          // The first call never ends, the second one does.
          latency: constant('5s'),
        },
      },
    ),
    (test) => {
      test('passes to the next in line after five minutes', async ({ run, provider, expect }) => {
        provider.failNext(1, 'hang')
        const outcome = await run()
        expect(outcome.result!.result).toBe('At last.')
        const [first, second] = outcome.calls
        expect(second!.arrivedAt - first!.arrivedAt).toBe(300_000)
      })
    },
  )
})

suite('gathering', () => {
  describeOrchestration(
    'late answers',
    described(
      strategy`
        GATHER votes FROM agents WITH timeout: 15s, late: "keep"
        WAIT 1 minute
        RETURN { votes: pluck(votes, "agent"), late: pluck(late_responses, "agent") }
      `,
      { provider: { agents: { ben: { latency: constant('30s') } } } },
    ),
    (test) => {
      test('are recorded and not lost, where the strategy keeps them', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual({ votes: ['ann'], late: ['ben'] })
        expect(outcome.gather('votes')).toMatchObject({ received: ['ann'], late: ['ben'], missing: ['ben'] })
      })
    },
  )

  describeOrchestration(
    'enough answers',
    described(
      strategy`
        GATHER votes FROM agents WITH enough: 1
        RETURN pluck(votes, "agent")
      `,
      {
        provider: { agents: { ben: { latency: constant('30s') } } },
      },
    ),
    (test) => {
      test('end it early, and the rest is cancelled on the wire', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual(['ann'])
        expect(outcome).toHaveElapsed({ atMost: '5s' })
        expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected', at: 5_000 }])
      })
    },
  )

  describeOrchestration(
    'an agent that is gone',
    described(strategy`
      TERMINATE "ben"
      GATHER votes FROM ["ann", "ben"] WITH redistribute: true
      RETURN votes
    `),
    (test) => {
      test('is answered for by another, where the strategy wants that', async ({ run, expect }) => {
        const { result } = await run()
        expect(result!.result).toMatchObject([{ agent: 'ann' }, { agent: 'ann', for: 'ben' }])
      })
    },
  )

  describeOrchestration(
    'too few answers',
    described('GATHER votes FROM agents WITH timeout: 15s, at_least: 2', {
      provider: { agents: { ben: { latency: never() } } },
    }),
    (test) => {
      test('are a failure that says who is missing, with file and line, and leaves nothing open', async ({
        run,
        provider,
        expect,
      }) => {
        expect(await run()).toHaveFailedWith(
          /pattern\.yaml:8: timeout: GATHER votes needs 2 answers and has 1; missing: ben/,
        )
        expect(provider.openCalls).toBe(0)
      })
    },
  )

  describeOrchestration(
    'a gather that fails',
    described(
      `GATHER votes FROM agents WITH timeout: 15s, at_least: 2, late: "keep"
ON failure:
  SET lost = missing
  WAIT 1 minute
  RETURN { kind: failure.kind, have: pluck(votes, "agent"), lost: lost, late: pluck(votes.late_responses, "agent") }`,
      { provider: { agents: { ben: { latency: constant('30s') } } } },
    ),
    (test) => {
      test('leaves the answers that it has, who is missing, and what comes late', async ({ run, expect }) => {
        const { result } = await run()
        expect(result!.result).toEqual({ kind: 'timeout', have: ['ann'], lost: ['ben'], late: ['ben'] })
      })
    },
  )

  describeOrchestration(
    'gathers at the same time',
    described(
      `PARALLEL:
  GATHER first FROM ["ann", "ben"] WITH timeout: 15s
  GATHER second FROM ["cem", "dora"] WITH timeout: 10s
RETURN { first: first.missing, second: second.missing }`,
      {
        agents: ['ann', 'ben', 'cem', 'dora'],
        provider: { agents: { ben: { latency: never() }, dora: { latency: never() } } },
      },
    ),
    (test) => {
      test('know each its own missing ones', async ({ run, expect }) => {
        const { result } = await run()
        expect(result!.result).toEqual({ first: ['ben'], second: ['dora'] })
      })
    },
  )

  const said = strategy`
    GATHER votes FROM ["ann", "ben"] WITH timeout: 5m
    ON failure:
      RETURN failure.kind
  `
  describeOrchestration.for([
    {
      what: 'every call fails',
      strategy: said,
      faults: { bad_gateway: 1 },
      retry: { attempts: 2 },
      kind: 'server_error',
    },
    {
      what: 'the time is up before the next try',
      strategy: said,
      faults: { bad_gateway: 1 },
      retry: { attempts: 1_000, firstDelay: '10m' as const, maxDelay: '1h' as const },
      kind: 'server_error',
    },
    { what: 'nobody answers', strategy: said, faults: { hang: 1 }, retry: { attempts: 100 }, kind: 'timeout' },
    {
      what: 'the agents are gone',
      strategy: strategy`
        TERMINATE "ann"
        TERMINATE "ben"
        ${said}
      `,
      faults: { hang: 1 },
      retry: {},
      kind: 'terminated',
    },
  ])(
    'a gather that fails as $what',
    ({ strategy, faults, retry }) =>
      described(strategy, {
        orchestrator: { retry, breaker: { failures: 1_000 } },
        provider: { faults, services: { openai: { failRate: 1 } } },
      }),
    (test, { kind }) => {
      test('says so', async ({ run, waive, expect }) => {
        waive('amplification')
        const { result } = await run()
        expect(result!.result).toBe(kind)
      })
    },
  )

  describeOrchestration(
    'a task of an agent that hangs',
    described(
      strategy`
        GATHER parts FROM agents WITH tasks: [1, 2, 3, 4], timeout: 10m
        RETURN { done: len(parts), missing: missing }
      `,
      { orchestrator: { callTimeout: '1h' }, provider: { agents: { ben: { latency: never() } } } },
    ),
    (test) => {
      test('is done by another, long before the end of the gather', async ({ run, provider, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual({ done: 4, missing: [] })
        expect(outcome).toHaveElapsed({ atMost: '30s' })
        expect(provider.openCalls).toBe(0)
      })
    },
  )

  describeOrchestration('an agent that there is not', described('GATHER votes FROM ["ann", "bem"]'), (test) => {
    test('is a failure with the name that was meant', async ({ run, expect }) => {
      expect(await run()).toHaveFailedWith('There is no agent "bem". Did you mean "ben"?')
    })
  })
})

suite('events', () => {
  describeOrchestration(
    'AWAIT',
    described(
      strategy`
        BROADCAST "Report." TO agents
        AWAIT { from: agents, event_pattern: "report:*", min_responses: 2, timeout: 30s } AS reports
        RETURN pluck(reports, "event")
      `,
      {
        provider: {
          agents: {
            ann: { reply: 'Done: {"event": "report:good", "data": {"n": 1}}' },
            ben: { reply: '[{"event": "report:bad"}, {"event": "other"}]' },
          },
        },
      },
    ),
    (test) => {
      test('waits for events that answers ask for, by pattern', async ({ run, expect }) => {
        const { result } = await run()
        expect(result!.result).toEqual(['report:good', 'report:bad'])
      })
    },
  )

  describeOrchestration(
    'AWAIT with too few events',
    described(
      strategy`
        BROADCAST "Report." TO agents
        AWAIT { event_pattern: "report:*", min_responses: 2, timeout: 30s, collect_partial: true } AS reports
        RETURN len(reports)
      `,
      { provider: { agents: { ann: { reply: '{"event": "report:good"}' }, ben: { latency: never() } } } },
    ),
    (test) => {
      test('collects what there is when the time is up', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toBe(1)
        expect(outcome).toHaveElapsed({ atLeast: '30s', atMost: '30s' })
      })
    },
  )

  describeOrchestration(
    'routing rules and transformers',
    described(
      strategy`
        EMIT "task:new" WITH { topic: "rain", urgent: true }
        WAIT for answers OR timeout
        RETURN pluck(answers, "agent")
      `,
      {
        more: `routing_rules:
  - { pattern: 'task:*', to: ann, condition: 'urgent', message: 'Look into {{topic}}.' }
  - { pattern: 'task:*', to: ben, condition: 'not urgent' }
  - { pattern: 'alarm', to: ben, message: 'Alarm about {{what}}!' }
transformers:
  - { source: 'task:new', target: alarm, mapping: { what: '{{topic}}' } }`,
      },
    ),
    (test) => {
      test('decide who is told what', async ({ run, trace, expect }) => {
        const { result } = await run()
        expect(result!.result).toEqual(['ann', 'ben'])
        expect(
          trace
            .ofType('event.emitted')
            .map(({ event, hops }) => [event, hops])
            .slice(0, 2),
        ).toEqual([
          ['task:new', 0],
          ['alarm', 1],
        ])
      })
    },
  )

  describeOrchestration(
    'agents that answer each other without end',
    described(
      strategy`
        SEND "ping" TO "ann"
        AWAIT { event_pattern: "never", min_responses: 1, timeout: 1h, collect_partial: true } AS nothing
        RETURN 1
      `,
      {
        more: `routing_rules:
  - { pattern: 'talk', from: ann, to: ben }
  - { pattern: 'talk', from: ben, to: ann }`,
        provider: { replies: '{"event": "talk"}' },
      },
    ),
    (test) => {
      test('are stopped after ten hops, and the trace says so', async ({ run, trace, waive, expect }) => {
        waive('runaway')
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(trace.ofType('event.dropped').length).toBeGreaterThan(0)
        expect(outcome.calls.length).toBeLessThanOrEqual(12)
      })
    },
  )
})

suite('plain language', () => {
  describeOrchestration(
    'lines and conditions in plain language',
    {
      pattern: {
        text: `name: inline
agents:
  worker: { profile: worker }
  lead: { role: coordinator, prompt_template: You lead. }
orchestration_logic:
  strategy: |
    IDENTIFY dominant strategies
    IF the plan is sound:
      RETURN answer
    RETURN "unsound"
`,
      },
      provider: {
        ...calm,
        replies: [{ content: 'Answer with yes or no', reply: 'Yes, it is.' }, { reply: 'Defection dominates.' }],
      },
    },
    (test) => {
      test('are asked of the orchestrating agent', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toBe('Defection dominates.')
        expect(outcome).toHaveCalls(2, { agent: 'lead' })
        expect(outcome).toHaveCalls(2)
      })
    },
  )
})

suite('agents', () => {
  describeOrchestration(
    'SPAWN and TERMINATE',
    described(
      strategy`
        SPAWN "cem" WITH template: "ann", model: "gpt-4.1-nano"
        TERMINATE "ben"
        GATHER votes FROM agents
        RETURN { voted: pluck(votes, "agent"), missing: missing }
      `,
    ),
    (test) => {
      test('change who takes part', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual({ voted: ['ann', 'cem'], missing: ['ben'] })
        expect(outcome).toHaveCalls(1, { agent: 'cem', model: 'gpt-4.1-nano' })
        expect(trace.ofType('agent.spawned').map(({ agent }) => agent)).toEqual(['ann', 'ben', 'cem'])
      })
    },
  )
})

suite('resilience', () => {
  describeOrchestration(
    'hedging',
    described('a = AWAIT completion FROM "ann"', { orchestrator: { hedgeAfter: '10s', callTimeout: '1h' } }),
    (test) => {
      test('asks again when no answer comes, takes the first one, and cancels the other', async ({
        run,
        provider,
        trace,
        expect,
      }) => {
        provider.failNext(1, 'hang')
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome).toHaveElapsed({ atLeast: '15s', atMost: '15s' })
        expect(trace.ofType('call.hedged')).toHaveLength(1)
        expect(provider.openCalls).toBe(0)
      })

      test('does not ask twice when the answer is in time', async ({ run, expect }) => {
        expect(await run()).toHaveCalls(1)
      })
    },
  )

  describeOrchestration(
    'a wrong request',
    described('a = AWAIT completion FROM "ann" WITH model: "gpt-none"', {
      orchestrator: { failover: ['claude-haiku-4-5'] },
    }),
    (test) => {
      test('is not retried, and not sent elsewhere, and stands in the trace', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(trace.ofType('attempt.failed')).toMatchObject([{ kind: 'refused_request', retryInMs: null }])
        expect(outcome).toHaveFailedWith('refused_request: The model `gpt-none` does not exist')
        expect(outcome).toHaveCalls(1)
      })
    },
  )

  describeOrchestration(
    'a quota that is used up',
    described(
      strategy`
        FOR i IN 1..10:
          GATHER votes FROM agents WITH prompt: "Round {{i}}?"
        RETURN 1
      `,
      {
        orchestrator: { failover: ['claude-haiku-4-5'] },
        provider: { windows: [outage({ from: '12s', for: '1h', service: 'openai', fault: 'quota_exhausted' })] },
      },
    ),
    (test) => {
      test('sends all agents elsewhere at once, and none of them asks again', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome).toHaveElapsed({ atMost: '1m' })
        expect(trace.ofType('call.failed')).toHaveLength(2)
        expect(outcome).toHaveCalls(14, { model: 'claude-haiku-4-5' })
      })
    },
  )

  describeOrchestration(
    'an account of few requests, and another service',
    described(
      strategy`
        GATHER votes FROM agents WITH prompt: "Your view?"
        RETURN len(votes)
      `,
      {
        agents: Array.from({ length: 30 }, (_, nth) => `agent_${nth}`),
        orchestrator: { failover: ['claude-haiku-4-5'] },
        provider: { services: { openai: { failRate: 0, rateLimits: { requestsPerMinute: 6 } } } },
      },
    ),
    (test) => {
      test('is waited for as long as a pause between tries, and no longer', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toBe(30)
        expect(outcome).toHaveElapsed({ atMost: '90s' })
        expect(outcome).toHaveCalls({ atLeast: 10 }, { model: 'claude-haiku-4-5' })
      })
    },
  )

  describeOrchestration(
    'every fault in turn',
    described(
      strategy`
        FOR i IN 1..11:
          a = AWAIT completion FROM "ann"
        RETURN 1
      `,
      {
        orchestrator: { retry: { attempts: 12 }, breaker: { failures: 1_000 } },
      },
    ),
    (test) => {
      test('is met by a retry', async ({ run, provider, trace, waive, expect }) => {
        waive('amplification')
        const faults = [
          'rate_limited',
          'overloaded',
          'server_error',
          'bad_gateway',
          'hang',
          'reset',
          'reset_midway',
          'truncated',
          'malformed_json',
          'empty',
        ] as const
        for (const fault of faults) provider.failNext(1, fault)
        expect(await run()).toHaveCompleted()
        expect(trace.ofType('attempt.failed').map(({ kind }) => kind)).toEqual([
          'rate_limited',
          'overloaded',
          'server_error',
          'server_error',
          'timeout',
          'connection',
          'connection',
          'bad_answer',
          'bad_answer',
          'bad_answer',
        ])
      })
    },
  )

  describeOrchestration(
    'the budget of retries',
    described(
      strategy`
        FOR i IN 1..30:
          a = AWAIT completion FROM "ann"
          ON failure: CONTINUE
      `,
      {
        orchestrator: { retryBudget: 0, retry: { attempts: 50 }, breaker: { failures: 10_000 } },
        provider: { services: { openai: { failRate: 1 } }, faults: { server_error: 1 } },
      },
    ),
    (test) => {
      test('ends the storm when nothing but retries is left', async ({ run, waive, expect }) => {
        // The strategy asks the same again and again, without a pause.
        waive('amplification')
        waive('backoff')
        // 30 first tries, and 20 free retries.
        expect(await run()).toHaveCalls(50)
      })
    },
  )
})

suite('ends', () => {
  const endless = strategy`
    FOR i IN 1..1000:
      GATHER votes FROM agents
  `
  describeOrchestration(
    'a time limit',
    described(endless, { more: 'coordination: { termination: { timeout: 1m } }' }),
    (test) => {
      test('ends the run with what it has', async ({ run, provider, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.result).toMatchObject({ reason: 'timeout', variables: { i: 12 } })
        expect(outcome).toHaveElapsed({ atLeast: '1m', atMost: '1m' })
        expect(provider.openCalls).toBe(0)
      })
    },
  )
  describeOrchestration(
    'a limit on messages',
    described(endless, { more: 'coordination: { termination: { max_messages: 6 } }' }),
    (test) => {
      test('ends it too', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toMatchObject({ reason: 'max_messages' })
        expect(outcome).toHaveCalls({ atMost: 8 })
      })
    },
  )
  describeOrchestration(
    'an event',
    described(
      strategy`
        EMIT "all:done"
        WAIT 1 hour
      `,
      { more: "coordination: { termination: { event: 'all:*' } }" },
    ),
    (test) => {
      test('ends it at once', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toMatchObject({ reason: 'event' })
        expect(outcome).toHaveElapsed({ atMost: '1ms' })
      })
    },
  )
  describeOrchestration('a cancellation', described(endless), (test) => {
    test('reaches the wire, and leaves nothing under way', async ({ start, sleep, provider, trace, expect }) => {
      const orchestration = await start()
      await sleep('17s')
      expect(provider.openCalls).toBe(2)
      const outcome = await orchestration.cancel()
      expect(outcome).toHaveFailedWith('cancelled')
      expect(provider.openCalls).toBe(0)
      expect(trace.ofType('call.failed').map(({ at }) => at)).toEqual([17_000, 17_000])
    })
  })
})

suite('the same seed', () => {
  const options: PatternOptions = {
    ...described(
      strategy`
        FOR i IN 1..10:
          GATHER votes FROM agents WITH at_least: 0
      `,
      {
        agents: ['a', 'b', 'c'],
        orchestrator: { breaker: { failures: 1_000 } },
      },
    ),
    provider: { latency: lognormal({ median: '4s', p95: '12s' }), failRate: 0.3 },
  }
  const traces: string[] = []
  describeOrchestration.each([1, 2])(
    'run %i',
    () => options,
    (test) => {
      test('gives the same trace, byte for byte', async ({ run, trace, expect }) => {
        await run()
        traces.push(trace.toNDJSON())
        expect(traces.every((text) => text === traces[0])).toBe(true)
      })
    },
  )
})

suite('mistakes', () => {
  describeOrchestration('a pattern with a mistake', { pattern: pattern('GATHER votes FRM agents') }, (test) => {
    test('shows the line, and what was meant', async ({ run, expect }) => {
      const failed = run()
      await expect(failed).rejects.toThrow(PatternError)
      await expect(failed).rejects.toThrow(
        /pattern\.yaml:8:18: "FRM" is not allowed here\..*GATHER votes FRM agents.*Did you mean "FROM"\?/s,
      )
    })
  })
  describeOrchestration('a wrong setting', described('LOG 1', { orchestrator: { retry: { attempts: 0 } } }), (test) => {
    test('says which, and what to give', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith(InvalidOrchestratorSettingError)
      expect(outcome).toHaveFailedWith('retry.attempts is 0. Give a number of at least 1.')
    })
  })
  describeOrchestration(
    'a function that there is not',
    described('CALL scroe()', { orchestrator: { functions: { score: () => 1 } } }),
    (test) => {
      test('is a failure with the name that was meant', async ({ run, expect }) => {
        expect(await run()).toHaveFailedWith('there is no function "scroe". Did you mean "score"?')
      })
    },
  )
  const itself: Record<string, unknown> = {}
  itself['self'] = itself
  describeOrchestration(
    'a function that gives what cannot be kept',
    described('CALL itself()', { orchestrator: { functions: { itself: () => itself } } }),
    (test) => {
      test('is a failure that says what to return', async ({ run, expect }) => {
        expect(await run()).toHaveFailedWith(
          /CALL itself returned a value that JSON cannot represent .*Return numbers, texts, lists/,
        )
      })
    },
  )
})
