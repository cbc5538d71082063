import type { CallRequest } from '../../provider/index.ts'
import type { BadRequest, Generation, Parsed, WireRequest } from '../service.ts'
import { problemOf, shapeFor } from '../shape.ts'
import { contentOf, stopReasonOf, usageOf, type ConverseAsked } from './converse-answer.ts'
import { CONVERSE_REQUEST, type ConverseRequest } from './converse-request.ts'
import { ConverseStream } from './converse-stream.ts'
import { commonHeaders, invalid, isUnsigned, problemText } from './errors.ts'
import { EVENT_STREAM } from './frames.ts'
import { beyondLimits } from './limits.ts'
import { modelIdOf, withoutProfile } from './model-id.ts'
import { promptOf } from './prompt.ts'
import { hostedOf, toolChoiceOf, toolsOf, wrongTools } from './tools.ts'
import { brokenTurn } from './turns.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a request says of its sender. */
const metadataHints = ({ requestMetadata }: Readonly<Record<string, unknown>>): string[] => {
  const { agent, agent_id: id, user } = isObject(requestMetadata) ? requestMetadata : {}
  return [agent, id, user].filter((hint) => typeof hint === 'string')
}

/** Reads the header with which AWS' SDKs count their tries: `attempt=2; max=3`. */
export const retryCountOf = (header: WireRequest['header']): number =>
  Math.max(0, (Number(/attempt=(\d+)/.exec(header('amz-sdk-request') ?? '')?.[1]) || 1) - 1)

/** The schema of the answer, which the request has as text. */
function schemaOf({ outputConfig }: ConverseRequest): CallRequest['responseSchema'] | BadRequest {
  const text = outputConfig?.textFormat?.structure.jsonSchema?.schema
  if (text === undefined) return undefined
  try {
    const schema: unknown = JSON.parse(text)
    if (isObject(schema)) return schema
  } catch {
    // Said below.
  }
  return invalid('The schema at outputConfig.textFormat.structure.jsonSchema.schema is not a valid JSON schema.')
}

/** How much the model thinks, as its own maker's fields say. */
function reasoningOf({ additionalModelRequestFields: more, outputConfig }: ConverseRequest): Partial<CallRequest> {
  const fields = isObject(more) ? more : {}
  const asked = fields['thinking'] ?? fields['reasoning_config'] ?? fields['reasoningConfig']
  if (!isObject(asked) || asked['type'] === 'disabled') return {}
  const budget = asked['budget_tokens']
  const effort = asked['maxReasoningEffort'] ?? outputConfig?.effort
  return {
    reasoning: {
      ...(typeof budget === 'number' && { budget }),
      ...(typeof effort === 'string' && { effort }),
    },
  }
}

/** Reads a conversation. */
export function readConversation(wire: WireRequest, stream: boolean): Parsed<ConverseAsked> | BadRequest {
  const { provider, params, body, strict, fingerprint, header } = wire
  if (strict && isUnsigned(wire)) return { kind: 'unauthorized' }
  const problem = problemOf(shapeFor(CONVERSE_REQUEST, strict), body)
  if (problem) return invalid(problemText(problem))
  const request = body as unknown as ConverseRequest
  const given = params['modelId'] ?? ''
  const model = modelIdOf(given)
  const wrong = strict
    ? (withoutProfile(given) ?? brokenTurn(request) ?? wrongTools(request) ?? beyondLimits(request, model))
    : undefined
  if (wrong) return wrong
  const responseSchema = schemaOf(request)
  if (isObject(responseSchema) && responseSchema['kind'] === 'invalid') return responseSchema as unknown as BadRequest
  const { maxTokens, stopSequences } = request.inferenceConfig ?? {}
  const hosted = hostedOf(request)
  const call: CallRequest = {
    provider,
    operation: 'converse',
    model,
    messages: promptOf(request),
    tools: toolsOf(request),
    toolChoice: toolChoiceOf(request),
    responseSchema: responseSchema as CallRequest['responseSchema'],
    stream,
    ...(hosted.length > 0 && { hosted }),
    ...reasoningOf(request),
    maxOutputTokens: maxTokens != null && maxTokens > 0 ? maxTokens : undefined,
    stop: stopSequences ?? [],
    choices: 1,
    callerHints: metadataHints(body),
    retryCount: retryCountOf(header),
    tellsRetryAfter: [],
    fingerprint,
  }
  const { performanceConfig, serviceTier } = body
  const echoed = {
    ...(performanceConfig != null && { performanceConfig }),
    ...(serviceTier != null && { serviceTier }),
  }
  return { call, asked: { stream, guarded: request.guardrailConfig != null, echoed } }
}

const generation = (method: 'converse' | 'converse-stream'): Generation<ConverseAsked> => ({
  kind: 'generation',
  method: 'POST',
  path: `/model/{modelId}/${method}`,
  operation: 'converse',
  callerHints: metadataHints,
  parse: (wire) => readConversation(wire, method === 'converse-stream'),

  head: (reply, _, { stream }) => ({
    status: 200,
    headers: { ...commonHeaders(reply.id), ...(stream && { 'content-type': EVENT_STREAM }) },
  }),

  whole(reply, asked) {
    const [choice] = reply.choices
    return JSON.stringify({
      output: { message: { role: 'assistant', content: contentOf(reply, choice) } },
      stopReason: stopReasonOf(choice, asked),
      usage: usageOf(reply),
      metrics: { latencyMs: 0 },
      ...asked.echoed,
    })
  },

  stream: (reply, asked) => new ConverseStream(reply, asked),
})

/** A turn of a conversation, whole and streamed. */
export const converse = [generation('converse'), generation('converse-stream')] as const
