import type { ErrorFormat, Live } from '../../service.ts'
import { geminiErrors, isWithoutKey, vertexErrors } from '../errors.ts'
import { GeminiSession } from './session.ts'

const at = (path: string, errors: ErrorFormat): Live => ({
  kind: 'live',
  method: 'GET',
  path,
  operation: 'bidiGenerateContent',
  errors,
  open(wire) {
    if (wire.strict && isWithoutKey(wire) && !wire.query.get('access_token')) return { kind: 'unauthorized' }
    return (connection) => new GeminiSession(wire, connection)
  },
})

/** Sessions at the Gemini API, with a key or with a token that was made for one, and at Vertex AI. */
export const live: readonly Live[] = [
  at('/ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContent', geminiErrors),
  at('/ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContentConstrained', geminiErrors),
  at('/ws/google.cloud.aiplatform.{version}.LlmBidiService/BidiGenerateContent', vertexErrors),
]
