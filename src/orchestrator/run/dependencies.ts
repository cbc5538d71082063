import type { KeptAnswer, RunStore } from '../../store/index.ts'
import type { Trace } from '../../trace/index.ts'

/** The environment of a run. */
export interface OrchestratorDependencies {
  /** The trace to which the orchestrator writes its events. */
  trace: Pick<Trace, 'append' | 'length'>
  /**
   * Whether the orchestrator writes each of its calls to the trace, for traces without a simulated service. Default
   * false.
   */
  tellsAttempts?: boolean
  /** Aborts the run. */
  signal?: AbortSignal
  /** Runs work on behalf of an agent, such as the provider's `actAs`. */
  actAs?: <Result>(agent: string, work: () => Result) => Result
  /**
   * Answers of earlier runs that the cache may reuse; the run adds new answers. With a store: the answers in the store.
   */
  answers?: KeptAnswer[]
  /** Saves the run, so that it survives its process. */
  store?: RunStore
  /** Called after each checkpoint. */
  onCheckpoint?: (name: string | null) => void
}
