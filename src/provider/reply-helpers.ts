import { suggestion } from '../options/index.ts'
import { InvalidProviderConfigError } from './options/invalid.ts'
import type { ReplyRule, ReplySource, ReplySpec, Sequence } from './reply-rules.ts'

/** Options of `sequence`. */
export interface SequenceOptions {
  /**
   * `call` (default): each successful call of the agent in a run takes the next reply; failed calls, and calls whose
   * client disconnects, take none. `conversation`: each turn of a conversation takes the next reply, and a conversation
   * that begins again takes the same replies again.
   */
  by?: Sequence['by']
}

/**
 * Answers that are given one after another; the last one stays. Each agent has its own place in them, and begins anew in each run.
 *
 * @throws InvalidProviderConfigError where there is no answer, or an option that is not known
 * @example
 * ```ts
 * const provider = { agents: { reviewer: { reply: sequence('reject', 'reject', 'accept') } } }
 * ```
 */
export function sequence(...replies: readonly (string | ReplySpec)[]): Sequence
/** Answers that are given one after another, with what counts the place in them. */
export function sequence(replies: readonly (string | ReplySpec)[], options?: SequenceOptions): Sequence
export function sequence(...given: readonly unknown[]): Sequence {
  const [first, options = {}] = given
  const replies = (Array.isArray(first) ? first : given) as Sequence['sequence']
  if (replies.length === 0)
    throw new InvalidProviderConfigError(
      "sequence() was given no answers. Give one or more, such as sequence('yes', 'no').",
    )
  if (!Array.isArray(first)) return { sequence: replies, by: 'call' }
  const { by = 'call', ...unknown } = options as SequenceOptions
  for (const name of Object.keys(unknown))
    throw new InvalidProviderConfigError(`sequence() has no option "${name}". ${suggestion(name, ['by'])}`)
  return { sequence: replies, by }
}

/**
 * A reply that calls a tool.
 *
 * @example
 * ```ts
 * const provider = { agents: { researcher: { reply: [toolCall('search', { query: 'lighthouses' }), 'Done.'] } } }
 * ```
 */
export const toolCall = (name: string, given: Readonly<Record<string, unknown>> | string = {}): ReplySpec => ({
  toolCalls: [{ name, arguments: given }],
})

/**
 * A reply in JSON.
 *
 * @example
 * ```ts
 * const provider = { agents: { judge: { reply: json({ verdict: 'accept', score: 0.9 }) } } }
 * ```
 */
export const json = (value: unknown): ReplySpec => ({ json: value })

/**
 * A reply to prompts that contain a text or match a pattern; with a third argument only of one agent, one model or one
 * turn.
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
