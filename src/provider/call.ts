import type { Usage } from '../trace/index.ts'

/** A tool that the model called. */
export interface ToolCall {
  id: string
  name: string
  /** The arguments as JSON text. */
  arguments: string
}

/** One message of a conversation, whatever the wire format. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool'
  text: string
  toolCalls: readonly ToolCall[]
  /** Whether the client asked that the prompt be cached up to here (Anthropic's `cache_control`). */
  cacheBreakpoint: boolean
}

/** A tool that the model may call. */
export interface ToolDefinition {
  name: string
  description: string
  /** JSON Schema of the arguments. */
  parameters: Readonly<Record<string, unknown>>
}

/** Whether the model answers with text, with tools, or as it likes. */
export type ToolChoice = { kind: 'auto' } | { kind: 'none' } | { kind: 'required' } | { kind: 'tool'; name: string }

/** A request as every wire format is translated into. */
export interface CallRequest {
  /** The service that is called, such as `openai`. */
  provider: string
  /** What is asked of it, such as `chat.completions`. */
  operation: string
  model: string
  messages: readonly Message[]
  tools: readonly ToolDefinition[]
  toolChoice: ToolChoice
  /** JSON Schema that the answer must fit; `true` for any JSON object. */
  responseSchema: Readonly<Record<string, unknown>> | true | undefined
  stream: boolean
  /** Whether a stream tells its usage. */
  streamUsage: boolean
  /** Limit on generated tokens. */
  maxOutputTokens: number | undefined
  stop: readonly string[]
  /** Answers that are asked for, at least 1. */
  choices: number
  /** What the request itself says of its sender: header, `metadata`, `user`. Later ones count less. */
  callerHints: readonly string[]
  /** How often the client says that it has tried before (`x-stainless-retry-count`). */
  retryCount: number
  /** Length of the vectors that are asked for; for embeddings only. */
  dimensions?: number
  /** How the vectors are written. */
  encoding?: 'float' | 'base64'
  /** What the header `idempotency-key` says. */
  idempotencyKey?: string | undefined
  /** Identifies requests with the same content. */
  fingerprint: string
}

/** Why a model stopped. */
export type Finish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'refusal'

/** One of the answers to a request. */
export interface Choice {
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
  /** As many as were asked for; at least one. */
  choices: readonly [Choice, ...Choice[]]
  /** One for each text; for embeddings only. */
  vectors?: readonly (readonly number[])[]
  /** Of all choices together. */
  usage: Usage
}

/** A part of a streamed answer. Each choice is made of blocks (its text, then each tool call), and a block of pieces. */
export type Piece = { choice: number; block: number; opens: boolean; closes: boolean } & (
  { kind: 'text'; text: string } | { kind: 'tool'; tool: number; call: ToolCall; arguments: string }
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
export type Refusal =
  | {
      kind: 'rate_limited'
      limit: 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'concurrency'
      retryAfterMs: number
    }
  | { kind: 'overloaded'; retryAfterMs: number }
  | { kind: 'server_error'; message?: string }
  | { kind: 'bad_gateway' }
  | { kind: 'model_not_found'; model: string }
  | { kind: 'context_length'; tokens: number; contextWindow: number }

/** What is wrong with the bytes of an answer. */
export type Damage = 'reset' | 'truncated' | 'malformed'

/** What the provider sends back, in order: one of the first three, or a head, pieces and a tail. */
export type Answer =
  | { kind: 'refusal'; refusal: Refusal; limits: LimitStates }
  | { kind: 'reset' }
  | { kind: 'whole'; reply: Reply; limits: LimitStates; damage: Damage | undefined }
  | { kind: 'head'; reply: Reply; limits: LimitStates }
  | { kind: 'piece'; reply: Reply; piece: Piece }
  | { kind: 'tail'; reply: Reply; damage: Damage | undefined }
