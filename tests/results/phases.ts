import { outage } from '../../src/provider/index.ts'
import type { OrchestrationResult, OrchestratorSettings } from '../../src/orchestrator/index.ts'
import type { Outcome } from '../../src/simulation/outcome.ts'
import type { Session } from '../../src/simulation/session.ts'
import type { PatternOptions } from '../../src/simulation/options.ts'

type Ran = Outcome<OrchestrationResult>

/** An item of the test plan as a run of its pattern. */
export interface Phase {
  /** The plan's number. */
  item: string
  what: string
  options: PatternOptions
  /** What is done with it, where it is not just run. */
  work?: (session: Session<OrchestrationResult>) => Promise<Ran>
  /** Whether all its seeds are run in every test run, and not its first alone. */
  isQuick?: boolean
}

/** What happens on an ordinary day. */
const FAIL_RATE = 0.1
const FAILOVER: OrchestratorSettings = { failover: ['claude-haiku-4-5'] }
/** Kept, so that it can be gone on with. */
const KEPT = { ...FAILOVER, store: ':memory:' }
const failing = (failRate: number) => ({ provider: { failRate } })
const game = (vars: Record<string, unknown>) => ({
  pattern: 'game_theory_orchestration_v2',
  vars,
  ...failing(FAIL_RATE),
})

/** Two runs of one test, so that the second finds what the first has left. */
async function twice(session: Session<OrchestrationResult>): Promise<Ran> {
  await session.run()
  return session.run()
}

/** The plan's items that run something, in its order. */
export const PHASES: readonly Phase[] = [
  { item: '1.1', what: 'game theory, 10 rounds', options: game({ max_rounds: 10 }) },
  {
    item: '1.2',
    what: 'timeouts: one agent is slow, one never answers',
    options: { pattern: 'timeout_resilience_test', ...failing(FAIL_RATE) },
    isQuick: true,
  },
  {
    item: '1.3',
    what: '50 completions of known cost',
    options: { pattern: 'cost_tracking_test', ...failing(FAIL_RATE) },
  },
  {
    item: '2.1',
    what: 'an agent is terminated after five minutes',
    options: { pattern: 'multi_agent_evolution_scale', vars: { generations: 5 }, ...failing(FAIL_RATE) },
    async work(session) {
      const run = await session.start()
      await session.sleep('5m')
      await run.terminateAgent('scale_worker_2')
      return run.outcome()
    },
  },
  {
    item: '2.2',
    what: 'half of the calls fail',
    options: { pattern: 'stress_test_decisions', orchestrator: FAILOVER, ...failing(0.5) },
    isQuick: true,
  },
  {
    item: '2.2',
    what: 'a fifth of the calls fails',
    options: { pattern: 'stress_test_decisions', orchestrator: FAILOVER, ...failing(0.2) },
    isQuick: true,
  },
  {
    item: '2.2',
    what: 'one service is gone for a quarter of an hour',
    options: {
      pattern: 'stress_test_decisions',
      vars: { max_rounds: 60 },
      orchestrator: FAILOVER,
      provider: { failRate: 0, windows: [outage({ from: '1m', for: '15m', service: 'openai' })] },
    },
  },
  {
    item: '2.3',
    what: 'killed after ten rounds of twenty, and gone on with',
    options: { ...game({ max_rounds: 20 }), orchestrator: KEPT },
    async work(session) {
      const run = await session.start()
      while (session.trace.ofType('gather.ended').length < 10) await session.sleep('1s')
      await run.restart()
      return run.outcome()
    },
  },
  { item: '3.1', what: 'game theory, 100 rounds', options: game({ max_rounds: 100 }) },
  {
    item: '3.2',
    what: 'suspended after two hours, resumed the next day',
    options: {
      pattern: 'evolution_marathon',
      vars: { max_rounds: 80, enable_checkpoints: true, checkpoint_interval: 3_600 },
      orchestrator: KEPT,
      ...failing(FAIL_RATE),
    },
    async work(session) {
      const run = await session.start()
      await session.sleep('2h')
      await run.suspend()
      await session.sleep('22h')
      await run.resume()
      return run.outcome()
    },
  },
  {
    item: '4.1',
    what: 'ten agents one after another',
    options: { pattern: 'sequential_pattern', ...failing(FAIL_RATE) },
    isQuick: true,
  },
  {
    item: '4.1',
    what: 'ten agents at once',
    options: { pattern: 'parallel_pattern', ...failing(FAIL_RATE) },
    isQuick: true,
  },
  {
    item: '4.2',
    what: 'the same questions again, with a cache',
    options: { pattern: 'semantic_test', vars: { enable_cache: true }, ...failing(FAIL_RATE) },
    work: twice,
    isQuick: true,
  },
  { item: '5.1', what: 'a budget of $5.00', options: game({ budget_limit: 5, max_rounds: 100 }) },
  {
    item: '5.2',
    what: 'with every call traced',
    options: {
      pattern: 'multi_agent_evolution_scale',
      vars: { trace_enabled: true, generations: 5 },
      ...failing(FAIL_RATE),
    },
  },
]
