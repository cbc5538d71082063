import type { CallRequest, Message, ToolDefinition } from './call.ts'
import type { Caller } from './callers.ts'
import type { ReplyUsage } from './content.ts'
import type { Persona } from './personas.ts'

/** A reply of a simulated model. A reply with text only can be a string. */
export interface ReplySpec {
  /** The text of the reply. Default: generated text, or none if the reply calls tools. */
  text?: string
  /** A value whose JSON becomes the text. */
  json?: unknown
  /** The calls of tools. The arguments of a custom tool, which takes free text, are a string. */
  toolCalls?: readonly { name: string; arguments?: Readonly<Record<string, unknown>> | string; id?: string }[]
  /** The thoughts of the model, if the request enables reasoning. Default: generated thoughts. */
  reasoning?: string
  /** Uses of tools that the service runs itself, such as `{ kind: 'web_search', query: 'weather in Oslo' }`. */
  hosted?: readonly { kind: string; name?: string; query?: string; id?: string }[]
  /** The model refuses; `text` is the refusal. */
  refusal?: boolean
  /** The model pauses its turn, and the client has to continue it (Anthropic's `pause_turn`). */
  pause?: boolean
  /** Tokens to bill instead of the counted tokens. */
  usage?: ReplyUsage
}

/** The argument of a reply function: the call, and who makes it. */
export interface ReplyContext extends Caller {
  /** The called service, such as `openai`. */
  service: string
  /** @deprecated The former name of `service`. */
  provider: string
  /** The requested model, such as `gpt-4o-mini`. */
  model: string
  /** The messages of the request, oldest first. */
  messages: readonly Message[]
  /** The tools that the request offers. */
  tools: readonly ToolDefinition[]
  /** The text of the newest message. */
  prompt: string
  /** The number of the call among the calls of the agent, from 0. */
  nth: number
  /** The index of the requested answer, from 0, if the request wants several (`n`). */
  choice: number
  /** A keyed random number in [0, 1) for this answer; a different `index` gives a different number. */
  random(index?: number): number
  /** State that persists from turn to turn of this conversation. Empty at the start. */
  state: Record<string, unknown>
  /** The persona of the calling agent. */
  persona: Persona
}

/** The fields of a reply that is an object; the compiler misses none. */
const FIELDS = Object.keys({
  text: true,
  json: true,
  toolCalls: true,
  reasoning: true,
  hosted: true,
  refusal: true,
  pause: true,
  usage: true,
} satisfies Record<keyof ReplySpec, true>)

const isReply = (value: unknown): boolean =>
  typeof value === 'string' ||
  (typeof value === 'object' && value !== null && FIELDS.some((field) => field in value) && !('reply' in value))

/** Whether `provider.replies` is a list of rules, in contrast to a list of replies for successive turns. */
export const areRules = (replies: unknown): replies is readonly ReplyRule[] =>
  Array.isArray(replies) && !(replies.length > 0 && replies.every(isReply))

/** Thrown when a reply function returns something that is no reply. */
export class WrongReplyError extends TypeError {
  override readonly name = 'WrongReplyError'

  constructor(agent: string, given: unknown) {
    super(
      `The reply function returned ${typeof given === 'object' ? JSON.stringify(given) : String(given)} for the agent ${agent}. Return a text, or an object such as { text: 'Yes.' } or toolCall('search', { query: 'x' }).`,
    )
  }
}

/** @throws WrongReplyError */
export function checkReply(given: string | ReplySpec, agent: string): string | ReplySpec {
  if (typeof given === 'string' || (typeof given === 'object' && given !== null && !Array.isArray(given))) return given
  throw new WrongReplyError(agent, given)
}

/** Computes a reply from the call. */
export type ReplyFunction = (context: ReplyContext) => string | ReplySpec | Promise<string | ReplySpec>

/**
 * One reply, a list of replies for successive turns (the last one repeats), or a function. If a request wants several
 * answers, each answer takes the next reply.
 */
export type ReplySource = string | ReplySpec | readonly (string | ReplySpec)[] | Sequence | ReplyFunction

/** Replies in sequence, as `sequence` creates them. The last reply repeats. */
export interface Sequence {
  /** The answers in their order. */
  sequence: readonly (string | ReplySpec)[]
  /** The unit that takes the next reply: the agent's successful calls of a run, or the turns of each conversation. */
  by: 'call' | 'conversation'
}

/** A reply, and the calls that receive it. The first matching rule replies. */
export interface ReplyRule {
  /** Only calls of this agent. Default: all agents. */
  agent?: string
  /** Only calls to this model. Default: all models. */
  model?: string
  /** Text that the newest message contains, or a pattern that it matches. Default: all messages. */
  content?: string | RegExp
  /** Only this turn of a conversation; the first turn is 1. Default: all turns. */
  turn?: number
  /** The reply to a matching call. */
  reply: ReplySource
}

/** Whether a rule is for a call. */
export function fits(rule: ReplyRule, request: CallRequest, caller: Caller, prompt: string): boolean {
  const { content } = rule
  return (
    (rule.agent === undefined || rule.agent === caller.agent) &&
    (rule.model === undefined || rule.model === request.model) &&
    (rule.turn === undefined || rule.turn === caller.turn) &&
    (content === undefined || (typeof content === 'string' ? prompt.includes(content) : prompt.search(content) >= 0))
  )
}
