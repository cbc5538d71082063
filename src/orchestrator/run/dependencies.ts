import type { KeptAnswer, RunStore } from '../../store/index.ts'
import type { Trace } from '../../trace/index.ts'

/** What a run stands on. */
export interface OrchestratorDependencies {
  /** The trace to which the orchestrator writes its events. */
  trace: Pick<Trace, 'append' | 'length'>
  /** Whether the trace is told of each call that is made: for traces that no service writes to. Default: not. */
  tellsAttempts?: boolean
  /** Ends the run. */
  signal?: AbortSignal
  /** Runs work on behalf of an agent, such as the provider's `actAs`. */
  actAs?: <Result>(agent: string, work: () => Result) => Result
  /** Answers that the cache may reuse, from earlier runs; new ones are added. With a store, those that are kept there. */
  answers?: KeptAnswer[]
  /** Keeps the run, so that it survives its process. */
  store?: RunStore
  /** Is told of each checkpoint that was made. */
  onCheckpoint?: (name: string | null) => void
}
