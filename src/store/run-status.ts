/** Where a run stands. */
export type RunStatus = 'running' | 'suspended' | 'completed' | 'failed' | 'terminated'
