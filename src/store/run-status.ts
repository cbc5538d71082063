/** The status of a run. */
export type RunStatus = 'running' | 'suspended' | 'completed' | 'failed' | 'terminated'
