import { describeOrchestration, lognormal, never, uniform } from 'longhaul'

// The YAML of the test plan (1.2 and 4.1), as it stands there.
const TIMEOUT_RESILIENCE = `# timeout_resilience_test.yaml
agents:
  fast_agent:
    profile: base_single_agent
    vars:
      response_time: "fast"
  
  slow_agent:
    profile: base_single_agent
    vars:
      response_time: "slow"  # 20-30s responses
      
  timeout_agent:
    profile: base_single_agent
    vars:
      response_time: "timeout"  # Will timeout

orchestration_logic:
  strategy: |
    GATHER responses FROM all_agents WITH timeout: 15s
    LOG collected_responses
    ASSERT len(responses) >= 2  # Should work with partial results
`

const SEQUENTIAL = `# sequential_pattern.yaml
FOR agent IN agents:
  response = AWAIT completion FROM agent
  COLLECT response
`

const PARALLEL = `# parallel_pattern.yaml  
responses = GATHER completions FROM agents WITH timeout: 30s
PROCESS responses
`

/** The rate is pinned: this is about what the snippets mean. */
const providers = { openai: { failRate: 0 } }

describeOrchestration(
  "the plan's snippet 1.2",
  {
    pattern: { text: TIMEOUT_RESILIENCE, file: 'timeout_resilience_test.yaml' },
    provider: {
      latency: lognormal({ median: '3s', p95: '6s' }),
      providers,
      agents: { slow_agent: { latency: uniform('20s', '30s') }, timeout_agent: { latency: never() } },
    },
  },
  (test) => {
    test('goes on without the agent that never answers, and logs who did', async ({ run, trace, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.gather('responses')).toBePartial({
        received: ['fast_agent', 'slow_agent'],
        missing: ['timeout_agent'],
      })
      expect(outcome).toHaveElapsed({ atLeast: '20s', atMost: '30s' })
      expect(trace.ofType('log')[0]!.text).toContain('slow_agent')
    })
  },
)

describeOrchestration(
  "the plan's snippet 1.2, when the slow one is too slow",
  {
    pattern: { text: TIMEOUT_RESILIENCE, file: 'timeout_resilience_test.yaml' },
    provider: {
      latency: '3s',
      providers,
      agents: { slow_agent: { latency: '40s' }, timeout_agent: { latency: never() } },
    },
  },
  (test) => {
    test('fails at its assertion, and no later than twice the timeout', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith(/ASSERT len\(responses\) >= 2 does not hold/)
      expect(outcome).toHaveElapsed({ atLeast: '30s', atMost: '30s' })
    })
  },
)

describeOrchestration(
  "the plan's snippet 1.2, at the paces that it says",
  { pattern: { text: TIMEOUT_RESILIENCE, file: 'timeout_resilience_test.yaml' }, provider: { providers } },
  (test) => {
    test('the slow one takes 20 to 30 s, and the last one never answers', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveElapsed({ atLeast: '20s', atMost: '30s' })
      expect(outcome.gather('responses')).toBePartial({
        received: ['fast_agent', 'slow_agent'],
        missing: ['timeout_agent'],
      })
    })
  },
)

const ten = Array.from({ length: 10 }, (_, index) => `agent_${index + 1}`)

describeOrchestration.for([
  { name: 'sequential_pattern', text: SEQUENTIAL, atLeast: '50s', atMost: '50s' },
  // All at once, and what follows from it.
  { name: 'parallel_pattern', text: PARALLEL, atLeast: '10s', atMost: '10s' },
] as const)(
  "the plan's snippet 4.1, $name",
  ({ name, text }) => ({ pattern: { text, file: `${name}.yaml` }, provider: { latency: '5s', providers } }),
  (test, { name, atLeast, atMost }) => {
    test('asks ten agents', async ({ run, waive, expect }) => {
      if (name === 'sequential_pattern') waive('sequential')
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const { responses } = outcome.result!.variables as { responses: { agent: string }[] }
      expect(responses.map(({ agent }) => agent)).toEqual(ten)
      expect(outcome).toHaveElapsed({ atLeast, atMost })
    })
  },
)
