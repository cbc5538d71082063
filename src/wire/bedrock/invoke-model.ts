import type { Chunk } from '../chunk.ts'
import { asOwn, readByPath, type MessagesAsked } from '../anthropic/by-path.ts'
import { messages } from '../anthropic/messages.ts'
import type { CallRequest, Piece, ServiceError, Reply } from '../../provider/index.ts'
import {
  isBad,
  type BadRequest,
  type Generation,
  type Parsed,
  type StreamEncoder,
  type WireRequest,
} from '../service.ts'
import { noStream } from '../openai/no-stream.ts'
import { embedderOf, readTexts, type EmbedAsked } from './embed-texts.ts'
import { commonHeaders, invalid, isUnsigned } from './errors.ts'
import { retryCountOf } from './converse.ts'
import { EVENT_STREAM, event, exceptionEvent, joined, rawEvent } from './frames.ts'
import { isAnthropic, modelIdOf, withoutProfile } from './model-id.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html.

/** What an answer has to know of its request. */
type InvokeAsked = EmbedAsked | { kind: 'messages'; own: MessagesAsked }

/** Reads a request to invoke a model in its maker's format. */
export function readInvocation(wire: WireRequest, stream: boolean): Parsed<InvokeAsked> | BadRequest {
  if (wire.strict && isUnsigned(wire)) return { kind: 'unauthorized' }
  const given = wire.params['modelId'] ?? ''
  const embedder = stream ? undefined : embedderOf(modelIdOf(given))
  if (embedder) {
    const texts = readTexts(wire, embedder)
    return isBad(texts) ? texts : { ...texts, call: asInvoked(texts.call, wire) }
  }
  if (wire.strict && !isAnthropic(modelIdOf(given)))
    return invalid(
      `longhaul simulates InvokeModel for Anthropic's models and those that embed texts, and "${modelIdOf(given)}" is none of ` +
        'these. Use Converse, which it simulates for all models.',
    )
  const wrong = wire.strict ? withoutProfile(given) : undefined
  if (wrong) return wrong
  const parsed = readByPath(wire, modelIdOf(given), stream)
  if (isBad(parsed)) return parsed
  const { call, asked } = parsed
  return { call: { ...asInvoked(call, wire), operation: 'invokeModel' }, asked: { kind: 'messages', own: asked } }
}

const asInvoked = (call: CallRequest, { header }: WireRequest): CallRequest => ({
  ...call,
  retryCount: retryCountOf(header),
  tellsRetryAfter: [],
})

const tokenHeaders = ({ usage }: Reply): Record<string, string> => ({
  'x-amzn-bedrock-input-token-count': String(usage.input - usage.cachedInput - usage.cacheWrite),
  'x-amzn-bedrock-output-token-count': String(usage.output),
  'x-amzn-bedrock-cache-read-input-token-count': String(usage.cachedInput),
  'x-amzn-bedrock-cache-write-input-token-count': String(usage.cacheWrite),
})

/** Anthropic's events, each as the bytes of one of AWS'. */
class ChunkStream implements StreamEncoder {
  readonly #own: StreamEncoder
  readonly #reply: Reply

  constructor(own: StreamEncoder, reply: Reply) {
    this.#own = own
    this.#reply = reply
  }

  /** Bedrock sends no pings, and tells what was billed in the last event. */
  #chunks(events: Chunk): Uint8Array {
    const data = [...(events as string).matchAll(/^data: (.*)$/gm)].map(([, text = '']) => text)
    return joined(
      data.flatMap((text) => {
        const { type } = JSON.parse(text) as { type: string }
        if (type === 'ping') return []
        if (type !== 'message_stop') return [chunk(text)]
        return [chunk(JSON.stringify({ type, 'amazon-bedrock-invocationMetrics': metricsOf(this.#reply) }))]
      }),
    )
  }

  head(): Uint8Array {
    return this.#chunks(this.#own.head())
  }

  piece(piece: Piece): Uint8Array {
    return this.#chunks(this.#own.piece(piece))
  }

  tail(): Uint8Array {
    return this.#chunks(this.#own.tail())
  }

  error(refusal: ServiceError): Uint8Array {
    return exceptionEvent(refusal)
  }

  frame(data: string): Uint8Array {
    return rawEvent('chunk', data)
  }
}

const metricsOf = ({ usage }: Reply): object => ({
  inputTokenCount: usage.input - usage.cachedInput - usage.cacheWrite,
  outputTokenCount: usage.output,
  invocationLatency: 0,
  firstByteLatency: 0,
})

const base64Of = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
const chunk = (text: string): Uint8Array => event('chunk', { bytes: base64Of(text) })

const generation = (method: 'invoke' | 'invoke-with-response-stream'): Generation<InvokeAsked> => {
  const streams = method !== 'invoke'
  return {
    kind: 'generation',
    method: 'POST',
    path: `/model/{modelId}/${method}`,
    operation: 'invokeModel',
    callerHints: messages.callerHints,
    parse: (wire) => readInvocation(wire, streams),
    head: (reply) => ({
      status: 200,
      headers: {
        ...commonHeaders(reply.id),
        ...(streams
          ? { 'content-type': EVENT_STREAM, 'x-amzn-bedrock-content-type': 'application/json' }
          : tokenHeaders(reply)),
      },
    }),
    whole: (reply, asked) =>
      asked.kind === 'embed'
        ? JSON.stringify(asked.maker.write(reply, asked.texts))
        : messages.whole(asOwn(reply), asked.own),
    stream(reply, asked) {
      if (asked.kind === 'embed') return noStream()
      return new ChunkStream(messages.stream(asOwn(reply), asked.own), reply)
    },
  }
}

/** Anthropic's models by their own format, whole and streamed. */
export const invokeModel = [generation('invoke'), generation('invoke-with-response-stream')] as const
