import type { CallRequest } from '../../provider/index.ts'
import type { BadRequest, ErrorFormat, Generation, Parsed, WireRequest } from '../service.ts'
import { problemOf, shapeFor } from '../shape.ts'
import { candidateOf, frameOf, usageOf, type ContentAsked } from './answer-parts.ts'
import { CONTENT_REQUEST, MAX_CANDIDATES, type ContentRequest, type GenerationConfig } from './content-request.ts'
import { ContentStream } from './content-stream.ts'
import { googleProblem, HEADERS, invalid, isWithoutKey, TELLS_RETRY } from './errors.ts'
import { promptOf } from './prompt.ts'
import { canonical } from './proto-json.ts'
import { jsonSchemaOf } from './schema.ts'
import { reasoningOf, wrongThinking } from './thinking.ts'
import { functionsOf, hostedOf, toolChoiceOf, wrongTools } from './tools.ts'
import { brokenTurn, demandsSignatures } from './turns.ts'

// Source: https://ai.google.dev/api/generate-content.

/** Where a service of Google's has its models, and how it words its errors. */
export interface Home {
  /** Path of a model, below the base URL. */
  models: string
  errors: ErrorFormat
  vertex: boolean
}

const MAX_STOP_SEQUENCES = 5

/** What a request says of its sender: Vertex AI's labels. */
export const labelHints = ({ labels }: Readonly<Record<string, unknown>>): string[] => {
  const { agent, agent_id: id, user } = (labels ?? {}) as Record<string, unknown>
  return [agent, id, user].filter((hint) => typeof hint === 'string')
}

/** Tokens that one answer may have. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/models. */
const maxTokensOf = (model: string): number =>
  /^gemini-(2\.5|[3-9])/.test(model) ? 65_536 : model.startsWith('gemini-2.0') ? 8_192 : Number.POSITIVE_INFINITY

/** What is wrong with a request though each of its fields is right. */
function contradictionIn(request: ContentRequest, model: string): BadRequest | undefined {
  const { responseMimeType: mime, stopSequences = [], maxOutputTokens = 1 } = request.generationConfig ?? {}
  const most = maxTokensOf(model)
  if (maxOutputTokens > most)
    return invalid(
      `Unable to submit request because it has a maxOutputTokens value of ${maxOutputTokens} but the supported range is from 1 ` +
        `(inclusive) to ${most + 1} (exclusive). Update the value and try again.`,
    )
  if (stopSequences.length > MAX_STOP_SEQUENCES)
    return invalid(
      `* GenerateContentRequest.generation_config.stop_sequences: the number of stop sequences is ${stopSequences.length}, which is above the limit of ${MAX_STOP_SEQUENCES}.\n`,
    )
  const functions = functionsOf(request)
  if (functions.length > 0 && !demandsSignatures(model)) {
    if (mime === 'application/json')
      return invalid("Function calling with a response mime type: 'application/json' is unsupported")
    if (hostedOf(request).length > 0) return invalid('Tool use with function calling is unsupported')
  }
  return wrongTools(request) ?? wrongThinking(request, model) ?? brokenTurn(request.contents, model)
}

function schemaOf(config: GenerationConfig): CallRequest['responseSchema'] {
  const json = config.responseJsonSchema ?? config._responseJsonSchema
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>
  if (config.responseSchema) return jsonSchemaOf(config.responseSchema)
  return config.responseMimeType === 'application/json' ? true : undefined
}

/** A model's name without the path before it. */
export const modelName = (given: string): string => {
  const path = given.includes('%') ? decodedOr(given) : given
  return path.slice(path.lastIndexOf('/') + 1)
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Reads a request to generate content. */
export function readContentRequest(
  { provider, params, query, body, strict, fingerprint, header }: WireRequest,
  { vertex }: Home,
  stream: boolean,
): Parsed<ContentAsked> | BadRequest {
  if (strict && isWithoutKey({ header, query })) return { kind: 'unauthorized' }
  const shape = shapeFor(CONTENT_REQUEST, strict)
  const given = canonical(shape, body)
  const problem = problemOf(shape, given)
  if (problem) return googleProblem(problem, given, 'GenerateContentRequest')
  const request = given as unknown as ContentRequest
  const model = modelName(params['model'] ?? '')
  if (model.includes('embedding'))
    return {
      kind: 'not_found',
      message: `models/${model} is not found for API version ${params['version'] ?? 'v1beta'}, or is not supported for generateContent.`,
    }
  const wrong = strict ? contradictionIn(request, model) : undefined
  if (wrong) return wrong
  const config = request.generationConfig ?? {}
  const messages = promptOf(request)
  const hosted = hostedOf(request)
  const call: CallRequest = {
    provider,
    operation: 'generateContent',
    model,
    messages,
    tools: functionsOf(request),
    toolChoice: toolChoiceOf(request),
    responseSchema: schemaOf(config),
    stream,
    ...(hosted.length > 0 && { hosted }),
    ...reasoningOf(request, model),
    maxOutputTokens: config.maxOutputTokens != null && config.maxOutputTokens > 0 ? config.maxOutputTokens : undefined,
    stop: config.stopSequences ?? [],
    choices: Math.min(Math.max(1, config.candidateCount ?? 1), MAX_CANDIDATES),
    callerHints: labelHints(body),
    retryCount: 0,
    tellsRetryAfter: vertex ? [] : TELLS_RETRY,
    fingerprint,
  }
  const asked: ContentAsked = {
    ...(stream && { frames: query.get('alt') === 'sse' ? 'events' : 'array' }),
    thoughts: config.thinkingConfig?.includeThoughts ?? false,
    mediaTokens: messages.reduce((sum, { mediaTokens = 0 }) => sum + mediaTokens, 0),
    vertex,
  }
  return { call, asked }
}

/** Generates content at one of Google's addresses, whole or as a stream. */
const generation = (home: Home, method: 'generateContent' | 'streamGenerateContent'): Generation<ContentAsked> => ({
  kind: 'generation',
  method: 'POST',
  path: `${home.models}:${method}`,
  operation: 'generateContent',
  errors: home.errors,
  callerHints: labelHints,
  parse: (request) => readContentRequest(request, home, method === 'streamGenerateContent'),

  head: (_, __, { frames }) => ({
    status: 200,
    headers: frames === 'events' ? { ...HEADERS, 'content-type': 'text/event-stream' } : { ...HEADERS },
  }),

  whole: (reply, asked) =>
    JSON.stringify({
      candidates: reply.choices.map((choice, index) => candidateOf(reply, choice, index, asked)),
      usageMetadata: usageOf(reply, asked),
      ...frameOf(reply, asked),
    }),

  stream: (reply, asked) => new ContentStream(reply, asked, home.errors),
})

/** Both ways to generate content. */
export const generateContent = (home: Home): Generation<ContentAsked>[] => [
  generation(home, 'generateContent'),
  generation(home, 'streamGenerateContent'),
]
