import type { Choice, Reply, ToolCall } from '../../../provider/index.ts'
import { logprobsOf } from './logprobs.ts'
import type { ChatMessage } from './request.ts'
import { callId } from '../call-id.ts'
import { pagesFor } from '../found.ts'

/** What an answer has to know of its request. */
export interface ChatAsked {
  stream: boolean
  /** Whether a stream tells its usage. */
  streamUsage: boolean
  /** Whether functions are called as they were before there were tools. */
  functions: boolean
  /** How many alternatives are told of each token; nothing where no chances are asked for. */
  logprobs: number | undefined
  serviceTier: string
  /** What is kept with the answer, where it is to be kept. */
  stored: { messages: readonly ChatMessage[]; metadata: unknown } | undefined
}

/** Who made the answer. */
export const FINGERPRINT = 'fp_longhaul'

/** Tokens, as Chat Completions tell of them. */
export const usageOf = ({ usage }: Reply) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cachedInput, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

const FINISH = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'stop',
  content_filter: 'content_filter',
  pause: 'stop',
} as const

/** Why the model stopped. */
export const finishOf = ({ finish }: Choice, { functions }: ChatAsked): string =>
  functions && finish === 'tool_calls' ? 'function_call' : FINISH[finish]

/** Chances of the tokens of a text, or nothing. */
export const logprobs = (text: string, refused: boolean, { logprobs: alternatives }: ChatAsked): object | null => {
  if (alternatives === undefined || text === '') return null
  const content = logprobsOf(text, alternatives)
  return refused ? { content: null, refusal: content } : { content, refusal: null }
}

/** A call of a tool. */
export const calledOf = (call: ToolCall, given = call.arguments): object =>
  call.custom
    ? { id: callId(call), type: 'custom', custom: { name: call.name, input: given } }
    : { id: callId(call), type: 'function', function: { name: call.name, arguments: given } }

/** A choice as a whole message. */
function messageOf(choice: Choice, { functions }: ChatAsked): object {
  const { text, toolCalls, finish } = choice
  const refused = finish === 'refusal'
  const [first] = toolCalls
  return {
    role: 'assistant',
    content: refused || (text === '' && toolCalls.length > 0) ? null : text,
    ...(first &&
      (functions
        ? { function_call: { name: first.name, arguments: first.arguments } }
        : { tool_calls: toolCalls.map((call) => calledOf(call)) })),
    refusal: refused ? text : null,
    annotations: pagesFor(choice).map((page) => ({ type: 'url_citation', url_citation: page })),
  }
}

/** The whole answer. */
export const completionOf = (reply: Reply, asked: ChatAsked): object => ({
  id: `chatcmpl-${reply.id}`,
  object: 'chat.completion',
  created: Math.floor(reply.createdAt / 1_000),
  model: reply.model,
  choices: reply.choices.map((choice, index) => ({
    index,
    message: messageOf(choice, asked),
    logprobs: asked.logprobs === undefined ? null : logprobs(choice.text, choice.finish === 'refusal', asked),
    finish_reason: finishOf(choice, asked),
  })),
  usage: usageOf(reply),
  service_tier: asked.serviceTier,
  system_fingerprint: FINGERPRINT,
})
