/** Names that every run has. */
export const BUILT_IN: readonly string[] = [
  'agents',
  'all_agents',
  'missing',
  'late_responses',
  'answer',
  'failure',
  'processed',
  'orchestration_id',
  'agent_id',
  '_timestamp',
  'timeout',
]
