import type { LimitStates, Message, Reply, ToolCall, ToolChoice } from '../provider/index.ts'
import { BAD_GATEWAY, retryCountOf, type BadRequest, type WireFormat, type WireResponse } from './format.ts'
import { ANY, problemOf, relaxed, textOrBlocks, type Problem, type Shape } from './shape.ts'

// Source of shapes, headers and errors: https://docs.anthropic.com/en/api (messages, streaming, errors, rate limits).

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }
const OTHER_BLOCKS = [
  'image',
  'document',
  'search_result',
  'thinking',
  'redacted_thinking',
  'server_tool_use',
  'web_search_tool_result',
]
const BLOCKS: Readonly<Record<string, Shape>> = {
  text: TEXT,
  tool_use: {
    type: 'object',
    fields: {
      type: ANY,
      id: { type: 'string', required: true },
      name: { type: 'string', required: true },
      input: { ...OPEN, required: true },
    },
    open: true,
  },
  tool_result: {
    type: 'object',
    fields: {
      type: ANY,
      tool_use_id: { type: 'string', required: true },
      content: textOrBlocks({ text: TEXT, image: OPEN, document: OPEN, search_result: OPEN }),
    },
    open: true,
  },
  ...Object.fromEntries(OTHER_BLOCKS.map((name) => [name, OPEN])),
}
const PASSED_ON = [
  'container',
  'context_management',
  'inference_geo',
  'mcp_servers',
  'cache_control',
  'speed',
  'diagnostics',
  'fallbacks',
]
const FORMAT: Shape = {
  type: 'object',
  fields: { type: { type: 'string', among: ['json_schema'], required: true }, schema: { ...OPEN, required: true } },
}
const REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    messages: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          role: { type: 'string', among: ['user', 'assistant', 'system'], required: true },
          content: { ...textOrBlocks(BLOCKS), required: true },
        },
      },
      least: 1,
      required: true,
    },
    max_tokens: { type: 'integer', min: 1, required: true },
    metadata: { type: 'object', fields: { user_id: { type: 'string' } } },
    service_tier: { type: 'string', among: ['auto', 'standard_only'] },
    stop_sequences: { type: 'array', items: { type: 'string' } },
    stream: { type: 'boolean' },
    system: textOrBlocks({ text: TEXT }),
    temperature: { type: 'number', min: 0, max: 1 },
    top_k: { type: 'integer', min: 0 },
    top_p: { type: 'number', min: 0, max: 1 },
    thinking: { type: 'tagged', tag: 'type', of: { enabled: OPEN, disabled: OPEN, adaptive: OPEN } },
    tools: {
      type: 'array',
      items: { type: 'object', fields: { name: { type: 'string', required: true } }, open: true },
    },
    tool_choice: { type: 'tagged', tag: 'type', of: { auto: OPEN, any: OPEN, tool: OPEN, none: OPEN } },
    output_config: { type: 'object', fields: { format: FORMAT, effort: { type: 'string' } }, open: true },
    output_format: FORMAT,
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

const COMPATIBLE_REQUEST = relaxed(REQUEST)

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a valid number',
  integer: 'a valid integer',
  string: 'a valid string',
  boolean: 'a valid boolean',
  array: 'a valid list',
  object: 'a valid dictionary',
}

function problemText(problem: Problem): string {
  const path = problem.path.join('.')
  switch (problem.kind) {
    case 'missing':
      return `${path}: Field required`
    case 'unknown':
      return `${path}: Extra inputs are not permitted`
    case 'type':
      return `${path}: Input should be ${problem.expected
        .split(' or ')
        .map((type) => TYPE_NAMES[type] ?? type)
        .join(' or ')}`
    case 'empty':
      return `${path}: at least one message is required`
    case 'below':
      return `${path}: Input should be greater than or equal to ${problem.limit}`
    case 'above':
      return `${path}: Input should be less than or equal to ${problem.limit}`
    case 'value': {
      const quoted = problem.among.map((value) => `'${value}'`)
      return `${path}: Input should be ${quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}` : quoted.join('')}`
    }
    default:
      return problem satisfies never
  }
}

interface Block {
  type?: string
  text?: unknown
  id?: string
  name?: string
  input?: unknown
  tool_use_id?: string
  content?: string | Block[]
  cache_control?: unknown
}

interface MessagesRequest {
  model: string
  messages: { role: string; content: string | Block[] }[]
  max_tokens: number
  system?: string | Block[]
  stop_sequences?: string[]
  stream?: boolean
  tools?: { name: string; description?: string; input_schema?: Record<string, unknown>; cache_control?: unknown }[]
  tool_choice?: { type: 'auto' | 'any' | 'tool' | 'none'; name?: string }
  output_config?: { format?: { schema: Record<string, unknown> } }
  output_format?: { schema: Record<string, unknown> }
}

const blocksOf = (content: string | Block[] | undefined): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : Array.isArray(content) ? content : []
const textOf = (given: string | Block[] | undefined): string =>
  blocksOf(given)
    .map(({ type, text, content }) => (typeof text === 'string' ? text : type === 'tool_result' ? textOf(content) : ''))
    .join('')

const roleOf = (role: string): Message['role'] => (role === 'assistant' || role === 'system' ? role : 'user')

function messageOf(role: string, content: string | Block[] | undefined): Message {
  const blocks = blocksOf(content)
  const toolCalls: ToolCall[] = blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id = '', name = '', input }) => ({ id: id.replace(/^toolu_/, ''), name, arguments: JSON.stringify(input) }))
  const results = blocks.length > 0 && blocks.every(({ type }) => type === 'tool_result')
  return {
    role: results ? 'tool' : roleOf(role),
    text: textOf(content),
    toolCalls,
    cacheBreakpoint: blocks.some(({ cache_control }) => cache_control),
  }
}

/** Finds a tool's result to which there is no call in the message before. */
function strayToolResult(messages: MessagesRequest['messages']): BadRequest | undefined {
  for (const [index, { content }] of messages.entries()) {
    const asked = new Set(
      blocksOf(messages[index - 1]?.content).flatMap(({ type, id }) => (type === 'tool_use' ? [id] : [])),
    )
    for (const [place, block] of blocksOf(content).entries()) {
      if (block.type !== 'tool_result' || asked.has(block.tool_use_id)) continue
      const message =
        `messages.${index}.content.${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. ` +
        'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.'
      return { kind: 'invalid', message, param: null, code: null }
    }
  }
  return undefined
}

function toolChoiceOf(choice: MessagesRequest['tool_choice']): ToolChoice {
  if (choice?.type === 'tool') return { kind: 'tool', name: choice.name ?? '' }
  if (choice?.type === 'any') return { kind: 'required' }
  return { kind: choice?.type === 'none' ? 'none' : 'auto' }
}

const errorBody = (type: string, message: string, requestId: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: `req_${requestId}` })

function limitHeaders(limits: LimitStates): Record<string, string> {
  const headers: Record<string, string> = {}
  const names = {
    requests: 'requests',
    tokens: 'tokens',
    inputTokens: 'input-tokens',
    outputTokens: 'output-tokens',
  } as const
  for (const [name, header] of Object.entries(names) as [keyof LimitStates, string][]) {
    const state = limits[name]
    if (!state) continue
    headers[`anthropic-ratelimit-${header}-limit`] = String(state.limit)
    headers[`anthropic-ratelimit-${header}-remaining`] = String(state.remaining)
    headers[`anthropic-ratelimit-${header}-reset`] = new Date(state.resetAt).toISOString().replace(/\.\d+Z$/, 'Z')
  }
  return headers
}

const STOP_REASONS = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'refusal',
} as const

const usageOf = ({ usage }: Reply) => ({
  input_tokens: usage.input - usage.cachedInput - usage.cacheWrite,
  cache_creation_input_tokens: usage.cacheWrite,
  cache_read_input_tokens: usage.cachedInput,
})

/** The SDK reads the data of events that it knows by name alone. */
const frame = (data: string, name = 'content_block_delta'): string => `event: ${name}\ndata: ${data}\n\n`
const event = (data: { type: string } & Record<string, unknown>): string => frame(JSON.stringify(data), data.type)

const retryHeader = (ms: number): Record<string, string> => ({ 'retry-after': String(Math.ceil(ms / 1_000)) })

/** Anthropic Messages. */
export const anthropicMessages: WireFormat = {
  path: '/v1/messages',
  operation: 'messages',

  callerHints: ({ metadata }) => {
    const { user_id: user } = (metadata ?? {}) as Record<string, unknown>
    return typeof user === 'string' ? [user] : []
  },

  parse({ provider, body, strict, fingerprint, header }) {
    if (strict && !header('x-api-key') && !header('authorization')) return { kind: 'unauthorized' }
    if (strict && !header('anthropic-version'))
      return { kind: 'invalid', message: 'anthropic-version: header is required', param: null, code: null }
    const problem = problemOf(strict ? REQUEST : COMPATIBLE_REQUEST, body)
    if (problem) return { kind: 'invalid', message: problemText(problem), param: null, code: null }
    const request = body as unknown as MessagesRequest
    const stray = strict ? strayToolResult(request.messages) : undefined
    if (stray) return stray
    const cachedTools = request.tools?.some(({ cache_control }) => cache_control) ?? false
    const system = request.system === undefined ? [] : [messageOf('system', request.system)]
    const messages = [...system, ...request.messages.map(({ role, content }) => messageOf(role, content))]
    if (cachedTools && messages[0]) messages[0] = { ...messages[0], cacheBreakpoint: true }
    return {
      provider,
      operation: anthropicMessages.operation,
      model: request.model,
      messages,
      tools: (request.tools ?? []).map((tool) => ({
        name: tool.name,
        description: tool.description ?? '',
        parameters: tool.input_schema ?? {},
      })),
      toolChoice: toolChoiceOf(request.tool_choice),
      responseSchema: (request.output_config?.format ?? request.output_format)?.schema,
      stream: request.stream ?? false,
      streamUsage: true,
      maxOutputTokens: request.max_tokens > 0 ? request.max_tokens : undefined,
      stop: request.stop_sequences ?? [],
      choices: 1,
      callerHints: anthropicMessages.callerHints(body),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
  },

  bad(problem, requestId) {
    const answer = (status: number, type: string, message: string): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', 'request-id': `req_${requestId}` },
      body: errorBody(type, message, requestId),
    })
    switch (problem.kind) {
      case 'not_json':
        return answer(400, 'invalid_request_error', 'The request body is not valid JSON.')
      case 'too_large':
        return answer(413, 'request_too_large', `Request exceeds the maximum size of ${problem.limit} bytes`)
      case 'unauthorized':
        return answer(401, 'authentication_error', 'x-api-key header is required')
      case 'invalid':
        return answer(400, 'invalid_request_error', problem.message)
      default:
        return problem satisfies never
    }
  },

  refusal(refusal, limits, request) {
    const answer = (
      status: number,
      type: string,
      message: string,
      headers: Record<string, string> = {},
    ): WireResponse => ({
      status,
      headers: {
        'content-type': 'application/json',
        'request-id': `req_${request.fingerprint}`,
        ...limitHeaders(limits),
        ...headers,
      },
      body: errorBody(type, message, request.fingerprint),
    })
    switch (refusal.kind) {
      case 'rate_limited': {
        const message = `This request would exceed your organization's rate limit on ${refusal.limit}. Please wait and try again.`
        return answer(429, 'rate_limit_error', message, retryHeader(refusal.retryAfterMs))
      }
      case 'overloaded':
        return answer(529, 'overloaded_error', 'Overloaded', retryHeader(refusal.retryAfterMs))
      case 'server_error':
        return answer(500, 'api_error', refusal.message ?? 'Internal server error')
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'model_not_found':
        return answer(404, 'not_found_error', `model: ${refusal.model}`)
      case 'context_length':
        return answer(
          400,
          'invalid_request_error',
          `prompt is too long: ${refusal.tokens} tokens > ${refusal.contextWindow} maximum`,
        )
      default:
        return refusal satisfies never
    }
  },

  head: (reply, limits, request) => ({
    status: 200,
    headers: {
      'content-type': request.stream ? 'text/event-stream; charset=utf-8' : 'application/json',
      'request-id': `req_${reply.id}`,
      ...limitHeaders(limits),
    },
  }),

  whole(reply) {
    const [{ text, toolCalls, finish, stopSequence }] = reply.choices
    const tools = toolCalls.map((call) => ({
      type: 'tool_use',
      id: `toolu_${call.id}`,
      name: call.name,
      input: JSON.parse(call.arguments) as unknown,
    }))
    return JSON.stringify({
      id: `msg_${reply.id}`,
      type: 'message',
      role: 'assistant',
      model: reply.model,
      content: [...(text === '' ? [] : [{ type: 'text', text }]), ...tools],
      stop_reason: STOP_REASONS[finish],
      stop_sequence: stopSequence ?? null,
      usage: { ...usageOf(reply), output_tokens: reply.usage.output, service_tier: 'standard' },
    })
  },

  streamHead: (reply) =>
    event({
      type: 'message_start',
      message: {
        id: `msg_${reply.id}`,
        type: 'message',
        role: 'assistant',
        model: reply.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usageOf(reply), output_tokens: Math.min(1, reply.usage.output), service_tier: 'standard' },
      },
    }) + event({ type: 'ping' }),

  streamPiece(piece) {
    const index = piece.block
    const start =
      piece.kind === 'text'
        ? { type: 'text', text: '' }
        : { type: 'tool_use', id: `toolu_${piece.call.id}`, name: piece.call.name, input: {} }
    const change =
      piece.kind === 'text'
        ? { type: 'text_delta', text: piece.text }
        : { type: 'input_json_delta', partial_json: piece.arguments }
    return (
      (piece.opens ? event({ type: 'content_block_start', index, content_block: start }) : '') +
      event({ type: 'content_block_delta', index, delta: change }) +
      (piece.closes ? event({ type: 'content_block_stop', index }) : '')
    )
  },

  streamTail(reply) {
    const [{ finish, stopSequence }] = reply.choices
    const delta = { stop_reason: STOP_REASONS[finish], stop_sequence: stopSequence ?? null }
    const usage = { output_tokens: reply.usage.output }
    return event({ type: 'message_delta', delta, usage }) + event({ type: 'message_stop' })
  },

  frame,
}
