/**
 * `longhaul/orchestrator`: the reference orchestrator without a test around it, and the store that keeps its runs.
 *
 * @packageDocumentation
 */
export {
  CompletionError,
  InvalidOrchestratorSettingError,
  OrchestrationError,
  Orchestrator,
  ResumeError,
} from '../orchestrator/index.ts'
export { RunStore, StoreError, type Checkpoint } from '../store/index.ts'
