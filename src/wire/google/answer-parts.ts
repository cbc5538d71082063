import type { Choice, Reply, ToolCall } from '../../provider/index.ts'
import type { Framing } from './errors.ts'
import { codeParts, groundedIn } from './grounding.ts'
import { demandsSignatures } from './turns.ts'

// Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse.

/** What an answer has to know of its request. */
export interface ContentAsked extends Framing {
  /** Whether the thoughts themselves are told, or their number alone. */
  thoughts: boolean
  /** Tokens of the prompt that are no text. */
  mediaTokens: number
  vertex: boolean
}

const FINISH = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  refusal: 'STOP',
  content_filter: 'SAFETY',
  pause: 'STOP',
} as const

/** What a client has to give back with a call, so that the model remembers why it called. */
const signatureOf = (reply: Reply, choice: Choice): string | undefined =>
  demandsSignatures(reply.model) || choice.reasoning || choice.reasoningTokens
    ? btoa(`longhaul/${reply.id}/thoughts/${reply.choices.indexOf(choice)}`)
    : undefined

/** A call as a part; nothing where its arguments were cut off. */
export function callPart(reply: Reply, choice: Choice, { id, name, arguments: text }: ToolCall): object[] {
  let args: unknown
  try {
    args = JSON.parse(text)
  } catch {
    return []
  }
  const thoughtSignature = choice.toolCalls[0]?.id === id ? signatureOf(reply, choice) : undefined
  return [{ functionCall: { id, name, args }, ...(thoughtSignature && { thoughtSignature }) }]
}

/** The parts of a whole answer. */
function partsOf(reply: Reply, choice: Choice, { thoughts }: ContentAsked): object[] {
  const { reasoning, text, hosted = [], toolCalls } = choice
  return [
    ...(thoughts && reasoning ? [{ text: reasoning, thought: true }] : []),
    ...hosted.flatMap(codeParts),
    ...(text === '' ? [] : [{ text }]),
    ...toolCalls.flatMap((call) => callPart(reply, choice, call)),
  ]
}

const CATEGORIES = ['HATE_SPEECH', 'DANGEROUS_CONTENT', 'HARASSMENT', 'SEXUALLY_EXPLICIT']

const safetyRatings = CATEGORIES.map((name) => ({
  category: `HARM_CATEGORY_${name}`,
  ...(name === 'DANGEROUS_CONTENT' ? { probability: 'HIGH', blocked: true } : { probability: 'NEGLIGIBLE' }),
}))

/** How an answer ended, and what it rests on. */
export const endOf = (choice: Choice): object => ({
  finishReason: FINISH[choice.finish],
  ...(choice.finish === 'content_filter' && { safetyRatings }),
  ...groundedIn(choice),
})

/** One of the answers as a whole. What the filter has caught is not told; an answer that says nothing has no parts. */
export const candidateOf = (reply: Reply, choice: Choice, index: number, asked: ContentAsked): object => {
  const parts = partsOf(reply, choice, asked)
  const content = { ...(parts.length > 0 && { parts }), role: 'model' }
  return { ...(choice.finish !== 'content_filter' && { content }), ...endOf(choice), index }
}

const detailsOf = (total: number, media: number): object[] => [
  { modality: 'TEXT', tokenCount: total - media },
  ...(media > 0 ? [{ modality: 'IMAGE', tokenCount: media }] : []),
]

/** Tokens of the prompt, as far as they are known before the answer. */
export const promptUsage = ({ usage }: Reply, { mediaTokens, vertex }: ContentAsked): object => ({
  promptTokenCount: usage.input,
  ...(usage.cachedInput > 0 && {
    cachedContentTokenCount: usage.cachedInput,
    cacheTokensDetails: detailsOf(usage.cachedInput, 0),
  }),
  promptTokensDetails: detailsOf(usage.input, Math.min(mediaTokens, usage.input)),
  ...(vertex && { trafficType: 'ON_DEMAND' }),
})

/** Tokens of prompt, thoughts and answer. */
export const usageOf = (reply: Reply, asked: ContentAsked): object => {
  const { input, output, reasoning } = reply.usage
  return {
    ...promptUsage(reply, asked),
    candidatesTokenCount: output - reasoning,
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    totalTokenCount: input + output,
  }
}

/** What each part of an answer tells of the answer as a whole. */
export const frameOf = (reply: Reply, { vertex }: ContentAsked): object => ({
  modelVersion: reply.model,
  responseId: reply.id,
  ...(vertex && { createTime: new Date(reply.createdAt).toISOString() }),
})

/** The signature of an answer that calls nothing, where the model signs its answers. */
export const lastPart = (reply: Reply, choice: Choice): object => {
  const thoughtSignature =
    choice.toolCalls.length === 0 && demandsSignatures(reply.model) ? signatureOf(reply, choice) : undefined
  return { text: '', ...(thoughtSignature && { thoughtSignature }) }
}
