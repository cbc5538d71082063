import type { Json } from '../../strategy/index.ts'

/** What an agent has answered, as a strategy sees it. */
export interface AgentAnswer {
  /** The agent that answered. */
  agent: string
  /** The text of the answer. */
  text: string
  /** The JSON in the text, or null. */
  json: Json
  /** Whether the model declined. */
  refused: boolean
  /** The model that has answered, such as `openai/gpt-4o-mini`. */
  model: string
  /** From the question to the answer, waiting in line included. */
  seconds: number
  /** Whether the answer came from the cache. */
  cached: boolean
}
