import { noStream } from '../openai/no-stream.ts'
import type { Generation, WireRequest } from '../service.ts'
import { problemOf, type Shape } from '../shape.ts'
import { durationsOf } from './durations.ts'
import { fieldProblem } from './errors.ts'
import { callOf, messageOf } from './request.ts'

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const MODEL = { type: 'string', required: true } as const
const EMBED_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: MODEL,
    input: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], required: true },
    dimensions: { type: 'integer' },
    options: OPEN,
  },
  open: true,
}
const EMBEDDINGS_REQUEST: Shape = {
  type: 'object',
  fields: { model: MODEL, prompt: { type: 'string', required: true }, options: OPEN },
  open: true,
}

const DIMENSIONS: readonly [RegExp, number][] = [
  [/mxbai|bge-m3|large/, 1_024],
  [/minilm/, 384],
]
const USUAL_DIMENSIONS = 768
const MAX_DIMENSIONS = 8_192
const dimensionsOf = (model: string, asked: unknown): number =>
  typeof asked === 'number' && asked >= 1 && asked <= MAX_DIMENSIONS
    ? asked
    : (DIMENSIONS.find(([ids]) => ids.test(model))?.[1] ?? USUAL_DIMENSIONS)

/** Vectors of texts, which are never streamed. */
function callFor(wire: WireRequest, texts: readonly string[]) {
  const { options: _, ...body } = wire.body
  const call = callOf(
    { ...wire, body },
    'embed',
    texts.map((text) => messageOf('user', text, null)),
  )
  return { ...call, stream: false, dimensions: dimensionsOf(call.model, wire.body['dimensions']) }
}

const head: Generation['head'] = () => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
})

/** Ollama's embeddings. */
export const embed: readonly Generation<null>[] = [
  {
    kind: 'generation',
    method: 'POST',
    path: '/api/embed',
    operation: 'embed',
    callerHints: () => [],
    parse(wire) {
      const problem = problemOf(EMBED_REQUEST, wire.body)
      if (problem) return fieldProblem(problem)
      const input = wire.body['input'] as string | string[]
      return { call: callFor(wire, typeof input === 'string' ? [input] : input), asked: null }
    },
    head,
    whole(reply) {
      const { total_duration, load_duration, prompt_eval_count } = durationsOf(reply)
      const embeddings = reply.vectors ?? []
      return JSON.stringify({ model: reply.model, embeddings, total_duration, load_duration, prompt_eval_count })
    },
    stream: noStream,
  },
  {
    kind: 'generation',
    method: 'POST',
    path: '/api/embeddings',
    operation: 'embeddings',
    callerHints: () => [],
    parse(wire) {
      const problem = problemOf(EMBEDDINGS_REQUEST, wire.body)
      if (problem) return fieldProblem(problem)
      return { call: callFor(wire, [wire.body['prompt'] as string]), asked: null }
    },
    head,
    whole: ({ vectors: [embedding] = [] }) => JSON.stringify({ embedding }),
    stream: noStream,
  },
]
