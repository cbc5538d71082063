import type { CallRequest } from '../../provider/index.ts'
import { isWithoutKey } from '../openai/errors.ts'
import { noStream } from '../openai/no-stream.ts'
import { retryCountOf, type BadRequest, type Generation, type WireRequest } from '../service.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { commonHeaders, fieldProblem } from './errors.ts'
import { embeddingCall, textMessage } from '../embedding-call.ts'

// Source: https://docs.cohere.com/reference/embed, …/rerank.

const TEXTS: Shape = { type: 'array', items: { type: 'string' }, most: 96 }
const EMBEDDING_TYPES = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64']
const EMBED_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    input_type: {
      type: 'string',
      among: ['search_document', 'search_query', 'classification', 'clustering', 'image'],
      required: true,
    },
    texts: TEXTS,
    images: { type: 'array', items: { type: 'string' } },
    inputs: { type: 'array', items: { type: 'object', fields: {}, open: true }, most: 96 },
    max_tokens: { type: 'integer' },
    output_dimension: { type: 'integer', min: 1 },
    embedding_types: { type: 'array', items: { type: 'string', among: EMBEDDING_TYPES } },
    truncate: { type: 'string', among: ['NONE', 'START', 'END'] },
    priority: { type: 'integer' },
  },
}
const RERANK_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    query: { type: 'string', required: true },
    documents: { type: 'array', items: { type: 'string' }, least: 1, required: true },
    top_n: { type: 'integer', min: 1 },
    max_tokens_per_doc: { type: 'integer', min: 1 },
    priority: { type: 'integer' },
  },
}
function problemIn({ strict, header, body }: WireRequest, shape: Shape): BadRequest | undefined {
  if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
  const problem = problemOf(shapeFor(shape, strict), body)
  return problem && fieldProblem(problem)
}

const callFor = (
  { provider, body, header, fingerprint }: WireRequest,
  operation: string,
  texts: readonly string[],
  dimensions: number,
): CallRequest =>
  embeddingCall({
    provider,
    operation,
    model: String(body['model']),
    messages: texts.map(textMessage),
    callerHints: [],
    retryCount: retryCountOf(header),
    dimensions,
    fingerprint,
  })

const head: Generation['head'] = (reply) => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...commonHeaders(reply.id) },
})

const DIMENSIONS: readonly [RegExp, number][] = [
  [/light/, 384],
  [/v3/, 1_024],
]
const usualDimensions = (model: string): number => DIMENSIONS.find(([ids]) => ids.test(model))?.[1] ?? 1_536
const MAX_DIMENSIONS = 4_096

/** Numbers of a vector as whole ones between two ends. */
const scaled = (vector: readonly number[], from: number): number[] =>
  vector.map((value) => Math.round(((value + 1) / 2) * 255) + from)
/** Signs of a vector, eight to a byte. */
const packed = (vector: readonly number[], from: number): number[] =>
  Array.from({ length: Math.ceil(vector.length / 8) }, (_, byte) => {
    let bits = 0
    for (let bit = 0; bit < 8; bit++) bits = bits * 2 + ((vector[byte * 8 + bit] ?? 0) > 0 ? 1 : 0)
    return bits + from
  })
const base64Of = (vector: readonly number[]): string => Buffer.from(new Float32Array(vector).buffer).toString('base64')

const WRITTEN: Readonly<Record<string, (vector: readonly number[]) => unknown>> = {
  float: (vector) => vector,
  int8: (vector) => scaled(vector, -128),
  uint8: (vector) => scaled(vector, 0),
  binary: (vector) => packed(vector, -128),
  ubinary: (vector) => packed(vector, 0),
  base64: base64Of,
}

/** How vectors are written. */
interface EmbedAsked {
  types: readonly string[]
  texts: readonly string[]
}

/** The text of something to embed that may have images in it. */
const inputText = (input: { content?: unknown }): string =>
  (Array.isArray(input.content) ? (input.content as { text?: unknown }[]) : [])
    .map((part) => (typeof part?.text === 'string' ? part.text : 'image'))
    .join(' ')

/** Cohere's embeddings. */
export const embed: Generation<EmbedAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/v2/embed',
  operation: 'embed',
  callerHints: () => [],
  parse(wire) {
    const problem = problemIn(wire, EMBED_REQUEST)
    if (problem) return problem
    const {
      texts,
      images,
      inputs,
      embedding_types: types,
      output_dimension: given,
      model,
    } = wire.body as {
      texts?: string[] | null
      images?: string[] | null
      inputs?: { content?: unknown }[] | null
      embedding_types?: string[] | null
      output_dimension?: number | null
      model: string
    }
    const all = texts ?? inputs?.map(inputText) ?? images?.map((image) => image.slice(0, 1_000)) ?? []
    if (all.length === 0)
      return {
        kind: 'invalid',
        message: 'invalid request: valid texts, images or inputs must be provided',
        param: null,
        code: null,
      }
    const dimensions = given != null && given >= 1 && given <= MAX_DIMENSIONS ? given : usualDimensions(model)
    const known = (types ?? []).filter((type) => Object.hasOwn(WRITTEN, type))
    return {
      call: callFor(wire, embed.operation, all, dimensions),
      asked: { types: known.length > 0 ? known : ['float'], texts: texts ?? [] },
    }
  },
  head,
  whole: ({ id, vectors = [], usage }, { types, texts }) =>
    JSON.stringify({
      id,
      embeddings: Object.fromEntries(types.map((type) => [type, vectors.map((vector) => WRITTEN[type]!(vector))])),
      texts,
      meta: { api_version: { version: '2' }, billed_units: { input_tokens: usage.input } },
      response_type: 'embeddings_by_type',
    }),
  stream: noStream,
}

/** Of the vectors by which texts are ranked. */
const RANK_DIMENSIONS = 256

const product = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * other[index]!, 0)

/** How many of the documents are wanted. */
interface RerankAsked {
  most: number
}

/** Cohere's ranking of documents: by the words that they share with the query. Billed by searches, which the table of prices lacks. */
export const rerank: Generation<RerankAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/v2/rerank',
  operation: 'rerank',
  callerHints: () => [],
  parse(wire) {
    const problem = problemIn(wire, RERANK_REQUEST)
    if (problem) return problem
    const {
      query,
      documents,
      top_n: most,
      model,
    } = wire.body as {
      query: string
      documents: string[]
      top_n?: number | null
      model: string
    }
    const call = callFor(wire, rerank.operation, [query, ...documents], RANK_DIMENSIONS)
    if (model.startsWith('rerank-')) call.catalogue = '*'
    return { call, asked: { most: most ?? documents.length } }
  },
  head,
  whole({ id, vectors = [] }, { most }) {
    const [query = [], ...documents] = vectors
    const results = documents
      .map((vector, index) => ({ index, relevance_score: Math.max(0, Math.min(1, product(query, vector))) }))
      .toSorted((one, other) => other.relevance_score - one.relevance_score)
      .slice(0, most)
    return JSON.stringify({ id, results, meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } })
  },
  stream: noStream,
}
