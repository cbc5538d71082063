import type { Json } from '../../strategy/index.ts'

/** The answer of an agent, as a strategy sees it. */
export interface AgentAnswer {
  /** The agent that answered. */
  agent: string
  /** The text of the answer. */
  text: string
  /** The JSON in the text, or null. */
  json: Json
  /** Whether the model refused. */
  refused: boolean
  /** The model that answered, such as `openai/gpt-4o-mini`. */
  model: string
  /** Seconds from the question to the answer, including the time in the queue. */
  seconds: number
  /** Whether the answer came from the cache. */
  cached: boolean
}
