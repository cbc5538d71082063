import type { CallRequest, Reply } from '../../provider/index.ts'
import { noStream } from '../openai/no-stream.ts'
import type { BadRequest, Generation, WireRequest } from '../service.ts'
import { problemOf, shapeFor, type Field, type Shape } from '../shape.ts'
import { CONTENT, type Content } from './content-request.ts'
import { googleProblem, HEADERS, invalid, isWithoutKey, TELLS_RETRY } from './errors.ts'
import { labelHints, modelName, type Home } from './generate-content.ts'
import { messageOf } from './prompt.ts'
import { canonical } from './proto-json.ts'
import { embeddingCall } from '../embedding-call.ts'

// Source: https://ai.google.dev/api/embeddings,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api.

const STRING: Shape = { type: 'string' }
const DIMENSIONS: Shape = { type: 'integer', min: 1, max: 3_072 }
const CONFIG: Shape = {
  type: 'object',
  fields: { outputDimensionality: DIMENSIONS, taskType: STRING, title: STRING, autoTruncate: { type: 'boolean' } },
  open: true,
}
const ONE: Shape = {
  type: 'object',
  fields: {
    model: STRING,
    content: { ...CONTENT, required: true },
    taskType: STRING,
    title: STRING,
    outputDimensionality: DIMENSIONS,
    embedContentConfig: CONFIG,
    ...{ autoTruncate: { type: 'boolean' } as Shape, labels: { type: 'any' } as Shape },
  },
}
const MANY: Shape = {
  type: 'object',
  fields: { requests: { type: 'array', items: ONE, least: 1, required: true } as Field },
}
const INSTANCES: Shape = {
  type: 'object',
  fields: {
    instances: {
      type: 'array',
      items: { type: 'object', fields: { content: { type: 'string', required: true }, title: STRING }, open: true },
      least: 1,
      required: true,
    } as Field,
    parameters: CONFIG,
  },
  open: true,
}

/** Texts in one request. */
const MAX_TEXTS = 100

/** What is asked for: texts, and the length of their vectors. */
interface Texts {
  contents: readonly Content[]
  dimensions: number | undefined
}

interface One {
  content: Content
  outputDimensionality?: number
  embedContentConfig?: { outputDimensionality?: number }
}

/** One of the ways to ask for embeddings. */
interface Way {
  method: string
  shape: Shape
  /** The type of the request, in errors. */
  message: string
  read(body: Record<string, unknown>): Texts
  write(vectors: readonly (readonly number[])[], reply: Reply): object
}

const embedContent: Way = {
  method: 'embedContent',
  shape: ONE,
  message: 'EmbedContentRequest',
  read(body) {
    const { content, outputDimensionality, embedContentConfig } = body as unknown as One
    return { contents: [content], dimensions: outputDimensionality ?? embedContentConfig?.outputDimensionality }
  },
  write: ([values = []], { usage }) => ({
    embedding: { values },
    usageMetadata: { promptTokenCount: usage.input, totalTokenCount: usage.input },
  }),
}

const batchEmbedContents: Way = {
  method: 'batchEmbedContents',
  shape: MANY,
  message: 'BatchEmbedContentsRequest',
  read(body) {
    const { requests } = body as unknown as { requests: One[] }
    const [first] = requests
    return {
      contents: requests.map(({ content }) => content),
      dimensions: first?.outputDimensionality ?? first?.embedContentConfig?.outputDimensionality,
    }
  },
  write: (vectors) => ({ embeddings: vectors.map((values) => ({ values })) }),
}

const predict: Way = {
  method: 'predict',
  shape: INSTANCES,
  message: 'PredictRequest',
  read(body) {
    const { instances, parameters } = body as unknown as {
      instances: { content: string }[]
      parameters?: { outputDimensionality?: number }
    }
    return {
      contents: instances.map(({ content }) => ({ parts: [{ text: content }] })),
      dimensions: parameters?.outputDimensionality,
    }
  },
  write: (vectors, { usage }) => ({
    predictions: vectors.map((values) => ({
      embeddings: {
        values,
        statistics: { truncated: false, token_count: Math.ceil(usage.input / Math.max(1, vectors.length)) },
      },
    })),
    metadata: { billableCharacterCount: usage.input * 4 },
  }),
}

/** Of a compatible service too, which may have longer vectors. */
const MAX_DIMENSIONS = 16_384
const dimensionsOf = (asked: number | undefined, model: string): number =>
  asked !== undefined && asked >= 1 && asked <= MAX_DIMENSIONS ? asked : model.startsWith('gemini') ? 3_072 : 768

function readTexts(home: Home, way: Way, request: WireRequest): { call: CallRequest; asked: undefined } | BadRequest {
  const { provider, params, body, strict, fingerprint } = request
  if (strict && isWithoutKey(request)) return { kind: 'unauthorized' }
  const shape = shapeFor(way.shape, strict)
  const given = canonical(shape, body) as Record<string, unknown>
  const problem = problemOf(shape, given)
  if (problem) return googleProblem(problem, given, way.message)
  const model = modelName(params['model'] ?? '')
  const { contents, dimensions } = way.read(given)
  if (strict && contents.length > MAX_TEXTS)
    return invalid(`* ${way.message}.requests: at most ${MAX_TEXTS} requests can be in one batch\n`)
  if (strict && /^gemini-\d/.test(model))
    return {
      kind: 'not_found',
      message: `models/${model} is not found for API version ${params['version'] ?? 'v1beta'}, or is not supported for ${way.method}.`,
    }
  const call = embeddingCall({
    provider,
    operation: 'embeddings',
    model,
    messages: contents.map((content) => messageOf(content, 'user')),
    callerHints: labelHints(body),
    tellsRetryAfter: home.vertex ? [] : TELLS_RETRY,
    dimensions: dimensionsOf(dimensions, model),
    fingerprint,
  })
  return { call, asked: undefined }
}

const generation = (home: Home, way: Way): Generation<undefined> => ({
  kind: 'generation',
  method: 'POST',
  path: `${home.models}:${way.method}`,
  operation: 'embeddings',
  errors: home.errors,
  callerHints: labelHints,
  parse: (request) => readTexts(home, way, request),
  head: () => ({ status: 200, headers: { ...HEADERS } }),
  whole: (reply) => JSON.stringify(way.write(reply.vectors ?? [], reply)),
  stream: noStream,
})

/** The ways to ask for embeddings at one of Google's addresses. */
export const embeddings = (home: Home): Generation<undefined>[] =>
  (home.vertex ? [embedContent, predict] : [embedContent, batchEmbedContents]).map((way) => generation(home, way))
