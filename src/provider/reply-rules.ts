import type { CallRequest, Message, ToolDefinition } from './call.ts'
import type { Caller } from './callers.ts'
import type { ReplyUsage } from './content.ts'
import type { Persona } from './personas.ts'

/** What a simulated model says. Text alone may be given as a string. */
export interface ReplySpec {
  /** The text of the reply. Default: generated text, or none if the reply calls tools. */
  text?: string
  /** Becomes the text, as JSON. */
  json?: unknown
  /** The arguments of a custom tool, which takes free text, are a string. */
  toolCalls?: readonly { name: string; arguments?: Readonly<Record<string, unknown>> | string; id?: string }[]
  /** What the model thinks before it answers, where the request asks it to. Without it, thoughts are made up. */
  reasoning?: string
  /** Uses of tools that the service runs itself, such as `{ kind: 'web_search', query: 'weather in Oslo' }`. */
  hosted?: readonly { kind: string; name?: string; query?: string; id?: string }[]
  /** The model declines; `text` is how. */
  refusal?: boolean
  /** The model pauses in the middle of its turn, to be asked to go on (Anthropic's `pause_turn`). */
  pause?: boolean
  /** Tokens to bill in place of those counted. */
  usage?: ReplyUsage
}

/** What a reply function gets. */
export interface ReplyContext extends Caller {
  /** The service that is asked, such as `openai`. */
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
  /** Number of the call among its agent's, from 0. */
  nth: number
  /** Which of the answers to this call is asked for, from 0, where the request asks for several (`n`). */
  choice: number
  /** A keyed draw in [0, 1) of this answer; `index` tells several apart. */
  random(index?: number): number
  /** Kept from turn to turn of this conversation; start empty. */
  state: Record<string, unknown>
  /** The persona of the calling agent. */
  persona: Persona
}

/** Makes an answer from the call. */
export type ReplyFunction = (context: ReplyContext) => string | ReplySpec | Promise<string | ReplySpec>

/**
 * One answer, several to be given one turn after another (the last one stays), or a function. Where a request asks for several
 * answers, each of them takes the next.
 */
export type ReplySource = string | ReplySpec | readonly (string | ReplySpec)[] | Sequence | ReplyFunction

/** Answers that are given one after another, as `sequence` makes them; the last one stays. */
export interface Sequence {
  /** The answers in their order. */
  sequence: readonly (string | ReplySpec)[]
  /** What counts: the agent's successful calls of a run, or the questions of each conversation. */
  by: 'call' | 'conversation'
}

/** An answer and the calls that get it; the first rule that fits answers. */
export interface ReplyRule {
  /** Only calls of this agent. Default: all agents. */
  agent?: string
  /** Only calls to this model. Default: all models. */
  model?: string
  /** Text that the newest message contains, or a pattern that it matches. */
  content?: string | RegExp
  /** 1 for the first question of a conversation. */
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
