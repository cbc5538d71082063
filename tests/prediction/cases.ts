import type { OrchestrationOptions, PatternOptions } from '../../src/simulation/options.ts'
import { SYSTEMS } from './systems.ts'

/** An orchestration whose predictions are proved. */
export interface Case {
  options: OrchestrationOptions
  /** The same, smaller. */
  small: OrchestrationOptions
}

const FAIL_RATE = 0.1
const pattern = (name: string, vars: PatternOptions['vars'], small: PatternOptions['vars'] = vars): Case => {
  const options = { pattern: name, provider: { failRate: FAIL_RATE } }
  return { options: { ...options, ...(vars && { vars }) }, small: { ...options, ...(small && { vars: small }) } }
}

/** All patterns of the test plan's phases, where a tenth of the calls fail, and three systems in code. */
export const CASES: Readonly<Record<string, Case>> = {
  game_theory_orchestration_v2: pattern('game_theory_orchestration_v2', { max_rounds: 10 }, { max_rounds: 3 }),
  timeout_resilience_test: pattern('timeout_resilience_test', undefined),
  cost_tracking_test: pattern('cost_tracking_test', undefined, { completions_each: 4 }),
  multi_agent_evolution_scale: pattern(
    'multi_agent_evolution_scale',
    { generations: 5 },
    { generations: 1, population: 8 },
  ),
  stress_test_decisions: pattern('stress_test_decisions', undefined, { max_rounds: 4 }),
  evolution_marathon: pattern('evolution_marathon', { max_rounds: 20 }, { max_rounds: 3 }),
  sequential_pattern: pattern('sequential_pattern', undefined),
  parallel_pattern: pattern('parallel_pattern', undefined),
  semantic_test: pattern('semantic_test', undefined),
  ...Object.fromEntries(Object.entries(SYSTEMS).map(([name, options]) => [name, { options, small: options }])),
}
