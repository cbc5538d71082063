import type { Usage } from '../trace/index.ts'

/** A tool that the model called. */
export interface ToolCall {
  /** The id of the call, to which the result refers. */
  id: string
  /** The name of the called tool. */
  name: string
  /** The arguments as JSON text; for a custom tool, the input as text. */
  arguments: string
  /** Whether the tool takes free text in place of JSON. */
  custom?: true
}

/** A tool that the service runs itself, such as `web_search`, `file_search`, `code_interpreter` or `mcp`. */
export interface HostedTool {
  /** The kind of the tool, such as `web_search`. */
  kind: string
  /** The name of the tool in the request; its kind if the tool has no name. */
  name: string
}

/** One use of a hosted tool in an answer. */
export interface HostedUse extends HostedTool {
  id: string
  /** What the tool was asked, such as the text of a search. */
  query: string
}

/** One message of a conversation, independent of the wire format. */
export interface Message {
  /** The author of the message. */
  role: 'system' | 'user' | 'assistant' | 'tool'
  /** The text of the message; empty if the message has tool calls only. */
  text: string
  /** The tool calls of an assistant message; empty for other messages. */
  toolCalls: readonly ToolCall[]
  /** Whether the client asked that the prompt be cached up to here (Anthropic's `cache_control`). */
  cacheBreakpoint: boolean
  /** Tokens of the images, sounds and documents of the message. Default 0. */
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
  /** Whether the tool takes free text instead of JSON. */
  custom?: true
  /** Whether the tool becomes part of the prompt only after the model has searched for it. */
  deferred?: true
}

/** Whether the model answers with text, with tools, or chooses; `among` names the allowed tools, if not all. */
export type ToolChoice =
  | { kind: 'auto'; among?: readonly string[] }
  | { kind: 'none' }
  | { kind: 'required'; among?: readonly string[] }
  | { kind: 'tool'; name: string }

/** The reasoning that a request wants. */
export interface ReasoningRequest {
  /** The effort, such as `low`, `medium` or `high`. */
  effort?: string
  /** Maximum number of reasoning tokens. */
  budget?: number
}

/** A request, translated from its wire format. */
export interface CallRequest {
  /** The service that is called, such as `openai`. */
  provider: string
  /** The called operation, such as `chat.completions`. */
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
  /** What the service makes the model keep to: the schema of the answer, and the parameters of some tools. */
  strict?: { response: boolean; tools: readonly string[] }
  /** Whether the client requested a stream. */
  stream: boolean
  /** Whether the answer may call several tools. Default true. */
  parallelToolCalls?: boolean
  /** Tools that the service runs itself. */
  hosted?: readonly HostedTool[]
  /** Whether the request is part of a batch, at half the price. */
  batch?: boolean
  /** Whether the client is in another process or thread, whose clock is not the simulated one. */
  ownTime?: boolean
  /** Whether the client fetches the answer later, so that the service continues the call without the client. */
  detached?: true
  /**
   * Drops the oldest messages of a prompt that exceeds the context window. Default: the service rejects the request.
   */
  dropsOldest?: true
  /**
   * The provider in the price table whose models the service offers; `*` for any model, at no price. Default:
   * `provider`.
   */
  catalogue?: string
  /** The requested reasoning; undefined without reasoning. */
  reasoning?: ReasoningRequest
  /** Limit on generated tokens. */
  maxOutputTokens: number | undefined
  /**
   * How a limit on tokens counts the requested maximum of generated tokens on arrival: the larger of prompt and maximum,
   * or their sum. Default: it counts the prompt only.
   */
  reserves?: 'larger' | 'sum'
  /** Texts that end the answer; empty for none. */
  stop: readonly string[]
  /** Number of requested answers, at least 1. */
  choices: number
  /** Whether each message is a separate prompt, with an equal share of the choices. */
  separate?: true
  /** Hints of the request about its sender: header, `metadata`, `user`. Earlier hints take precedence. */
  callerHints: readonly string[]
  /** Number of earlier attempts, as the client reports it (`x-stainless-retry-count`). */
  retryCount: number
  /** Length of the requested vectors, for embeddings only. */
  dimensions?: number
  /** The value of the header `idempotency-key`. */
  idempotencyKey?: string | undefined
  /** Errors for which the service states the time to wait. Default: all errors with a known time. */
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

/** An error that a service returns. */
export type ServiceError =
  | {
      kind: 'rate_limited'
      limit: 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'concurrency'
      retryAfterMs: number
    }
  /** The request alone has more tokens than a limit allows in a minute, so that no wait helps. */
  | { kind: 'request_too_large'; limit: 'tokens' | 'inputTokens'; perMinute: number; requested: number }
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
 * comes is no JSON; the connection stays open and silent; an error event stands where the rest should be, or in place of the whole
 * stream; a page of HTML stands where the answer should be.
 */
export type Damage = 'reset' | 'truncated' | 'malformed' | 'stall' | 'error' | 'error_first' | 'html'

/** Why no connection to a service is made, by the code that Node has for it. */
export type ConnectionFailure = 'ECONNREFUSED' | 'ETIMEDOUT' | 'ENOTFOUND' | 'EAI_AGAIN' | 'CERT_HAS_EXPIRED'

/**
 * What the provider sends back, in order: one of the first three, or a head, pieces and a tail. Pings may follow an answer that has
 * stalled.
 */
export type Answer =
  | { kind: 'refusal'; refusal: ServiceError; model: string; limits: LimitStates }
  | { kind: 'reset'; connection?: ConnectionFailure }
  | { kind: 'whole'; reply: Reply; limits: LimitStates; damage: Damage | undefined; fragmented?: true }
  | { kind: 'head'; reply: Reply; limits: LimitStates; fragmented?: true }
  | { kind: 'piece'; reply: Reply; piece: Piece }
  | { kind: 'tail'; reply: Reply; damage: Damage | undefined }
  | { kind: 'ping' }
