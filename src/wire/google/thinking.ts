import type { CallRequest } from '../../provider/index.ts'
import type { BadRequest } from '../service.ts'
import type { ContentRequest } from './content-request.ts'
import { invalid } from './errors.ts'

// Source: https://ai.google.dev/gemini-api/docs/thinking.

/** Least and most tokens of a thinking budget. */
interface Budget {
  least: number
  most: number
  /** Whether the model can do without thoughts. */
  off: boolean
}

/** The budget that a model takes; nothing for one that does not think. Models that are not known take any. */
function budgetOf(model: string): Budget | undefined {
  if (/^(gemini-(1|2\.0|pro|flash-1|embedding)|gemma)/.test(model)) return undefined
  if (model.startsWith('gemini-2.5-pro')) return { least: 128, most: 32_768, off: false }
  if (model.startsWith('gemini-2.5-flash-lite')) return { least: 512, most: 24_576, off: true }
  return { least: 0, most: model.startsWith('gemini-2.5') ? 24_576 : 65_536, off: true }
}

/** What is wrong with how much a model is to think. */
export function wrongThinking({ generationConfig }: ContentRequest, model: string): BadRequest | undefined {
  const thinking = generationConfig?.thinkingConfig
  if (!thinking) return undefined
  const { thinkingBudget: asked, thinkingLevel: level, includeThoughts } = thinking
  const budget = budgetOf(model)
  if (!budget)
    return asked || level || includeThoughts
      ? invalid('Unable to submit request because thinking is not supported by this model.')
      : undefined
  if (asked != null && level) return invalid('You can only set only one of thinking budget and thinking level.')
  if (level && model.startsWith('gemini-2.')) return invalid('Thinking level is not supported for this model.')
  if (asked === 0 && !budget.off) return invalid('Budget 0 is invalid. This model only works in thinking mode.')
  if (asked == null || asked <= 0 || (asked >= budget.least && asked <= budget.most)) return undefined
  return invalid(
    `The thinking budget ${asked} is invalid. Please choose a value between ${budget.least} and ${budget.most}.`,
  )
}

/** How much the model thinks: all that can do so by themselves, `flash-lite` where it is asked to. */
export function reasoningOf(
  { generationConfig }: ContentRequest,
  model: string,
): Pick<CallRequest, 'reasoning'> | undefined {
  const { thinkingBudget: budget, thinkingLevel: level } = generationConfig?.thinkingConfig ?? {}
  if (!/^gemini-/.test(model) || !budgetOf(model) || budget === 0) return undefined
  if (budget == null && !level && model.includes('flash-lite')) return undefined
  return {
    reasoning: {
      ...(level && { effort: level.toLowerCase() }),
      ...(budget != null && budget > 0 && { budget }),
    },
  }
}
