import type { Usage } from '../trace/index.ts'
import type { CallRequest, Reply } from './call.ts'
import { embeddingVector } from './embedding.ts'
import type { Fault } from './faults.ts'
import type { Content } from './replies.ts'
import { tokenizerFor } from './tokens.ts'

const vectorsFor = ({ dimensions, messages }: CallRequest): Pick<Reply, 'vectors'> =>
  dimensions === undefined ? {} : { vectors: messages.map(({ text }) => embeddingVector(text, dimensions)) }

/** Makes the answer of what the model says: cut at stop sequences and at the limit of tokens, and counted. */
export function composeReply(
  request: CallRequest,
  content: Content,
  {
    id,
    createdAt,
    fault,
    input,
  }: {
    id: string
    /** Unix milliseconds. */
    createdAt: number
    fault: Fault | undefined
    input: Pick<Usage, 'input' | 'cachedInput' | 'cacheWrite'>
  },
): Reply {
  const tokenizer = tokenizerFor(request.provider, request.model)
  let { text, toolCalls, finish } = content
  let stopSequence: string | undefined
  if (fault === 'empty') {
    text = ''
    toolCalls = []
    finish = 'stop'
  } else if (fault === 'refusal') {
    text = "I'm sorry, but I can't help with that."
    toolCalls = []
    finish = 'refusal'
  }
  for (const stop of request.stop) {
    const place = text.indexOf(stop)
    if (place >= 0) {
      text = text.slice(0, place)
      stopSequence = stop
      finish = 'stop_sequence'
    }
  }
  const { reasoning = 0 } = content.usage
  const spoken = toolCalls.reduce(
    (sum, tool) => sum + tokenizer.count(tool.name) + tokenizer.count(tool.arguments),
    tokenizer.count(text),
  )
  let output = spoken + reasoning
  const limit = request.maxOutputTokens
  if (limit !== undefined && output > limit) {
    text = tokenizer.cut(text, Math.max(0, limit - reasoning))
    output = limit
    finish = 'length'
  }
  return {
    id,
    model: request.model,
    createdAt,
    text,
    toolCalls,
    finish,
    stopSequence,
    usage: { ...input, output, reasoning, ...content.usage },
    ...vectorsFor(request),
  }
}
