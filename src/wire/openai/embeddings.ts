import { retryCountOf, type Generation } from '../service.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { chatHints } from './hints.ts'
import { isWithoutKey, openaiProblem } from './errors.ts'
import { noStream } from './no-stream.ts'
import { embeddingCall, textMessage } from '../embedding-call.ts'
import { answerHead } from './answer-head.ts'

// Source of shapes: https://platform.openai.com/docs/api-reference/embeddings.

/** Texts to embed in one request. */
const MAX_INPUTS = 2_048
/** A text, the tokens of one, or a token of the only one. */
const INPUT: Shape = {
  type: 'either',
  of: [
    { type: 'string' },
    { type: 'integer', min: 0 },
    { type: 'array', items: { type: 'integer', min: 0 }, least: 1 },
  ],
}

const REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    input: {
      type: 'either',
      of: [{ type: 'string' }, { type: 'array', items: INPUT, least: 1, most: MAX_INPUTS }],
      required: true,
    },
    encoding_format: { type: 'string', among: ['float', 'base64'] },
    dimensions: { type: 'integer', min: 1, max: 3_072 },
    user: { type: 'string' },
  },
}

interface EmbeddingsRequest {
  model: string
  input: string | (string | number | number[])[]
  encoding_format?: string | null
  dimensions?: number | null
}

const DEFAULT_DIMENSIONS = 1_536
const LARGE_DIMENSIONS = 3_072

/** Of a vendor too, which may have longer vectors, and a model of its own. */
const MAX_DIMENSIONS = 16_384
const dimensionsOf = (asked: number | null | undefined, model: string): number =>
  asked != null && asked >= 1 && asked <= MAX_DIMENSIONS
    ? asked
    : model.includes('large')
      ? LARGE_DIMENSIONS
      : DEFAULT_DIMENSIONS

/** Tokens that come as numbers, as a text that has as many. */
const textOfTokens = (tokens: readonly number[]): string => tokens.map((token) => ` t${token % 10}`).join('')

const textsOf = (input: EmbeddingsRequest['input']): readonly string[] =>
  typeof input === 'string'
    ? [input]
    : typeof input[0] === 'number'
      ? [textOfTokens(input as number[])]
      : input.map((one) => (Array.isArray(one) ? textOfTokens(one) : String(one)))

/** The vector as the official SDKs ask for it: 32-bit floats, little-endian, in base64. */
function base64Of(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  vector.forEach((value, index) => view.setFloat32(index * 4, value, true))
  return Buffer.from(view.buffer).toString('base64')
}

/** How the vectors are written. */
export interface EmbeddingsAsked {
  encoding: 'float' | 'base64'
}

/** OpenAI Embeddings. */
export const embeddings: Generation<EmbeddingsAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/embeddings',
  operation: 'embeddings',
  callerHints: chatHints,

  parse({ provider, body, strict, fingerprint, header }) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(shapeFor(REQUEST, strict), body)
    if (problem) return openaiProblem(problem)
    const { model, input, encoding_format: encoding, dimensions } = body as unknown as EmbeddingsRequest
    const call = embeddingCall({
      provider,
      operation: embeddings.operation,
      model,
      messages: textsOf(input).map(textMessage),
      callerHints: chatHints(body),
      retryCount: retryCountOf(header),
      dimensions: dimensionsOf(dimensions, model),
      fingerprint,
    })
    return { call, asked: { encoding: encoding === 'base64' ? 'base64' : 'float' } }
  },

  head: (reply, limits) => answerHead(reply, limits, { stream: false }),

  whole: ({ model, vectors = [], usage }, { encoding }) =>
    JSON.stringify({
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: encoding === 'base64' ? base64Of(vector) : vector,
      })),
      model,
      usage: { prompt_tokens: usage.input, total_tokens: usage.input },
    }),

  stream: noStream,
}
