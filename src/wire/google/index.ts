import { openai } from '../openai/index.ts'
import { prefixed, type Elsewhere } from '../prefixed.ts'
import type { Endpoint, Service } from '../service.ts'
import { anthropicModels } from './anthropic-models.ts'
import { countTokens } from './count-tokens.ts'
import { embeddings } from './embeddings.ts'
import { geminiErrors, isWithoutKey, listedErrors, vertexErrors } from './errors.ts'
import { generateContent, modelName, type Home } from './generate-content.ts'
import { live } from './live/index.ts'
import { models } from './models.ts'

/** Where models are: at the Gemini API, and at Vertex AI in a project or without one. */
const HOMES: readonly Home[] = [
  { models: '/{version}/models/{model}', errors: geminiErrors, vertex: false },
  { models: '/{version}/tunedModels/{model}', errors: geminiErrors, vertex: false },
  {
    models: '/{version}/projects/{project}/locations/{location}/publishers/google/models/{model}',
    errors: vertexErrors,
    vertex: true,
  },
  { models: '/{version}/publishers/google/models/{model}', errors: vertexErrors, vertex: true },
]

const endpointsAt = (home: Home): Endpoint[] => [...generateContent(home), ...embeddings(home), countTokens(home)]

/** Google takes what OpenAI does not know, and names models with a path before them. */
const asOpenAI: Elsewhere = {
  errors: listedErrors,
  read(request) {
    if (request.strict && isWithoutKey(request)) return { kind: 'unauthorized' }
    const { model } = request.body
    const body = typeof model === 'string' ? { ...request.body, model: modelName(model) } : request.body
    return { ...request, body, strict: false }
  },
}

/** What of OpenAI's Google has too. */
const COMPATIBLE = openai.endpoints.filter(({ path }) => /^\/(chat\/completions|embeddings|models)(\/|$)/.test(path))

/** Google: the Gemini API and Vertex AI. */
export const google: Service = {
  name: 'google',
  baseURL: 'https://generativelanguage.googleapis.com',
  hosts: /^(generativelanguage|([a-z\d-]+-)?aiplatform|aiplatform(\.[a-z\d-]+)?\.rep)\.googleapis\.com$/,
  endpoints: [
    ...HOMES.flatMap(endpointsAt),
    ...anthropicModels,
    ...models,
    ...live,
    ...prefixed('/{version}/openai', COMPATIBLE, asOpenAI),
    ...prefixed('/{version}/projects/{project}/locations/{location}/endpoints/{endpoint}', COMPATIBLE, asOpenAI),
  ],
  errors: geminiErrors,
}
