import type { Provider } from '../provider/index.ts'
import type { Report } from './report.ts'

/** Values that a test gives to the system under test. */
export type Vars = Readonly<Record<string, unknown>>

/** What the system under test gets. It may ignore all of it. */
export interface SystemContext {
  vars: Vars
  provider: Provider
  /** Aborted when the orchestration is cancelled or the test is over. */
  signal: AbortSignal
  /** The names of the agents: `options.agents`, else those that are set up at the provider. */
  agents: readonly string[]
  /** Aborted when the test terminates the agent. */
  agentSignal(agent: string): AbortSignal
  report: Report
}

/** An orchestration under test. */
export type System<Result = unknown> = (context: SystemContext) => Promise<Result>
