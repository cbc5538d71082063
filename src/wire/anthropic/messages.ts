import type { CallRequest, Message, Piece, Refusal, Reply, ToolCall, ToolChoice } from '../../provider/index.ts'
import { retryCountOf, type BadRequest, type Generation, type StreamEncoder } from '../service.ts'
import { problemOf } from '../shape.ts'
import { anthropicErrors, invalid, limitHeaders, problemText } from './errors.ts'
import { COMPATIBLE_MESSAGES_REQUEST, MESSAGES_REQUEST, type Block, type MessagesRequest } from './messages-request.ts'

// Source: https://docs.anthropic.com/en/api (messages, streaming).

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
    .map(({ id = '', name = '', input }) => ({ id, name, arguments: JSON.stringify(input) }))
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
      return invalid(message)
    }
  }
  return undefined
}

function toolChoiceOf(choice: MessagesRequest['tool_choice']): ToolChoice {
  if (choice?.type === 'tool') return { kind: 'tool', name: choice.name ?? '' }
  if (choice?.type === 'any') return { kind: 'required' }
  return { kind: choice?.type === 'none' ? 'none' : 'auto' }
}

const STOP_REASONS = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'refusal',
  content_filter: 'refusal',
  pause: 'pause_turn',
} as const

const usageOf = ({ usage }: Reply) => ({
  input_tokens: usage.input - usage.cachedInput - usage.cacheWrite,
  cache_creation_input_tokens: usage.cacheWrite,
  cache_read_input_tokens: usage.cachedInput,
})

/** The SDK reads the data of events that it knows by name alone. */
const frame = (data: string, name = 'content_block_delta'): string => `event: ${name}\ndata: ${data}\n\n`
const event = (data: { type: string } & Record<string, unknown>): string => frame(JSON.stringify(data), data.type)

/** What an answer has to know of its request. */
export interface MessagesAsked {
  stream: boolean
}

const toolId = ({ id }: ToolCall): string => (id.startsWith('toolu_') ? id : `toolu_${id}`)

/** A stream of events. */
class MessagesStream implements StreamEncoder {
  readonly #reply: Reply

  constructor(reply: Reply) {
    this.#reply = reply
  }

  head(): string {
    const reply = this.#reply
    return (
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
      }) + event({ type: 'ping' })
    )
  }

  piece(piece: Piece): string {
    if (piece.kind === 'reasoning' || piece.kind === 'hosted') return ''
    const index = piece.block
    const start =
      piece.kind === 'text'
        ? { type: 'text', text: '' }
        : { type: 'tool_use', id: toolId(piece.call), name: piece.call.name, input: {} }
    const change =
      piece.kind === 'text'
        ? { type: 'text_delta', text: piece.text }
        : { type: 'input_json_delta', partial_json: piece.arguments }
    return (
      (piece.opens ? event({ type: 'content_block_start', index, content_block: start }) : '') +
      event({ type: 'content_block_delta', index, delta: change }) +
      (piece.closes ? event({ type: 'content_block_stop', index }) : '')
    )
  }

  tail(): string {
    const reply = this.#reply
    const [{ finish, stopSequence }] = reply.choices
    const delta = { stop_reason: STOP_REASONS[finish], stop_sequence: stopSequence ?? null }
    const usage = { output_tokens: reply.usage.output }
    return event({ type: 'message_delta', delta, usage }) + event({ type: 'message_stop' })
  }

  error(refusal: Refusal): string {
    const { body } = anthropicErrors.refusal(refusal, {}, { model: this.#reply.model, requestId: this.#reply.id })
    return frame(body as string, 'error')
  }

  frame = frame
}

/** Anthropic Messages. */
export const messages: Generation<MessagesAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/v1/messages',
  operation: 'messages',

  callerHints: ({ metadata }) => {
    const { user_id: user } = (metadata ?? {}) as Record<string, unknown>
    return typeof user === 'string' ? [user] : []
  },

  parse({ provider, body, strict, fingerprint, header }) {
    if (strict && !header('x-api-key') && !header('authorization')) return { kind: 'unauthorized' }
    if (strict && !header('anthropic-version')) return invalid('anthropic-version: header is required')
    const problem = problemOf(strict ? MESSAGES_REQUEST : COMPATIBLE_MESSAGES_REQUEST, body)
    if (problem) return invalid(problemText(problem))
    const request = body as unknown as MessagesRequest
    const stray = strict ? strayToolResult(request.messages) : undefined
    if (stray) return stray
    const cachedTools = request.tools?.some(({ cache_control }) => cache_control) ?? false
    const system = request.system === undefined ? [] : [messageOf('system', request.system)]
    const said = [...system, ...request.messages.map(({ role, content }) => messageOf(role, content))]
    if (cachedTools && said[0]) said[0] = { ...said[0], cacheBreakpoint: true }
    const stream = request.stream ?? false
    const call: CallRequest = {
      provider,
      operation: messages.operation,
      model: request.model,
      messages: said,
      tools: (request.tools ?? []).map((tool) => ({
        name: tool.name,
        description: tool.description ?? '',
        parameters: tool.input_schema ?? {},
      })),
      toolChoice: toolChoiceOf(request.tool_choice),
      responseSchema: (request.output_config?.format ?? request.output_format)?.schema,
      stream,
      maxOutputTokens: request.max_tokens > 0 ? request.max_tokens : undefined,
      stop: request.stop_sequences ?? [],
      choices: 1,
      callerHints: messages.callerHints(body),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
    return { call, asked: { stream } }
  },

  head: (reply, limits, { stream }) => ({
    status: 200,
    headers: {
      'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
      'request-id': `req_${reply.id}`,
      ...limitHeaders(limits),
    },
  }),

  whole(reply) {
    const [{ text, toolCalls, finish, stopSequence }] = reply.choices
    const tools = toolCalls.map((call) => ({
      type: 'tool_use',
      id: toolId(call),
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

  stream: (reply) => new MessagesStream(reply),
}
