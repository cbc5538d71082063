import type { ChatMessage, ReportedUsage } from '../service/client.ts'
import type { CompletionError } from '../service/failures.ts'
import type { ReportedLimit } from '../service/limits.ts'
import type { Target } from '../service/target.ts'

/** A question to a model. */
export interface Question {
  agent: string
  messages: readonly ChatMessage[]
  /** Who is asked. Policies may put another in its place. */
  target: Target
  maxTokens: number
  /** The same for the same question of the same run, also after a restart. */
  key: string | undefined
  following?: Following | undefined
}

/** Is told how a question goes. */
export interface Following {
  /** It waits of its own will: for its next try, or until its account may ask again. The function returned ends that. */
  pauses(): () => void
  /** A try has failed. */
  failed(error: CompletionError): void
}

/** An answer, and where it comes from. */
export interface Completion {
  text: string
  /** The model has declined. */
  refused: boolean
  /** It was cut off at `maxTokens`. */
  cutOff: boolean
  /** Such as `openai/gpt-4o-mini`. */
  target: string
  /** Picodollars; 0 from the cache. */
  cost: bigint
  /** What was billed; nothing from the cache. */
  usage: ReportedUsage
  cached: boolean
  limit?: ReportedLimit | undefined
}

/**
 * The port of this folder: it gets the completion of a question. Each policy (retries, failover, a breaker …) takes one and
 * gives one.
 *
 * @throws CompletionError, or the signal's reason
 */
export type Complete = (question: Question, signal: AbortSignal) => Promise<Completion>

/** Puts what it does around another way to complete. */
export type Policy = (complete: Complete) => Complete
