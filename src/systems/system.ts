import type { Provider } from '../provider/index.ts'
import type { Report } from './report.ts'

/** Values that a test gives to the system under test. */
export type Vars = Readonly<Record<string, unknown>>

/** Lets a test suspend, kill and resume a system. */
export interface Controls {
  /**
   * Suspends the system: lets its calls in progress end and begins no other one (`drain`, the default), or cancels them.
   * Resolves when the system has stopped and has saved its state.
   */
  suspend(options?: { running?: 'drain' | 'cancel' }): Promise<void>
  /** Kills the system as a process is killed. Resolves when all its work has ended. */
  kill(): Promise<void>
  /** Resumes the system from its saved state, or from a checkpoint. */
  resume(options?: { checkpoint?: string }): Promise<void>
}

/** The context that the system under test gets. The system may ignore it. */
export interface SystemContext<Given extends Vars = Vars> {
  /** `options.vars`, overridden by `run({ vars })`. */
  vars: Given
  /** The simulated services. */
  provider: Provider
  /** Aborted when the test cancels the orchestration, or when the test ends. */
  signal: AbortSignal
  /** The names of the agents: `options.agents`, or the names in `provider.agents`. */
  agents: readonly string[]
  /** Aborted when the test terminates the agent or cancels the orchestration, or when the test ends. */
  agentSignal(agent: string): AbortSignal
  /** Adds events to the trace: gathers, states of circuit breakers, costs that the system computes, notes. */
  report: Report
  /** Sets how a test suspends, kills and resumes this system. */
  control(controls: Controls): void
  /**
   * Lets `start()` wait until this system is ready, or has ended. Call it before the first `await`; a system that does
   * not call it is ready at once.
   */
  readyWhen(ready: Promise<unknown>): void
}

/** An orchestration under test. */
export type System<Result = unknown, Given extends Vars = Vars> = (context: SystemContext<Given>) => Promise<Result>
