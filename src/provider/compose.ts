import type { Usage } from '../trace/index.ts'
import type { CallRequest, Choice, Reply } from './call.ts'
import { embeddingVector } from './embedding.ts'
import type { Fault } from './faults.ts'
import type { Content, Contents } from './replies.ts'
import { tokenizerFor, type Tokenizer } from './tokens.ts'

const vectorsFor = ({ dimensions, messages }: CallRequest): Pick<Reply, 'vectors'> =>
  dimensions === undefined ? {} : { vectors: messages.map(({ text }) => embeddingVector(text, dimensions)) }

/** Makes the answer of what the model says, a choice of each content: cut at stop sequences and at the limit of tokens, and counted. */
export function composeReply(
  request: CallRequest,
  contents: Contents,
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
  const compose = (content: Content): Choice => composeChoice(request, suffering(content, fault), tokenizer)
  const [first, ...others] = contents
  const choices: Reply['choices'] = [compose(first), ...others.map(compose)]
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    id,
    model: request.model,
    createdAt,
    choices,
    usage: {
      ...input,
      ...first.usage,
      output: sum(choices.map(({ tokens }) => tokens)),
      reasoning: sum(contents.map(({ usage }) => usage.reasoning ?? 0)),
    },
    ...vectorsFor(request),
  }
}

/** What is left of a content by a fault. */
function suffering(content: Content, fault: Fault | undefined): Content {
  if (fault === 'empty') return { ...content, text: '', toolCalls: [], finish: 'stop' }
  if (fault !== 'refusal') return content
  return { ...content, text: "I'm sorry, but I can't help with that.", toolCalls: [], finish: 'refusal' }
}

function composeChoice(request: CallRequest, content: Content, tokenizer: Tokenizer): Choice {
  let { text, finish } = content
  const { toolCalls, usage } = content
  let stopSequence: string | undefined
  for (const stop of request.stop) {
    const place = text.indexOf(stop)
    if (place >= 0) {
      text = text.slice(0, place)
      stopSequence = stop
      finish = 'stop_sequence'
    }
  }
  const { reasoning = 0 } = usage
  const spoken = toolCalls.reduce(
    (sum, tool) => sum + tokenizer.count(tool.name) + tokenizer.count(tool.arguments),
    tokenizer.count(text),
  )
  let tokens = spoken + reasoning
  const limit = request.maxOutputTokens
  if (limit !== undefined && tokens > limit) {
    text = tokenizer.cut(text, Math.max(0, limit - reasoning))
    tokens = limit
    finish = 'length'
  }
  return { text, toolCalls, finish, stopSequence, tokens: usage.output ?? tokens }
}
