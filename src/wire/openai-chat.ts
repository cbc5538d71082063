import type { CallRequest, Choice, LimitStates, Message, Reply, ToolCall, ToolChoice } from '../provider/index.ts'
import { BAD_GATEWAY, retryCountOf, type BadRequest, type WireFormat, type WireResponse } from './format.ts'
import { ANY, problemOf, relaxed, textOrBlocks, type Field, type Problem, type Shape } from './shape.ts'

// Source of shapes, headers and errors: https://platform.openai.com/docs/api-reference (chat, streaming, errors, rate limits).

const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }
const OPEN: Shape = { type: 'object', fields: {}, open: true }
const CONTENT = textOrBlocks({ text: TEXT, image_url: OPEN, input_audio: OPEN, file: OPEN, refusal: OPEN })
const CALL: Shape = {
  type: 'object',
  fields: {
    id: { type: 'string', required: true },
    type: { type: 'string', among: ['function', 'custom'], required: true },
    function: {
      type: 'object',
      fields: { name: { type: 'string', required: true }, arguments: { type: 'string', required: true } },
      open: true,
    },
  },
  open: true,
}
const said = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { role: ANY, name: { type: 'string' }, ...fields },
  open: true,
})
const MESSAGE: Shape = {
  type: 'tagged',
  tag: 'role',
  of: {
    system: said({ content: { ...CONTENT, required: true } }),
    developer: said({ content: { ...CONTENT, required: true } }),
    user: said({ content: { ...CONTENT, required: true } }),
    assistant: said({
      content: CONTENT,
      tool_calls: { type: 'array', items: CALL, least: 1 },
      refusal: { type: 'string' },
    }),
    tool: said({ content: { ...CONTENT, required: true }, tool_call_id: { type: 'string', required: true } }),
    function: said({ content: CONTENT }),
  },
}
const TOOL: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    function: {
      type: 'object',
      fields: {
        type: ANY,
        function: {
          type: 'object',
          fields: {
            name: { type: 'string', required: true },
            description: { type: 'string' },
            parameters: { ...OPEN },
            strict: { type: 'boolean' },
          },
          required: true,
        },
      },
    },
    custom: OPEN,
  },
}
const PASSED_ON = [
  ...[
    'audio',
    'function_call',
    'functions',
    'logit_bias',
    'modalities',
    'moderation',
    'prediction',
    'prompt_cache_key',
    'prompt_cache_options',
  ],
  ...[
    'prompt_cache_retention',
    'reasoning_effort',
    'safety_identifier',
    'service_tier',
    'verbosity',
    'web_search_options',
  ],
]
/** Answers to one request. */
const MOST_CHOICES = 128
const REQUEST: Shape = {
  type: 'object',
  fields: {
    messages: { type: 'array', items: MESSAGE, least: 1, required: true },
    model: { type: 'string', required: true },
    frequency_penalty: { type: 'number', min: -2, max: 2 },
    presence_penalty: { type: 'number', min: -2, max: 2 },
    temperature: { type: 'number', min: 0, max: 2 },
    top_p: { type: 'number', min: 0, max: 1 },
    n: { type: 'integer', min: 1, max: MOST_CHOICES },
    seed: { type: 'integer' },
    stop: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    stream: { type: 'boolean' },
    stream_options: {
      type: 'object',
      fields: { include_usage: { type: 'boolean' }, include_obfuscation: { type: 'boolean' } },
    },
    store: { type: 'boolean' },
    user: { type: 'string' },
    metadata: { type: 'object', fields: {}, open: true },
    logprobs: { type: 'boolean' },
    top_logprobs: { type: 'integer', min: 0, max: 20 },
    max_tokens: { type: 'integer', min: 1 },
    max_completion_tokens: { type: 'integer', min: 1 },
    parallel_tool_calls: { type: 'boolean' },
    response_format: {
      type: 'tagged',
      tag: 'type',
      of: {
        text: OPEN,
        json_object: OPEN,
        json_schema: {
          type: 'object',
          fields: {
            type: ANY,
            json_schema: {
              type: 'object',
              fields: {
                name: { type: 'string', required: true },
                description: { type: 'string' },
                schema: { ...OPEN },
                strict: { type: 'boolean' },
              },
              required: true,
            },
          },
        },
      },
    },
    tools: { type: 'array', items: TOOL },
    tool_choice: {
      type: 'either',
      of: [
        { type: 'string', among: ['none', 'auto', 'required'] },
        { type: 'tagged', tag: 'type', of: { function: OPEN, allowed_tools: OPEN, custom: OPEN } },
      ],
    },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

const COMPATIBLE_REQUEST = relaxed(REQUEST)

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a decimal',
  integer: 'an integer',
  string: 'a string',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  null: 'null',
}
const named = (types: string): string =>
  types
    .split(' or ')
    .map((type) => TYPE_NAMES[type] ?? type)
    .join(' or ')

/** `messages[0].content`, as OpenAI writes paths. */
const pathText = (path: Problem['path']): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )

function problemText(problem: Problem): { message: string; code: string } {
  const path = pathText(problem.path)
  switch (problem.kind) {
    case 'missing':
      return { message: `Missing required parameter: '${path}'.`, code: 'missing_required_parameter' }
    case 'unknown':
      return { message: `Unknown parameter: '${path}'.`, code: 'unknown_parameter' }
    case 'type':
      return {
        message: `Invalid type for '${path}': expected ${named(problem.expected)}, but got ${named(problem.given)} instead.`,
        code: 'invalid_type',
      }
    case 'empty':
      return {
        message: `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
        code: 'empty_array',
      }
    case 'below':
    case 'above': {
      const kind = problem.integer ? 'integer' : 'decimal'
      const [side, sign] = problem.kind === 'below' ? ['below minimum', '>='] : ['above maximum', '<=']
      return {
        message: `Invalid '${path}': ${kind} ${side} value. Expected a value ${sign} ${problem.limit}, but got ${problem.given} instead.`,
        code: `${kind}_${side.replace(' ', '_')}_value`,
      }
    }
    case 'value': {
      const quoted = problem.among.map((value) => `'${value}'`)
      const list = quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}` : quoted.join('')
      return { message: `Invalid value: '${problem.given}'. Supported values are: ${list}.`, code: 'invalid_value' }
    }
    default:
      return problem satisfies never
  }
}

interface ChatMessage {
  role: string
  content?: string | { type: string; text?: unknown; refusal?: unknown }[] | null
  tool_calls?: { id: string; function?: { name: string; arguments: string } }[]
  tool_call_id?: string
}

interface ChatRequest {
  model: string
  messages: ChatMessage[]
  n?: number | null
  tools?: { type?: string; function?: { name: string; description?: string; parameters?: Record<string, unknown> } }[]
  tool_choice?: string | { type?: string; function?: { name?: unknown } } | null
  response_format?: { type: string; json_schema?: { schema?: Record<string, unknown> } }
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  stop?: string | string[] | null
  max_tokens?: number
  max_completion_tokens?: number
  user?: string
  metadata?: Record<string, unknown>
}

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
    id: id.replace(/^call_/, ''),
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
        return { kind: 'invalid', message: text, param: `messages.[${index}].role`, code: null }
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

const errorBody = (message: string, type: string, param: string | null, code: string | null): string =>
  `${JSON.stringify({ error: { message, type, param, code } }, null, 2)}\n`

/** A span as OpenAI's headers write it: `120ms`, `6.5s`, `1m30s`. */
function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Number(((ms % 60_000) / 1_000).toFixed(3))
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}

function limitHeaders(limits: LimitStates): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of ['requests', 'tokens'] as const) {
    const state = limits[name]
    if (!state) continue
    headers[`x-ratelimit-limit-${name}`] = String(state.limit)
    headers[`x-ratelimit-remaining-${name}`] = String(state.remaining)
    headers[`x-ratelimit-reset-${name}`] = spanText(state.resetMs)
  }
  return headers
}

const commonHeaders = (requestId: string, limits: LimitStates): Record<string, string> => ({
  'openai-version': '2020-10-01',
  'x-request-id': `req_${requestId}`,
  ...limitHeaders(limits),
})

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
} as const

function chunk(reply: Reply, request: CallRequest, choices: readonly unknown[], usage: unknown = null): string {
  const body = {
    id: `chatcmpl-${reply.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(reply.createdAt / 1_000),
    model: reply.model,
    service_tier: 'default',
    system_fingerprint: FINGERPRINT,
    choices,
    ...(request.streamUsage && { usage }),
  }
  return frame(JSON.stringify(body))
}
const frame = (data: string): string => `data: ${data}\n\n`
const eachChoice = (reply: Reply, write: (choice: Choice, index: number) => string): string =>
  reply.choices.map(write).join('')
const delta = (index: number, content: object, finish: string | null = null): object[] => [
  { index, delta: content, logprobs: null, finish_reason: finish },
]

/** A choice as a whole message. */
function answerOf({ text, toolCalls, finish }: Choice) {
  const refused = finish === 'refusal'
  const calls = toolCalls.map((call) => ({
    id: `call_${call.id}`,
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

/** What is wrong with a request, in OpenAI's words. */
export const openaiProblem = (problem: Problem): BadRequest => ({
  kind: 'invalid',
  param: pathText(problem.path),
  ...problemText(problem),
})

const FINGERPRINT = 'fp_longhaul'

/** Whether a request has no key; a gateway may take it elsewhere. */
export const isWithoutKey = (header: (name: string) => string | undefined): boolean =>
  !/^Bearer \S/i.test(header('authorization') ?? '') && !header('api-key')

/** What is wrong with a request though each of its fields is right. */
function contradictionIn({ stream, stream_options: options, messages }: ChatRequest): BadRequest | undefined {
  if (!options || stream) return strayToolMessage(messages)
  const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
  return { kind: 'invalid', message, param: 'stream_options', code: null }
}

/** OpenAI Chat Completions. */
export const openaiChat: WireFormat = {
  path: '/chat/completions',
  operation: 'chat.completions',

  callerHints: ({ metadata, user }) => {
    const { agent, agent_id: id } = (metadata ?? {}) as Record<string, unknown>
    return [agent, id, user].filter((hint) => typeof hint === 'string')
  },

  parse({ provider, body, strict, fingerprint, header }) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(strict ? REQUEST : COMPATIBLE_REQUEST, body)
    if (problem) return openaiProblem(problem)
    const request = body as unknown as ChatRequest
    const wrong = strict ? contradictionIn(request) : undefined
    if (wrong) return wrong
    const { stop } = request
    return {
      provider,
      operation: openaiChat.operation,
      model: request.model,
      messages: request.messages.map(messageOf),
      tools: (request.tools ?? []).flatMap(({ type = 'function', function: tool }) =>
        type === 'function' && typeof tool?.name === 'string'
          ? [{ name: tool.name, description: tool.description ?? '', parameters: tool.parameters ?? {} }]
          : [],
      ),
      toolChoice: toolChoiceOf(request.tool_choice),
      responseSchema: schemaOf(request.response_format),
      stream: request.stream ?? false,
      streamUsage: request.stream_options?.include_usage ?? false,
      maxOutputTokens: limitOf(request.max_completion_tokens ?? request.max_tokens),
      stop: typeof stop === 'string' ? [stop] : (stop ?? []),
      choices: Math.min(Math.max(1, request.n ?? 1), MOST_CHOICES),
      callerHints: openaiChat.callerHints(body),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
  },

  bad(problem, requestId) {
    const answer = (status: number, message: string, param: string | null, code: string | null): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', ...commonHeaders(requestId, {}) },
      body: errorBody(message, 'invalid_request_error', param, code),
    })
    switch (problem.kind) {
      case 'not_json':
        return answer(400, 'We could not parse the JSON body of your request.', null, null)
      case 'too_large':
        return answer(413, `The request is larger than ${problem.limit} bytes.`, null, 'request_too_large')
      case 'unauthorized':
        return answer(
          401,
          "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
          null,
          null,
        )
      case 'invalid':
        return answer(400, problem.message, problem.param, problem.code)
      default:
        return problem satisfies never
    }
  },

  refusal(refusal, limits, request) {
    const answer = (status: number, body: string, headers: Record<string, string> = {}): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', ...commonHeaders(request.fingerprint, limits), ...headers },
      body,
    })
    switch (refusal.kind) {
      case 'rate_limited': {
        const type = refusal.limit === 'requests' || refusal.limit === 'concurrency' ? 'requests' : 'tokens'
        const message = `Rate limit reached for ${request.model} on ${type} per min. Please try again in ${spanText(refusal.retryAfterMs)}.`
        return answer(429, errorBody(message, type, null, 'rate_limit_exceeded'), retryHeaders(refusal.retryAfterMs))
      }
      case 'overloaded': {
        const message = 'The engine is currently overloaded, please try again later.'
        return answer(503, errorBody(message, 'server_error', null, null), retryHeaders(refusal.retryAfterMs))
      }
      case 'server_error': {
        const message = refusal.message ?? 'The server had an error while processing your request. Sorry about that!'
        return answer(500, errorBody(message, 'server_error', null, null))
      }
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'model_not_found': {
        const message = `The model \`${refusal.model}\` does not exist or you do not have access to it.`
        return answer(404, errorBody(message, 'invalid_request_error', null, 'model_not_found'))
      }
      case 'context_length': {
        const message =
          `This model's maximum context length is ${refusal.contextWindow} tokens. However, your messages resulted in ` +
          `${refusal.tokens} tokens. Please reduce the length of the messages.`
        return answer(400, errorBody(message, 'invalid_request_error', 'messages', 'context_length_exceeded'))
      }
      default:
        return refusal satisfies never
    }
  },

  head: (reply, limits, request) => ({
    status: 200,
    headers: {
      'content-type': request.stream ? 'text/event-stream; charset=utf-8' : 'application/json',
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

  streamHead: (reply, request) =>
    eachChoice(reply, ({ text, toolCalls }, index) => {
      const content = toolCalls.length > 0 && text === '' ? null : ''
      return chunk(reply, request, delta(index, { role: 'assistant', content, refusal: null }))
    }),

  streamPiece(piece, reply, request) {
    const { choice } = piece
    if (piece.kind === 'text') {
      const field = reply.choices[choice]!.finish === 'refusal' ? 'refusal' : 'content'
      return chunk(reply, request, delta(choice, { [field]: piece.text }))
    }
    const { tool, call, opens } = piece
    const called = opens
      ? {
          index: tool,
          id: `call_${call.id}`,
          type: 'function',
          function: { name: call.name, arguments: piece.arguments },
        }
      : { index: tool, function: { arguments: piece.arguments } }
    return chunk(reply, request, delta(choice, { tool_calls: [called] }))
  },

  streamTail: (reply, request) =>
    eachChoice(reply, ({ finish }, index) => chunk(reply, request, delta(index, {}, FINISH[finish]))) +
    (request.streamUsage ? chunk(reply, request, [], usageOf(reply)) : '') +
    frame('[DONE]'),

  frame,
}

const retryHeaders = (ms: number): Record<string, string> => ({
  'retry-after': String(Math.ceil(ms / 1_000)),
  'retry-after-ms': String(Math.ceil(ms)),
})
