import type { Usage } from '../trace/index.ts'
import type { CallRequest, Choice, Reply } from './call.ts'
import { cutContent, spokenTokens, type Content, type Contents } from './content.ts'
import { embeddingVector } from './embedding.ts'
import type { FaultKind } from './faults/index.ts'
import { tokenizerFor, type Tokenizer } from './tokens.ts'

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
    fault: FaultKind | undefined
    input: Pick<Usage, 'input' | 'cachedInput' | 'cacheWrite'>
  },
): Reply {
  const tokenizer = tokenizerFor(request.provider, request.model)
  const { dimensions } = request
  // Who turns texts into numbers says nothing, and so cannot decline.
  const change = dimensions === undefined ? fault?.content : undefined
  const first = composeChoice(request, contents[0], tokenizer, change)
  const choices: [Choice, ...Choice[]] = [first]
  for (let nth = 1; nth < contents.length; nth++)
    choices.push(composeChoice(request, contents[nth]!, tokenizer, change))
  let output = 0
  let reasoning = 0
  for (const choice of choices) {
    output += choice.tokens
    reasoning += choice.reasoningTokens ?? 0
  }
  const { usage: own } = contents[0]
  const usage = {
    input: own.input ?? input.input,
    cachedInput: own.cachedInput ?? input.cachedInput,
    cacheWrite: own.cacheWrite ?? input.cacheWrite,
    output,
    reasoning,
  }
  const reply: Reply = { id, model: request.model, createdAt, choices, usage }
  if (dimensions !== undefined) reply.vectors = request.messages.map(({ text }) => embeddingVector(text, dimensions))
  return reply
}

function composeChoice(
  request: CallRequest,
  given: Content,
  tokenizer: Tokenizer,
  change: FaultKind['content'],
): Choice {
  let content = change ? change(given, tokenizer) : given
  let stopSequence: string | undefined
  for (const stop of request.stop) {
    const place = content.text.indexOf(stop)
    if (place < 0) continue
    // Calls would have come after the text.
    content = { ...content, text: content.text.slice(0, place), toolCalls: [], finish: 'stop_sequence' }
    stopSequence = stop
  }
  let reasoningTokens = content.usage.reasoning ?? content.reasoningTokens
  let tokens = spokenTokens(content, tokenizer) + reasoningTokens
  const limit = request.maxOutputTokens
  if (limit !== undefined && tokens > limit) {
    reasoningTokens = Math.min(reasoningTokens, limit)
    content = cutContent(content, limit - reasoningTokens, tokenizer)
    tokens = limit
  }
  const { text, toolCalls, finish, reasoning, hosted, usage } = content
  const choice: Choice = { text, toolCalls, finish, stopSequence, tokens: usage.output ?? tokens }
  if (reasoningTokens > 0) choice.reasoningTokens = reasoningTokens
  if (reasoning !== '' && reasoningTokens > 0)
    choice.reasoning =
      tokenizer.count(reasoning) <= reasoningTokens ? reasoning : tokenizer.cut(reasoning, reasoningTokens)
  if (hosted.length > 0) choice.hosted = hosted
  return choice
}
