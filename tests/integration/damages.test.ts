import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describeOrchestration, type Fault, type SystemContext } from 'longhaul'

const openai = new OpenAI({ apiKey: 'test', maxRetries: 0, logLevel: 'off' })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 0, logLevel: 'off' })
const messages = [{ role: 'user' as const, content: 'Name three colours.' }]
const chat = { model: 'gpt-4o-mini', messages }
const message = { model: 'claude-haiku-4-5', max_tokens: 200, messages }
const tool = { name: 'paint', parameters: { type: 'object', properties: { colour: { type: 'string' } } } }
const ANSWER = 'Red, then green, then blue, and after them whatever is left.'

/** What a program has of an answer when its reading ends: the text so far, and why the model stopped, if it was told. */
interface Heard {
  text: string
  finish: string | null | undefined
}

async function readChat(more: object = {}): Promise<Heard> {
  const heard: Heard = { text: '', finish: null }
  const stream = await openai.chat.completions.create({ ...chat, ...more, stream: true })
  for await (const { choices } of stream) {
    const first = choices.find(({ index }) => index === 0)
    heard.text += first?.delta.content ?? ''
    heard.finish = first?.finish_reason ?? heard.finish
  }
  return heard
}

async function readMessage(more: object = {}): Promise<Heard> {
  const heard: Heard = { text: '', finish: null }
  const stream = await anthropic.messages.create({ ...message, ...more, stream: true })
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') heard.text += event.delta.text
    if (event.type === 'message_delta') heard.finish = event.delta.stop_reason
  }
  return heard
}

/** Every wire format, whole and streaming, as the official SDKs read it. */
const WAYS = {
  'chat completion': async () => openai.chat.completions.create(chat),
  'chat completion, streamed': () => readChat(),
  'chat completion with a tool, streamed': () =>
    readChat({ tools: [{ type: 'function', function: tool }], tool_choice: 'required' }),
  'chat completion with choices, streamed': () => readChat({ n: 3 }),
  'chat completion, put together by the SDK': async () => openai.chat.completions.stream(chat).finalChatCompletion(),
  embedding: async () => openai.embeddings.create({ model: 'text-embedding-3-small', input: 'Red.' }),
  message: async () => anthropic.messages.create(message),
  'message, streamed': () => readMessage(),
  'message with a tool, streamed': () =>
    readMessage({
      tools: [{ name: tool.name, input_schema: tool.parameters }],
      tool_choice: { type: 'any' },
    }),
  'message, put together by the SDK': async () => anthropic.messages.stream(message).finalMessage(),
} satisfies Record<string, () => Promise<unknown>>
type Way = keyof typeof WAYS

/** What the SDK throws, or that a stream ends in good order before the model has said why it stopped, which no SDK tells. */
type Seen = RegExp | 'ends early'

const isStreamed = (way: Way): boolean => way.endsWith('streamed')
const isPutTogether = (way: Way): boolean => way.endsWith('by the SDK')

const SEEN: Partial<Record<Fault, (way: Way) => Seen>> = {
  reset_midway: () => /terminated|other side closed/,
  malformed_json: (way) =>
    isPutTogether(way) ? /JSON/ : isStreamed(way) ? /^SyntaxError: .*JSON/ : /^SyntaxError: .*in JSON at position/,
  truncated: (way) =>
    isStreamed(way)
      ? 'ends early'
      : isPutTogether(way)
        ? /missing finish_reason|ended without producing a Message/
        : /^SyntaxError: .*in JSON at position/,
}

describeOrchestration(
  'an answer that is damaged, as the official SDKs see it',
  {
    provider: { latency: '5s', replies: [{ content: 'Name', reply: ANSWER }] },
    system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)(),
  },
  (test) => {
    for (const [fault, seenBy] of Object.entries(SEEN) as [Fault, (way: Way) => Seen][])
      for (const way of Object.keys(WAYS) as Way[])
        test(`${fault}: ${way}`, async ({ run, provider, expect }) => {
          const seen = seenBy(way)
          provider.failNext(1, fault)
          const outcome = await run({ vars: { call: WAYS[way] } })
          expect(outcome).toHaveCalls(1, { status: 'failed' })
          if (seen !== 'ends early') return expect(`${outcome.error}`).toMatch(seen)
          const { text, finish } = outcome.result as Heard
          expect(outcome).toHaveCompleted()
          expect(finish).toBeNull()
          expect(ANSWER).toContain(text)
          expect(text.length).toBeLessThan(ANSWER.length)
        })
  },
)
