import type { ReplyRule, ReplySource, ReplySpec, Sequence } from './reply-rules.ts'

/** By what the place in a sequence is counted. */
export interface SequenceOptions {
  /**
   * `call` (default): the agent's successful calls of a run, whatever it asks; a call that fails takes nothing, nor one whose client
   * goes away. `conversation`: the questions of each conversation.
   */
  by?: Sequence['by']
}

/**
 * Answers that are given one after another; the last one stays. Each agent has its own place in them, and begins anew in each run.
 *
 * @example
 * ```ts
 * const provider = { agents: { reviewer: { reply: sequence('reject', 'reject', 'accept') } } }
 * ```
 */
export function sequence(...replies: readonly (string | ReplySpec)[]): Sequence
export function sequence(replies: readonly (string | ReplySpec)[], options?: SequenceOptions): Sequence
export function sequence(...given: readonly unknown[]): Sequence {
  const [first, options] = given
  if (!Array.isArray(first)) return { sequence: given as Sequence['sequence'], by: 'call' }
  return { sequence: first as Sequence['sequence'], by: (options as SequenceOptions | undefined)?.by ?? 'call' }
}

/**
 * An answer that calls a tool.
 *
 * @example
 * ```ts
 * const provider = { agents: { researcher: { reply: sequence(toolCall('search', { query: 'lighthouses' }), 'Done.') } } }
 * ```
 */
export const toolCall = (name: string, given: Readonly<Record<string, unknown>> | string = {}): ReplySpec => ({
  toolCalls: [{ name, arguments: given }],
})

/**
 * An answer in JSON.
 *
 * @example
 * ```ts
 * const provider = { agents: { judge: { reply: json({ verdict: 'accept', score: 0.9 }) } } }
 * ```
 */
export const json = (value: unknown): ReplySpec => ({ json: value })

/**
 * An answer to messages that contain a text or match a pattern.
 *
 * @example
 * ```ts
 * const provider = { replies: [whenAsked(/weather/i, 'Sunny.'), whenAsked('time', 'Noon.')] }
 * ```
 */
export const whenAsked = (
  content: string | RegExp,
  reply: ReplySource,
  of: Pick<ReplyRule, 'agent' | 'model' | 'turn'> = {},
): ReplyRule => ({ ...of, content, reply })
