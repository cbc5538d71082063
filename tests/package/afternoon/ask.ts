import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { price, type Model, type Purse } from './purse.ts'
import { UnusableAnswer, withRetries } from './retries.ts'

// The team retries by itself, so that nothing is retried twice over.
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY ?? 'test', maxRetries: 0 })
const anthropic = new Anthropic({ apiKey: process.env.ANTHROPIC_API_KEY ?? 'test', maxRetries: 0 })

const MAX_TOKENS = 600

export interface Answer {
  readonly text: string
  readonly dollars: number
}

export interface ToolAnswer extends Answer {
  /** The message of the model, to be sent back with the results of its tools. */
  readonly content: Anthropic.ContentBlock[]
}

export interface Means {
  readonly purse: Purse
  readonly signal: AbortSignal
}

/** The most that a call may cost: a token has three characters at least. */
const worst = (model: Model, request: unknown): number => price(model, JSON.stringify(request).length / 3, MAX_TOKENS)

/** Asks a model of OpenAI, and reads its answer as it comes. `check` refuses an answer by throwing. */
export function askOpenAI(
  instructions: string,
  question: string,
  { purse, signal }: Means,
  check: (text: string) => void = () => {},
): Promise<Answer> {
  const model = 'gpt-4o'
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: instructions },
    { role: 'user', content: question },
  ]
  return withRetries(
    (attempt) =>
      purse.pay(worst(model, messages), async () => {
        const stream = await openai.chat.completions.create(
          { model, messages, max_completion_tokens: MAX_TOKENS, stream: true, stream_options: { include_usage: true } },
          { signal: attempt },
        )
        let text = ''
        let finish: string | null = null
        let usage: OpenAI.CompletionUsage | null | undefined
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? ''
          finish = chunk.choices[0]?.finish_reason ?? finish
          usage = chunk.usage ?? usage
        }
        // The SDK ends the stream in silence when its signal is aborted, or the connection ends.
        attempt.throwIfAborted()
        if (finish !== 'stop' || !usage) throw new UnusableAnswer(`the answer ended with ${finish}`)
        check(text)
        return { text, dollars: price(model, usage.prompt_tokens, usage.completion_tokens) }
      }),
    signal,
  )
}

/** Asks a model of Anthropic, which may call tools. */
export function askAnthropic(
  instructions: string,
  messages: Anthropic.MessageParam[],
  { purse, signal }: Means,
  { tools, check = () => {} }: { tools?: Anthropic.Tool[]; check?: (text: string) => void } = {},
): Promise<ToolAnswer> {
  const model = 'claude-haiku-4-5'
  return withRetries(
    (attempt) =>
      purse.pay(worst(model, [instructions, messages, tools]), async () => {
        const stream = anthropic.messages.stream(
          { model, max_tokens: MAX_TOKENS, system: instructions, messages, tools },
          { signal: attempt },
        )
        const { content, stop_reason: stop, usage } = await stream.finalMessage()
        if (stop !== 'end_turn' && stop !== 'tool_use') throw new UnusableAnswer(`the answer ended with ${stop}`)
        const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
        if (stop === 'end_turn') check(text)
        return { text, content, dollars: price(model, usage.input_tokens, usage.output_tokens) }
      }),
    signal,
  )
}
