import { encodings } from '../packages/index.ts'
import type { CallRequest, Message, ToolDefinition } from './call.ts'
import { piecesOfText } from './pieces-of-text.ts'

/** Counts and cuts text in a model's tokens. */
export interface Tokenizer {
  count(text: string): number
  /** The first `tokens` tokens of a text. */
  cut(text: string, tokens: number): string
}

/** Texts whose count is remembered: conversations send the same messages again and again. */
const REMEMBERED_TEXTS = 5_000
const REMEMBERED_LENGTH = 20_000
/**
 * What is counted exactly of one prompt; of the rest as many tokens are taken a character. It is more than the largest
 * windows of most models hold. Characters.
 */
const COUNTED_EXACTLY = 512 * 1024
/** Text that looks like a special token is counted as ordinary text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() }

function remembering(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const tokens = count(text)
    if (text.length > REMEMBERED_LENGTH) return tokens
    if (known.size >= REMEMBERED_TEXTS) known.delete(known.keys().next().value!)
    known.set(text, tokens)
    return tokens
  }
}

const tokenizers = new Map<string, Tokenizer>()

function bytePairs(name: keyof typeof encodings): Tokenizer {
  let tokenizer = tokenizers.get(name)
  if (!tokenizer) {
    const { encode, decode } = encodings[name]()
    const countAll = (text: string): number => {
      let sum = 0
      for (const piece of piecesOfText(text)) sum += encode(piece, AS_TEXT).length
      return sum
    }
    tokenizer = {
      count: remembering((text) => {
        if (text.length <= COUNTED_EXACTLY) return countAll(text)
        return Math.ceil((countAll(text.slice(0, COUNTED_EXACTLY)) * text.length) / COUNTED_EXACTLY)
      }),
      cut(text, tokens) {
        let left = tokens
        let end = 0
        for (const piece of piecesOfText(text)) {
          const found = encode(piece, AS_TEXT)
          if (found.length > left) return text.slice(0, end) + decode(found.slice(0, left))
          left -= found.length
          end += piece.length
        }
        return text
      },
    }
    tokenizers.set(name, tokenizer)
  }
  return tokenizer
}

/** Anthropic publishes no tokenizer; its own guide puts a token at about 3.5 English characters. */
const CHARACTERS_PER_TOKEN = 3.5

const estimate: Tokenizer = {
  count: (text) => Math.ceil(text.length / CHARACTERS_PER_TOKEN),
  cut: (text, tokens) => text.slice(0, Math.floor(tokens * CHARACTERS_PER_TOKEN)),
}

/** Services that have OpenAI's models. */
const HAS_OPENAI = new Set(['openai', 'azure'])

/** The tokenizer of a model: the real one for OpenAI's models, an estimate by length for all others. */
export function tokenizerFor(provider: string, model: string): Tokenizer {
  if (!HAS_OPENAI.has(provider)) return estimate
  return bytePairs(/^(gpt-4(-|$)|gpt-3\.5)/.test(model) ? 'cl100k_base' : 'o200k_base')
}

/** Tokens that frame each message and the reply, as OpenAI's cookbook counts them. */
const PER_MESSAGE = 3
const PER_REPLY = 3

/** Tokens of one message with its frame, and of its images, sounds and documents. */
const messageTokens = (message: Message, tokenizer: Tokenizer): number =>
  message.toolCalls.reduce(
    (sum, call) => sum + tokenizer.count(call.name) + tokenizer.count(call.arguments) + PER_MESSAGE,
    PER_MESSAGE + tokenizer.count(message.role) + tokenizer.count(message.text) + (message.mediaTokens ?? 0),
  )

/** Tokens of the tool definitions, which are part of every prompt; of those that are deferred none. */
const toolTokens = (tools: readonly ToolDefinition[], tokenizer: Tokenizer): number =>
  tools.reduce((sum, tool) => (tool.deferred ? sum : sum + PER_MESSAGE + tokenizer.count(JSON.stringify(tool))), 0)

/** Counts texts of one prompt: exactly, until it has counted so many that what is left is taken to be like them. */
function within(tokenizer: Tokenizer): Tokenizer {
  let [characters, tokens] = [0, 0]
  return {
    cut: tokenizer.cut,
    count(text) {
      if (characters > COUNTED_EXACTLY) return Math.ceil((text.length * tokens) / characters)
      const found = tokenizer.count(text)
      characters += text.length
      tokens += found
      return found
    },
  }
}

/** Tokens of a prompt: how many up to and including each message. Texts to embed have no frame. */
export function promptTokens(
  { messages, tools, dimensions }: Pick<CallRequest, 'messages' | 'tools' | 'dimensions'>,
  given: Tokenizer,
): number[] {
  const tokenizer = within(given)
  if (dimensions !== undefined) {
    let sum = 0
    return messages.map(({ text }) => (sum += tokenizer.count(text)))
  }
  let sum = PER_REPLY + toolTokens(tools, tokenizer)
  return messages.map((message) => (sum += messageTokens(message, tokenizer)))
}
