import { asOwn, readByPath, type MessagesAsked } from '../anthropic/by-path.ts'
import { messages } from '../anthropic/messages.ts'
import { isBad, type Generation } from '../service.ts'
import { HEADERS, isWithoutKey, vertexErrors } from './errors.ts'

// Source: https://docs.claude.com/en/api/claude-on-vertex-ai.

const generation = (method: 'rawPredict' | 'streamRawPredict'): Generation<MessagesAsked> => ({
  kind: 'generation',
  method: 'POST',
  path: `/{version}/projects/{project}/locations/{location}/publishers/anthropic/models/{model}:${method}`,
  operation: 'messages',
  errors: vertexErrors,
  callerHints: messages.callerHints,

  parse(wire) {
    if (wire.strict && isWithoutKey(wire)) return { kind: 'unauthorized' }
    const parsed = readByPath(wire, wire.params['model'] ?? '', method === 'streamRawPredict')
    return isBad(parsed) ? parsed : { ...parsed, call: { ...parsed.call, tellsRetryAfter: [] } }
  },

  head: () => ({
    status: 200,
    headers: method === 'rawPredict' ? { ...HEADERS } : { ...HEADERS, 'content-type': 'text/event-stream' },
  }),
  whole: (reply, asked) => messages.whole(asOwn(reply), asked),
  stream: (reply, asked) => messages.stream(asOwn(reply), asked),
})

/** Anthropic's models at Vertex AI, by their own format. */
export const anthropicModels = [generation('rawPredict'), generation('streamRawPredict')] as const
