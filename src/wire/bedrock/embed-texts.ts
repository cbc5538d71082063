import type { Reply } from '../../provider/index.ts'
import type { BadRequest, Parsed, WireRequest } from '../service.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { invalid, problemText } from './errors.ts'
import { modelIdOf } from './model-id.ts'
import { embeddingCall, textMessage } from '../embedding-call.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html,
// …/model-parameters-embed.html.

/** How a maker's models are asked for the vectors of texts. */
interface Maker {
  ids: RegExp
  shape: Shape
  read(body: Readonly<Record<string, unknown>>, id: string): { texts: readonly string[]; dimensions: number }
  write(reply: Reply, texts: readonly string[]): object
}

/** What an answer has to know of its request. */
export interface EmbedAsked {
  kind: 'embed'
  maker: Maker
  texts: readonly string[]
}

const STRING: Shape = { type: 'string' }
const STRINGS: Shape = { type: 'array', items: STRING }

const titan: Maker = {
  ids: /(^|\.)amazon\.titan-embed-text/,
  shape: {
    type: 'object',
    fields: {
      inputText: { type: 'string', required: true },
      dimensions: { type: 'integer', min: 256, max: 1_024 },
      normalize: { type: 'boolean' },
      embeddingTypes: STRINGS,
    },
  },
  read: ({ inputText, dimensions }, id) => ({
    texts: [inputText as string],
    dimensions: (dimensions as number | null | undefined) ?? (id.includes('-v1') ? 1_536 : 1_024),
  }),
  write: ({ vectors: [embedding = []] = [], usage }) => ({
    embedding,
    embeddingsByType: { float: embedding },
    inputTextTokenCount: usage.input,
  }),
}

const cohere: Maker = {
  ids: /(^|\.)cohere\.embed-/,
  shape: {
    type: 'object',
    fields: {
      texts: { type: 'array', items: STRING, least: 1, required: true },
      input_type: { type: 'string', required: true },
      truncate: STRING,
      embedding_types: STRINGS,
      output_dimension: { type: 'integer', min: 256, max: 1_536 },
      max_tokens: { type: 'integer', min: 1 },
    },
  },
  read: ({ texts, output_dimension: asked }, id) => ({
    texts: texts as string[],
    dimensions: (asked as number | null | undefined) ?? (id.includes('-v4') ? 1_536 : 1_024),
  }),
  write: ({ id, vectors = [] }, texts) => ({ id, response_type: 'embeddings_floats', embeddings: vectors, texts }),
}

/** Of what is only compatible too. */
const within = (dimensions: number): number => Math.min(Math.max(1, dimensions), 16_384)

/** The maker of a model that makes vectors of texts. */
export const embedderOf = (id: string): Maker | undefined => [titan, cohere].find(({ ids }) => ids.test(id))

/** Reads a request for the vectors of texts. */
export function readTexts(wire: WireRequest, maker: Maker): Parsed<EmbedAsked> | BadRequest {
  const problem = problemOf(shapeFor(maker.shape, wire.strict), wire.body)
  if (problem)
    return invalid(`Malformed input request: ${problemText(problem)}, please reformat your input and try again.`)
  const model = modelIdOf(wire.params['modelId'] ?? '')
  const { texts, dimensions } = maker.read(wire.body, model)
  const call = embeddingCall({
    provider: wire.provider,
    operation: 'embeddings',
    model,
    messages: texts.map(textMessage),
    callerHints: [],
    retryCount: 0,
    dimensions: within(dimensions),
    fingerprint: wire.fingerprint,
  })
  return { call, asked: { kind: 'embed', maker, texts } }
}
