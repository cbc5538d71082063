import type { Usage } from '../trace/index.ts'

/** A tool that the model called. */
export interface ToolCall {
  /** The id of the call, to which the result refers. */
  id: string
  /** The name of the called tool. */
  name: string
  /** The arguments as JSON text; of a custom tool its input as it is. */
  arguments: string
  /** Whether the tool takes free text in place of JSON. */
  custom?: true
}

/** A tool that the service runs itself, such as `web_search`, `file_search`, `code_interpreter` or `mcp`. */
export interface HostedTool {
  /** The kind of the tool, such as `web_search`. */
  kind: string
  /** What the request calls it; the kind where it has no name of its own. */
  name: string
}

/** One use of a hosted tool in an answer. */
export interface HostedUse extends HostedTool {
  id: string
  /** What the tool was asked, such as the text of a search. */
  query: string
}

/** One message of a conversation, whatever the wire format. */
export interface Message {
  /** The author of the message. */
  role: 'system' | 'user' | 'assistant' | 'tool'
  /** The text of the message; empty if the message has tool calls only. */
  text: string
  /** The tool calls of an assistant message; empty for other messages. */
  toolCalls: readonly ToolCall[]
  /** Whether the client asked that the prompt be cached up to here (Anthropic's `cache_control`). */
  cacheBreakpoint: boolean
  /** Tokens of its images, sounds and documents. Default 0. */
  mediaTokens?: number
}

/** A tool that the model may call. */
export interface ToolDefinition {
  /** The name of the tool. */
  name: string
  /** The description of the tool; empty if the request has none. */
  description: string
  /** JSON Schema of the arguments. */
  parameters: Readonly<Record<string, unknown>>
  /** Whether it takes free text in place of JSON. */
  custom?: true
  /** Whether it is only told when the model has looked for it: it is no part of the prompt until then. */
  deferred?: true
}

/** Whether the model answers with text, with tools, or as it likes; `among` names the tools that it may call, where not all. */
export type ToolChoice =
  | { kind: 'auto'; among?: readonly string[] }
  | { kind: 'none' }
  | { kind: 'required'; among?: readonly string[] }
  | { kind: 'tool'; name: string }

/** How much the model is to think before it answers. */
export interface ReasoningRequest {
  /** Such as `low`, `medium` or `high`. */
  effort?: string
  /** Limit on the tokens of its thoughts. */
  budget?: number
}

/** A request as every wire format is translated into. */
export interface CallRequest {
  /** The service that is called, such as `openai`. */
  provider: string
  /** What is asked of it, such as `chat.completions`. */
  operation: string
  /** The requested model. */
  model: string
  /** The messages of the request, oldest first. */
  messages: readonly Message[]
  /** The tools that the request offers. */
  tools: readonly ToolDefinition[]
  /** Whether the model may, must or must not call a tool. */
  toolChoice: ToolChoice
  /** JSON Schema that the answer must fit; `true` for any JSON object. */
  responseSchema: Readonly<Record<string, unknown>> | true | undefined
  /** Whether the client requested a stream. */
  stream: boolean
  /** Whether the answer may call several tools. Default true. */
  parallelToolCalls?: boolean
  /** Tools that the service runs itself. */
  hosted?: readonly HostedTool[]
  /** Whether it is part of a batch, and costs half. */
  batch?: boolean
  /** Whether its answer is fetched later, so that the service goes on with it by itself. */
  detached?: true
  /** Whether the oldest messages are dropped of a prompt that the model's window does not hold. Default: it is refused. */
  dropsOldest?: true
  /** Whose models are served, as the table of prices calls them; `*` for any that is asked for, at no price. Default: the provider's. */
  catalogue?: string
  /** Left out where the model answers without thoughts. */
  reasoning?: ReasoningRequest
  /** Limit on generated tokens. */
  maxOutputTokens: number | undefined
  /** Texts that end the answer; empty for none. */
  stop: readonly string[]
  /** Answers that are asked for, at least 1. */
  choices: number
  /** Whether each message is a prompt of its own, and has as many of the choices as the others. */
  separate?: true
  /** What the request itself says of its sender: header, `metadata`, `user`. Later ones count less. */
  callerHints: readonly string[]
  /** How often the client says that it has tried before (`x-stainless-retry-count`). */
  retryCount: number
  /** Length of the vectors that are asked for; for embeddings only. */
  dimensions?: number
  /** What the header `idempotency-key` says. */
  idempotencyKey?: string | undefined
  /** Refusals in which the service says how long to wait. Default: all that know it. */
  tellsRetryAfter?: readonly ServiceError['kind'][]
  /** Identifies requests with the same content. */
  fingerprint: string
}

/** Why a model stopped. */
export type Finish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'refusal' | 'content_filter' | 'pause'

/** One of the answers to a request. */
export interface Choice {
  /** What the model thought before it answered. */
  reasoning?: string
  /** Tokens of its thoughts, told or not. */
  reasoningTokens?: number
  /** What the service's own tools did. */
  hosted?: readonly HostedUse[]
  text: string
  toolCalls: readonly ToolCall[]
  finish: Finish
  /** The stop sequence that was met. */
  stopSequence: string | undefined
  /** Tokens that were generated for it. */
  tokens: number
}

/** A finished answer as every wire format is made from. */
export interface Reply {
  /** Sixteen hexadecimal digits, unique in a run. */
  id: string
  model: string
  /** Unix time in milliseconds at which the answer was begun. */
  createdAt: number
  /** Unix time in milliseconds at which it was whole; left out until then. */
  endedAt?: number
  /** As many as were asked for; at least one. */
  choices: readonly [Choice, ...Choice[]]
  /** One for each text; for embeddings only. */
  vectors?: readonly (readonly number[])[]
  /** Of all choices together. */
  usage: Usage
  /** What it costs, in picodollars, where that is known. */
  cost?: number
}

/**
 * A part of a streamed answer. Each choice is made of blocks (its thoughts, the uses of hosted tools, its text, then each tool
 * call), and a block of pieces.
 */
export type Piece = { choice: number; block: number; opens: boolean; closes: boolean } & (
  | { kind: 'reasoning'; text: string }
  | { kind: 'hosted'; use: HostedUse }
  | { kind: 'text'; text: string }
  | { kind: 'tool'; tool: number; call: ToolCall; arguments: string }
)

/** The state of a limit that is told in response headers. */
export interface LimitState {
  /** Per minute. */
  limit: number
  remaining: number
  /** Milliseconds until the limit is whole again. */
  resetMs: number
  /** The same as a Unix time in milliseconds. */
  resetAt: number
}

/** The limits in force for a call, by what they count. */
export type LimitStates = Partial<Record<'requests' | 'tokens' | 'inputTokens' | 'outputTokens', LimitState>>

/** An answer that is an error. */
export type ServiceError =
  | {
      kind: 'rate_limited'
      limit: 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'concurrency'
      retryAfterMs: number
    }
  | { kind: 'overloaded'; retryAfterMs: number }
  | { kind: 'server_error'; message?: string }
  | { kind: 'bad_gateway' }
  /** The account has no credit left, or has used up its quota of the day or month; `resetAt` is a Unix time in milliseconds. */
  | { kind: 'quota_exhausted'; retryAfterMs: number; resetAt: number }
  /** The key is no longer valid. */
  | { kind: 'unauthorized' }
  /** The model is no longer served. */
  | { kind: 'model_retired'; model: string }
  /** The service's filter lets the prompt not through. */
  | { kind: 'prompt_filtered' }
  | { kind: 'model_not_found'; model: string }
  | { kind: 'context_length'; tokens: number; contextWindow: number }

/**
 * How an answer ends other than it should: the connection is reset; it is closed in good order though something is missing; what
 * comes is no JSON; the connection stays open and silent; an error event stands where the rest should be; a page of HTML stands where
 * the answer should be.
 */
export type Damage = 'reset' | 'truncated' | 'malformed' | 'stall' | 'error' | 'html'

/** What the provider sends back, in order: one of the first three, or a head, pieces and a tail. */
export type Answer =
  | { kind: 'refusal'; refusal: ServiceError; model: string; limits: LimitStates }
  | { kind: 'reset' }
  | { kind: 'whole'; reply: Reply; limits: LimitStates; damage: Damage | undefined }
  | { kind: 'head'; reply: Reply; limits: LimitStates }
  | { kind: 'piece'; reply: Reply; piece: Piece }
  | { kind: 'tail'; reply: Reply; damage: Damage | undefined }
