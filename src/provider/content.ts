import type { Finish, HostedUse, ToolCall } from './call.ts'
import type { Tokenizer } from './tokens.ts'

/** Tokens to bill instead of the counted tokens. */
export interface ReplyUsage {
  /** All tokens of the prompt. Default: counted from the messages. */
  input?: number
  /** Input tokens from the prompt cache. Default: as the prompt cache of the service computes. */
  cachedInput?: number
  /** Input tokens written to the prompt cache. Default: as the prompt cache of the service computes. */
  cacheWrite?: number
  /** Generated tokens, reasoning included. Default: counted from the answer. */
  output?: number
  /** Reasoning tokens, a part of `output`. Default: counted from the thoughts. */
  reasoning?: number
}

/** The content of an answer before it is counted and timed. */
export interface Content {
  /** What the model thought before it answered; empty where it tells nothing of it. */
  reasoning: string
  /** Tokens of its thoughts, told or not. */
  reasoningTokens: number
  hosted: readonly HostedUse[]
  text: string
  toolCalls: readonly ToolCall[]
  finish: Finish
  usage: ReplyUsage
  /** How the reply of the set-up violates a strict schema of the request. */
  misfit?: string
}

/** One content for each choice. */
export type Contents = readonly [Content, ...Content[]]

/** What is said where nothing is, as by embeddings. */
export const NO_CONTENT: Contents = [
  { reasoning: '', reasoningTokens: 0, hosted: [], text: '', toolCalls: [], finish: 'stop', usage: {} },
]

/** Tokens of all that is said, thoughts aside. */
export function spokenTokens({ text, toolCalls, hosted }: Content, tokenizer: Tokenizer): number {
  let sum = tokenizer.count(text)
  for (const call of toolCalls) sum += tokenizer.count(call.name) + tokenizer.count(call.arguments)
  for (const use of hosted) sum += tokenizer.count(use.name) + tokenizer.count(use.query)
  return sum
}

/** What is said within a limit of tokens: what comes last is cut, the arguments of a call not less than a text. */
export function cutContent(content: Content, most: number, tokenizer: Tokenizer): Content {
  let left = most
  const cut = (text: string): string => {
    const tokens = tokenizer.count(text)
    const all = tokens <= left
    const part = all ? text : tokenizer.cut(text, left)
    left = all ? left - tokens : 0
    return part
  }
  // A tool of the service is used whole or not at all.
  const hosted = content.hosted.filter((use) => {
    left -= tokenizer.count(use.name) + tokenizer.count(use.query)
    return left >= 0
  })
  left = Math.max(0, left)
  const text = cut(content.text)
  const toolCalls: ToolCall[] = []
  for (const call of content.toolCalls) {
    left -= tokenizer.count(call.name)
    if (left < 0) break
    toolCalls.push({ ...call, arguments: cut(call.arguments) })
  }
  return { ...content, hosted, text, toolCalls, finish: 'length' }
}
