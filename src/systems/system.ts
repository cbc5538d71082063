import type { Provider } from '../provider/index.ts'
import type { Report } from './report.ts'

/** Values that a test gives to the system under test. */
export type Vars = Readonly<Record<string, unknown>>

/** How a test stops a system and lets it go on. */
export interface Controls {
  /** Resolves when the system has stopped, and has kept where it stands. */
  suspend(options?: { running?: 'drain' | 'cancel' }): Promise<void>
  /** Ends it as a process that is killed. Resolves when nothing of it is left. */
  kill(): Promise<void>
  /** Lets it go on from what it has kept, or from a checkpoint. */
  resume(options?: { checkpoint?: string }): Promise<void>
}

/** The context that the system under test gets. The system may ignore it. */
export interface SystemContext<Given extends Vars = Vars> {
  /** `options.vars`, overridden by `run({ vars })`. */
  vars: Given
  /** The simulated services. */
  provider: Provider
  /** Aborted when the orchestration is cancelled or the test is over. */
  signal: AbortSignal
  /** The names of the agents: `options.agents`, else those that are set up at the provider. */
  agents: readonly string[]
  /** Aborted when the test terminates the agent. */
  agentSignal(agent: string): AbortSignal
  /** Adds to the trace: gathers, notes, costs that the system claims. */
  report: Report
  /** Tells the test how this system is stopped and gone on with. */
  control(controls: Controls): void
  /**
   * Lets `start()` wait until this system is ready, or has ended. To be called before the first `await`; a system that
   * does not is ready at once.
   */
  readyWhen(ready: Promise<unknown>): void
}

/** An orchestration under test. */
export type System<Result = unknown, Given extends Vars = Vars> = (context: SystemContext<Given>) => Promise<Result>
