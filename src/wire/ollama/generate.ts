import type { Generation } from '../service.ts'
import { problemOf } from '../shape.ts'
import { fieldProblem } from './errors.ts'
import { callOf, GENERATE_REQUEST, messageOf } from './request.ts'
import { answersIn, type OllamaAsked } from './stream.ts'

/** Ollama's text without a conversation. */
export const generate: Generation<OllamaAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/api/generate',
  operation: 'generate',
  callerHints: () => [],
  parse(wire) {
    const problem = problemOf(GENERATE_REQUEST, wire.body)
    if (problem) return fieldProblem(problem)
    const { prompt, suffix, system, images } = wire.body as {
      prompt?: string | null
      suffix?: string | null
      system?: string | null
      images?: string[] | null
    }
    const question = messageOf('user', `${prompt ?? ''}${suffix ?? ''}`, images)
    const call = callOf(wire, 'generate', system ? [messageOf('system', system, null), question] : [question])
    const loads = !prompt
    if (loads) call.maxOutputTokens = 0
    return { call, asked: { stream: call.stream, loads } }
  },
  ...answersIn({
    part: ({ text = '', thinking }) => ({ response: text, ...(thinking !== undefined && { thinking }) }),
    end: { context: [] },
  }),
}
