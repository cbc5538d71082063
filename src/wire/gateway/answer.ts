import type { Choice, Piece, ServiceError, Reply, ToolCall } from '../../provider/index.ts'
import type { StreamEncoder } from '../service.ts'

// Source: https://github.com/vercel/ai/tree/main/packages/provider/src/language-model (v2 to v4).

/** What an answer has to know of its request. */
export interface GatewayAsked {
  stream: boolean
  /** Whether the SDK is of before there were two names of a stop, and parts of a usage. */
  isFlat: boolean
}

const FINISH = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  refusal: 'content-filter',
  content_filter: 'content-filter',
  pause: 'other',
} as const satisfies Record<Choice['finish'], string>

/** How the answer ended, and what it took. */
function endOf({ choices, usage, cost }: Reply, { isFlat }: GatewayAsked) {
  const reason = FINISH[choices[0].finish]
  return {
    finishReason: isFlat ? reason : { unified: reason, raw: choices[0].finish },
    usage: isFlat
      ? {
          inputTokens: usage.input,
          outputTokens: usage.output,
          totalTokens: usage.input + usage.output,
          reasoningTokens: usage.reasoning,
          cachedInputTokens: usage.cachedInput,
        }
      : {
          inputTokens: {
            total: usage.input,
            noCache: usage.input - usage.cachedInput - usage.cacheWrite,
            cacheRead: usage.cachedInput,
            cacheWrite: usage.cacheWrite,
          },
          outputTokens: { total: usage.output, text: usage.output - usage.reasoning, reasoning: usage.reasoning },
        },
    providerMetadata: { gateway: { cost: String((cost ?? 0) / 1e12) } },
  }
}

const metadataOf = ({ id, model, createdAt }: Reply) => ({
  id: `gen_${id}`,
  modelId: model,
  timestamp: new Date(createdAt).toISOString(),
})

const calledOf = ({ id, name, arguments: input }: ToolCall) => ({
  type: 'tool-call',
  toolCallId: id,
  toolName: name,
  input,
})

/** The whole answer. */
export function resultOf(reply: Reply, asked: GatewayAsked): object {
  const { reasoning, text, toolCalls } = reply.choices[0]
  return {
    content: [
      ...(reasoning ? [{ type: 'reasoning', text: reasoning }] : []),
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...toolCalls.map(calledOf),
    ],
    ...endOf(reply, asked),
    response: metadataOf(reply),
    warnings: [],
  }
}

const frame = (data: string): string => `data: ${data}\n\n`
const part = (type: string, more: object = {}): string => frame(JSON.stringify({ type, ...more }))

/** An answer as a stream of parts. */
export class GatewayStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: GatewayAsked

  constructor(reply: Reply, asked: GatewayAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  head = (): string => part('stream-start', { warnings: [] }) + part('response-metadata', metadataOf(this.#reply))

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'reasoning':
      case 'text': {
        const { kind, block, text, opens, closes } = piece
        const id = String(block)
        return (
          (opens ? part(`${kind}-start`, { id }) : '') +
          part(`${kind}-delta`, { id, delta: text }) +
          (closes ? part(`${kind}-end`, { id }) : '')
        )
      }
      case 'hosted':
        return ''
      case 'tool': {
        const { call, opens, closes, arguments: delta } = piece
        const { id } = call
        return (
          (opens ? part('tool-input-start', { id, toolName: call.name }) : '') +
          part('tool-input-delta', { id, delta }) +
          (closes ? part('tool-input-end', { id }) + frame(JSON.stringify(calledOf(call))) : '')
        )
      }
      default:
        return piece satisfies never
    }
  }

  tail = (): string => part('finish', endOf(this.#reply, this.#asked)) + frame('[DONE]')

  error = (refusal: ServiceError): string =>
    part('error', { error: { message: 'The upstream provider failed.', type: refusal.kind } })

  frame = frame
}
