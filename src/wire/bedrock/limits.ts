import { ownName } from '../anthropic/by-path.ts'
import { rulesOf } from '../anthropic/model-rules.ts'
import type { BadRequest } from '../service.ts'
import type { ConverseRequest } from './converse-request.ts'
import { invalid } from './errors.ts'
import { isAnthropic } from './model-id.ts'

// Source: https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html,
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html.

const MAX_NOVA_TOKENS = 10_000
const MIN_THINKING = 1_024

/** Tokens that one answer of a model may have. */
function maxTokensOf(id: string): number {
  if (isAnthropic(id)) return rulesOf(ownName(id), '').maxOutput
  return /(^|\.)amazon\.nova-(micro|lite|pro|premier)-/.test(id) ? MAX_NOVA_TOKENS : Number.POSITIVE_INFINITY
}

const ofModel = (text: string): BadRequest => invalid(`The model returned the following errors: ${text}`)

/** What is asked of a model that is more, or less, than it does. */
export function beyondLimits(
  { inferenceConfig, additionalModelRequestFields: more }: ConverseRequest,
  id: string,
): BadRequest | undefined {
  const { maxTokens } = inferenceConfig ?? {}
  const most = maxTokensOf(id)
  if (maxTokens != null && maxTokens > most)
    return invalid(
      `The maximum tokens you requested exceeds the model limit of ${most}. Try again with a maximum tokens value that is lower ` +
        `than ${most}.`,
    )
  const { thinking } = (more ?? {}) as { thinking?: { budget_tokens?: unknown } | null }
  const budget = thinking?.budget_tokens
  if (!isAnthropic(id) || typeof budget !== 'number') return undefined
  if (budget < MIN_THINKING)
    return ofModel(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${MIN_THINKING}`)
  return maxTokens != null && maxTokens <= budget
    ? ofModel('`max_tokens` must be greater than `thinking.budget_tokens`.')
    : undefined
}
