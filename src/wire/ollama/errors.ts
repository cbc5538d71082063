import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireResponse } from '../service.ts'
import type { Problem } from '../shape.ts'

// Source: https://github.com/ollama/ollama/blob/main/docs/api.md, …/server/routes.go.

/** A whole answer. */
export const answerOf = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})

/** What is wrong with a field, as Ollama's reader of JSON says it. */
export const fieldProblem = (problem: Problem): BadRequest => {
  const place = problem.path.join('.')
  const message =
    problem.kind === 'missing'
      ? `${place} is required`
      : problem.kind === 'type'
        ? `json: cannot unmarshal ${problem.given} into Go struct field .${place} of type ${problem.expected}`
        : `invalid ${place}`
  return { kind: 'invalid', message, param: null, code: null }
}

/** Ollama's errors. */
export const ollamaErrors: ErrorFormat = {
  bad(problem) {
    switch (problem.kind) {
      case 'not_json':
        return answerOf(400, { error: 'invalid character in JSON body' })
      case 'too_large':
        return answerOf(413, { error: 'request body too large' })
      case 'unauthorized':
        return answerOf(401, { error: 'unauthorized' })
      case 'not_found':
        return answerOf(404, { error: problem.message })
      case 'invalid':
        return answerOf(400, { error: problem.message })
      default:
        return problem satisfies never
    }
  },

  refusal(refusal) {
    switch (refusal.kind) {
      case 'rate_limited':
      case 'request_too_large':
      case 'quota_exhausted':
        return answerOf(429, { error: 'too many requests' })
      case 'overloaded':
        return answerOf(503, { error: 'server busy, please try again.  maximum pending requests exceeded' })
      case 'server_error':
        return answerOf(500, { error: refusal.message ?? 'llama runner process has terminated: signal: killed' })
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'unauthorized':
        return answerOf(401, { error: 'unauthorized' })
      case 'model_retired':
      case 'model_not_found':
        return answerOf(404, { error: `model '${refusal.model}' not found` })
      case 'prompt_filtered':
        return answerOf(403, { error: 'prompt rejected' })
      case 'context_length':
        return answerOf(400, { error: 'input length exceeds the context length' })
      default:
        return refusal satisfies never
    }
  },
}
