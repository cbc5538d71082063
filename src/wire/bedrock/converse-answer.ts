import type { Choice, Reply, ToolCall } from '../../provider/index.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (response).

/** What an answer has to know of its request. */
export interface ConverseAsked {
  stream: boolean
  /** Whether a guardrail watches the answer. */
  guarded: boolean
  /** What the request says of tier and performance, which the answer repeats. */
  echoed: object
}

/** An id as it is told; ids of the user's own that have the prefix keep it. */
export const toolUseId = ({ id }: ToolCall): string => (id.startsWith('tooluse_') ? id : `tooluse_${id}`)

/** The signature of what the model thought. */
export const signatureOf = ({ id }: Reply): string => btoa(`longhaul/${id}/thoughts`)

const STOP_REASONS = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'end_turn',
  pause: 'end_turn',
} as const

/** Why the model stopped. */
export const stopReasonOf = ({ finish }: Choice, { guarded }: ConverseAsked): string =>
  finish === 'content_filter' ? (guarded ? 'guardrail_intervened' : 'content_filtered') : STOP_REASONS[finish]

/** Tokens that are billed. What comes from the cache, or goes there, is counted apart. */
export const usageOf = ({ usage }: Reply): object => ({
  inputTokens: usage.input - usage.cachedInput - usage.cacheWrite,
  outputTokens: usage.output,
  totalTokens: usage.input + usage.output,
  cacheReadInputTokens: usage.cachedInput,
  cacheWriteInputTokens: usage.cacheWrite,
})

/** The input of a tool as it is read; nothing where it was cut off. */
function inputOf(call: ToolCall): unknown {
  try {
    return JSON.parse(call.arguments)
  } catch {
    return {}
  }
}

/** The blocks of a whole answer. */
export function contentOf(reply: Reply, { reasoning, text, toolCalls }: Choice): object[] {
  return [
    ...(reasoning ? [{ reasoningContent: { reasoningText: { text: reasoning, signature: signatureOf(reply) } } }] : []),
    ...(text === '' ? [] : [{ text }]),
    ...toolCalls.map((call) => ({ toolUse: { toolUseId: toolUseId(call), name: call.name, input: inputOf(call) } })),
  ]
}
