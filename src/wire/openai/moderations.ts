import type { Resource } from '../service.ts'
import { ANY, problemOf, shapeFor, type Shape } from '../shape.ts'
import { openaiProblem } from './errors.ts'
import { resource } from './resource.ts'

// Source: https://platform.openai.com/docs/api-reference/moderations.

/** Words that a test may use to have a text flagged, by category. */
const WORDS: Readonly<Record<string, RegExp>> = {
  harassment: /\bidiots?\b/i,
  'harassment/threatening': /\bi will hurt you\b/i,
  hate: /\bi hate (all|those)\b/i,
  'hate/threatening': /$^/,
  illicit: /\b(steal|counterfeit)\b/i,
  'illicit/violent': /\bbuild a bomb\b/i,
  'self-harm': /\b(kill|hurt) myself\b/i,
  'self-harm/instructions': /$^/,
  'self-harm/intent': /\bkill myself\b/i,
  sexual: /\bporn/i,
  'sexual/minors': /$^/,
  violence: /\b(kill|murder|stab|bomb)\b/i,
  'violence/graphic': /\b(gore|dismember)/i,
}
const LIKELY = 0.97
const UNLIKELY = 0.0001

function resultOf(text: string): object {
  const flags = Object.entries(WORDS).map(([category, words]) => [category, words.test(text)] as const)
  const each = <Value>(value: (flag: boolean) => Value): Record<string, Value> =>
    Object.fromEntries(flags.map(([category, flag]) => [category, value(flag)]))
  return {
    flagged: flags.some(([, flag]) => flag),
    categories: each((flag) => flag),
    category_scores: each((flag) => (flag ? LIKELY : UNLIKELY)),
    category_applied_input_types: each(() => ['text']),
  }
}

const textOf = (input: unknown): string =>
  typeof input === 'string' ? input : ((input as { text?: unknown } | null)?.text ?? '').toString()

const REQUEST: Shape = {
  type: 'object',
  fields: { input: { ...ANY, required: true }, model: { type: 'string' } },
}

/** Moderations: free, and by plain words. */
export const moderations: readonly Resource[] = [
  resource('POST', '/moderations', 'moderations', ({ body, strict }, context) => {
    const problem = problemOf(shapeFor(REQUEST, strict), body)
    if (problem) return openaiProblem(problem)
    const { input, model = 'omni-moderation-latest' } = body
    const list = Array.isArray(input) ? (input as unknown[]) : [input]
    // Parts of one text with pictures are judged together.
    const texts = list.some((part) => typeof part === 'object') ? [list.map(textOf).join('\n')] : list.map(textOf)
    return { id: `modr-${context.id()}`, model, results: texts.map(resultOf) }
  }),
]
