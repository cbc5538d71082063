import { suggestion } from '../options/index.ts'

/** Thrown for the name of an agent that the orchestration does not have. */
export class UnknownAgentError extends Error {
  override readonly name = 'UnknownAgentError'
  readonly code = 'LONGHAUL_UNKNOWN_AGENT'

  /** @param known the agents that are declared, set up, or have been seen */
  constructor(given: string, known: readonly string[]) {
    super(
      `The orchestration has no agent "${given}". ${suggestion(given, known)} If the agent starts later, name it in the option agents.`,
    )
  }
}
