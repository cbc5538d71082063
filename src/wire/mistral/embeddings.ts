import type { CallRequest } from '../../provider/index.ts'
import { embeddings as openaiEmbeddings } from '../openai/embeddings.ts'
import { isWithoutKey } from '../openai/errors.ts'
import { noStream } from '../openai/no-stream.ts'
import { isBad, type Generation } from '../service.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { usageOf } from './answer.ts'
import { commonHeaders, invalidField } from './errors.ts'

// Source: https://docs.mistral.ai/api/endpoint/embeddings.

const REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    input: {
      type: 'either',
      of: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, least: 1 }],
      required: true,
    },
    metadata: { type: 'object', fields: {}, open: true },
    output_dimension: { type: 'integer', min: 1, max: 3_072 },
    output_dtype: { type: 'string', among: ['float', 'int8', 'uint8', 'binary', 'ubinary'] },
    encoding_format: { type: 'string', among: ['float', 'base64'] },
  },
}
const DIMENSIONS = 1_024
const DIMENSIONS_OF_CODE = 1_536

/** Mistral's embeddings. */
export const embeddings: Generation<null> = {
  kind: 'generation',
  method: 'POST',
  path: '/v1/embeddings',
  operation: 'embeddings',
  callerHints: openaiEmbeddings.callerHints,

  parse(wire) {
    const { strict, header, body } = wire
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(shapeFor(REQUEST, strict), body)
    if (problem) return invalidField(problem, body)
    const { model, input, output_dimension: asked } = body
    const parsed = openaiEmbeddings.parse({ ...wire, strict: false, body: { model, input } })
    if (isBad(parsed)) return parsed
    const usual = String(model).startsWith('codestral') ? DIMENSIONS_OF_CODE : DIMENSIONS
    const call: CallRequest = { ...parsed.call, dimensions: typeof asked === 'number' && asked >= 1 ? asked : usual }
    return { call, asked: null }
  },

  head: (reply, limits) => ({
    status: 200,
    headers: { 'content-type': 'application/json', ...commonHeaders(reply.id, limits) },
  }),

  whole: (reply) =>
    JSON.stringify({
      id: reply.id,
      object: 'list',
      data: (reply.vectors ?? []).map((embedding, index) => ({ object: 'embedding', embedding, index })),
      model: reply.model,
      usage: usageOf(reply),
    }),

  stream: noStream,
}
