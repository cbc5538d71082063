import type { CallRequest, Choice, Message, Piece, Reply, ToolCall, ToolChoice } from '../../provider/index.ts'
import { retryCountOf, type BadRequest, type Generation, type StreamEncoder } from '../service.ts'
import { problemOf } from '../shape.ts'
import {
  CHAT_REQUEST,
  COMPATIBLE_CHAT_REQUEST,
  MOST_CHOICES,
  type ChatMessage,
  type ChatRequest,
} from './chat-request.ts'
import { commonHeaders, invalid, isWithoutKey, openaiProblem } from './errors.ts'

// Source: https://platform.openai.com/docs/api-reference/chat (create, streaming).

/** Also of parts that only a vendor knows, which may be anything. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content
          .map((part: { text?: unknown; refusal?: unknown } | null) => firstText(part?.text, part?.refusal))
          .join('')
      : ''
const firstText = (...values: unknown[]): string => values.find((value) => typeof value === 'string') ?? ''

const ROLES: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

function messageOf({ role, content, tool_calls: calls }: ChatMessage): Message {
  const toolCalls: ToolCall[] = (role === 'assistant' ? (calls ?? []) : []).map(({ id, function: called }) => ({
    id,
    name: called?.name ?? '',
    arguments: called?.arguments ?? '',
  }))
  return { role: ROLES[role] ?? 'user', text: textOf(content), toolCalls, cacheBreakpoint: false }
}

/** Finds a tool's answer to which there is no call. */
function strayToolMessage(messages: readonly ChatMessage[]): BadRequest | undefined {
  let asked = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!asked.has(message.tool_call_id ?? '')) {
        const text =
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
        return invalid(text, `messages.[${index}].role`)
      }
    } else asked = new Set(message.tool_calls?.map(({ id }) => id))
  }
  return undefined
}

function toolChoiceOf(choice: ChatRequest['tool_choice']): ToolChoice {
  if (typeof choice === 'object') {
    const name = choice?.function?.name
    return typeof name === 'string' ? { kind: 'tool', name } : { kind: 'auto' }
  }
  return choice === 'none' || choice === 'required' ? { kind: choice } : { kind: 'auto' }
}

function schemaOf(format: ChatRequest['response_format']): CallRequest['responseSchema'] {
  if (format?.type === 'json_object') return true
  return format?.type === 'json_schema' ? (format.json_schema?.schema ?? true) : undefined
}

/** Some vendors take a limit of -1 for none. */
const limitOf = (tokens: number | null | undefined): number | undefined =>
  tokens != null && tokens > 0 ? tokens : undefined

/** What an answer has to know of its request. */
export interface ChatAsked {
  stream: boolean
  /** Whether a stream tells its usage. */
  streamUsage: boolean
}

const usageOf = ({ usage }: Reply) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cachedInput, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

const FINISH = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'stop',
  content_filter: 'content_filter',
  pause: 'stop',
} as const

const FINGERPRINT = 'fp_longhaul'

/** What a request says of its sender. */
export const chatHints = ({ metadata, user }: Readonly<Record<string, unknown>>): string[] => {
  const { agent, agent_id: id } = (metadata ?? {}) as Record<string, unknown>
  return [agent, id, user].filter((hint) => typeof hint === 'string')
}

/** An event of a stream. */
const frame = (data: string): string => `data: ${data}\n\n`
const delta = (index: number, content: object, finish: string | null = null): object[] => [
  { index, delta: content, logprobs: null, finish_reason: finish },
]

/** An id as it is told; ids of the user's own that have the prefix keep it. */
const callId = ({ id }: ToolCall): string => (id.startsWith('call_') ? id : `call_${id}`)

/** A choice as a whole message. */
function answerOf({ text, toolCalls, finish }: Choice) {
  const refused = finish === 'refusal'
  const calls = toolCalls.map((call) => ({
    id: callId(call),
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
  return {
    role: 'assistant',
    content: refused || (text === '' && calls.length > 0) ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
    refusal: refused ? text : null,
    annotations: [],
  }
}

/** What is wrong with a request though each of its fields is right. */
function contradictionIn({ stream, stream_options: options, messages }: ChatRequest): BadRequest | undefined {
  if (!options || stream) return strayToolMessage(messages)
  const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
  return invalid(message, 'stream_options')
}

/** A stream of chunks. */
class ChatStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: ChatAsked

  constructor(reply: Reply, asked: ChatAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  #chunk(choices: readonly unknown[], usage: unknown = null): string {
    const { id, createdAt, model } = this.#reply
    const body = {
      id: `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(createdAt / 1_000),
      model,
      service_tier: 'default',
      system_fingerprint: FINGERPRINT,
      choices,
      ...(this.#asked.streamUsage && { usage }),
    }
    return frame(JSON.stringify(body))
  }

  #each(write: (choice: Choice, index: number) => string): string {
    return this.#reply.choices.map(write).join('')
  }

  head(): string {
    return this.#each(({ text, toolCalls }, index) => {
      const content = toolCalls.length > 0 && text === '' ? null : ''
      return this.#chunk(delta(index, { role: 'assistant', content, refusal: null }))
    })
  }

  piece(piece: Piece): string {
    const { choice } = piece
    switch (piece.kind) {
      // OpenAI tells of thoughts in numbers alone.
      case 'reasoning':
      case 'hosted':
        return ''
      case 'text': {
        const field = this.#reply.choices[choice]!.finish === 'refusal' ? 'refusal' : 'content'
        return this.#chunk(delta(choice, { [field]: piece.text }))
      }
      case 'tool': {
        const { tool, call, opens } = piece
        const called = opens
          ? {
              index: tool,
              id: callId(call),
              type: 'function',
              function: { name: call.name, arguments: piece.arguments },
            }
          : { index: tool, function: { arguments: piece.arguments } }
        return this.#chunk(delta(choice, { tool_calls: [called] }))
      }
      default:
        return piece satisfies never
    }
  }

  tail(): string {
    return (
      this.#each(({ finish }, index) => this.#chunk(delta(index, {}, FINISH[finish]))) +
      (this.#asked.streamUsage ? this.#chunk([], usageOf(this.#reply)) : '') +
      frame('[DONE]')
    )
  }

  error(): string {
    const message = 'The server had an error while processing your request. Sorry about that!'
    return frame(JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } }))
  }

  frame = frame
}

/** OpenAI Chat Completions. */
export const chat: Generation<ChatAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/chat/completions',
  operation: 'chat.completions',
  callerHints: chatHints,

  parse({ provider, body, strict, fingerprint, header }) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(strict ? CHAT_REQUEST : COMPATIBLE_CHAT_REQUEST, body)
    if (problem) return openaiProblem(problem)
    const request = body as unknown as ChatRequest
    const wrong = strict ? contradictionIn(request) : undefined
    if (wrong) return wrong
    const { stop } = request
    const stream = request.stream ?? false
    const call: CallRequest = {
      provider,
      operation: chat.operation,
      model: request.model,
      messages: request.messages.map(messageOf),
      tools: (request.tools ?? []).flatMap(({ type = 'function', function: tool }) =>
        type === 'function' && typeof tool?.name === 'string'
          ? [{ name: tool.name, description: tool.description ?? '', parameters: tool.parameters ?? {} }]
          : [],
      ),
      toolChoice: toolChoiceOf(request.tool_choice),
      responseSchema: schemaOf(request.response_format),
      stream,
      maxOutputTokens: limitOf(request.max_completion_tokens ?? request.max_tokens),
      stop: typeof stop === 'string' ? [stop] : (stop ?? []),
      choices: Math.min(Math.max(1, request.n ?? 1), MOST_CHOICES),
      callerHints: chatHints(body),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
    return { call, asked: { stream, streamUsage: request.stream_options?.include_usage ?? false } }
  },

  head: (reply, limits, { stream }) => ({
    status: 200,
    headers: {
      'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
      ...commonHeaders(reply.id, limits),
    },
  }),

  whole: (reply) =>
    JSON.stringify({
      id: `chatcmpl-${reply.id}`,
      object: 'chat.completion',
      created: Math.floor(reply.createdAt / 1_000),
      model: reply.model,
      choices: reply.choices.map((choice, index) => ({
        index,
        message: answerOf(choice),
        logprobs: null,
        finish_reason: FINISH[choice.finish],
      })),
      usage: usageOf(reply),
      service_tier: 'default',
      system_fingerprint: FINGERPRINT,
    }),

  stream: (reply, asked) => new ChatStream(reply, asked),
}
