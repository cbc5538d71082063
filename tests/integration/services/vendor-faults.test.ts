import { Mistral } from '@mistralai/mistralai'
import { CohereClientV2 } from 'cohere-ai'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import { describeOrchestration, type Fault } from 'longhaul'

const messages = [{ role: 'user' as const, content: 'Where is the ship?' }]
const groq = new Groq({ apiKey: 'test', maxRetries: 0, timeout: 60_000 })
const mistral = new Mistral({ apiKey: 'test', retryConfig: { strategy: 'none' }, timeoutMs: 60_000 })
const cohere = new CohereClientV2({ token: 'test', maxRetries: 0, timeoutInSeconds: 60 })
const ollama = new Ollama({
  fetch: (input, init) =>
    fetch(input, {
      ...init,
      signal: AbortSignal.any([AbortSignal.timeout(60_000), ...(init?.signal ? [init.signal] : [])]),
    }),
})

/** How each service is asked by its own SDK: for a whole answer, and for a stream of which the text is put together. */
const WAYS: Record<string, { whole(): Promise<unknown>; streamed(): Promise<{ text: string; finish: unknown }> }> = {
  groq: {
    whole: () => groq.chat.completions.create({ model: 'llama-3.3-70b-versatile', messages }),
    async streamed() {
      const heard = { text: '', finish: null as unknown }
      const model = 'llama-3.3-70b-versatile'
      for await (const { choices } of await groq.chat.completions.create({ model, messages, stream: true })) {
        heard.text += choices[0]?.delta.content ?? ''
        heard.finish = choices[0]?.finish_reason ?? heard.finish
      }
      return heard
    },
  },
  mistral: {
    whole: () => mistral.chat.complete({ model: 'mistral-small-latest', messages }),
    async streamed() {
      const heard = { text: '', finish: null as unknown }
      for await (const { data } of await mistral.chat.stream({ model: 'mistral-small-latest', messages })) {
        heard.text += data.choices[0]!.delta.content as string
        heard.finish = data.choices[0]!.finishReason ?? heard.finish
      }
      return heard
    },
  },
  cohere: {
    whole: () => cohere.chat({ model: 'command-a-03-2025', messages }),
    async streamed() {
      const heard = { text: '', finish: null as unknown }
      for await (const event of await cohere.chatStream({ model: 'command-a-03-2025', messages })) {
        if (event.type === 'content-delta') heard.text += event.delta!.message!.content!.text
        if (event.type === 'message-end') heard.finish = event.delta!.finishReason
      }
      return heard
    },
  },
  ollama: {
    whole: () => ollama.chat({ model: 'llama3.2', messages }),
    async streamed() {
      const heard = { text: '', finish: null as unknown }
      for await (const { message, done_reason: finish } of await ollama.chat({
        model: 'llama3.2',
        messages,
        stream: true,
      })) {
        heard.text += message.content
        heard.finish = finish ?? heard.finish
      }
      return heard
    },
  },
}

const ANSWER = 'At sea, far from any berth, and far from home.'
const WHOLE = /^At sea, far from any berth, and far from home\.$/
const HALF = /^At sea, far from any/

/** What a whole answer, or the head of a stream, becomes: a status that the SDK's error has, or a part of its name or text. */
const REFUSED: Partial<Record<Fault, Record<keyof typeof WAYS, number | RegExp>>> = {
  rate_limited: { groq: 429, mistral: 429, cohere: 429, ollama: 429 },
  overloaded: { groq: 503, mistral: 503, cohere: 503, ollama: 503 },
  server_error: { groq: 500, mistral: 500, cohere: 500, ollama: 500 },
  bad_gateway: { groq: 502, mistral: 502, cohere: 502, ollama: 502 },
  quota_exhausted: { groq: 429, mistral: 429, cohere: 429, ollama: 429 },
  unauthorized: { groq: 401, mistral: 401, cohere: 401, ollama: 401 },
  model_retired: { groq: 400, mistral: 400, cohere: 404, ollama: 404 },
  prompt_filtered: { groq: 400, mistral: 403, cohere: 400, ollama: 403 },
  hang: { groq: /timed out/, mistral: /timed out/, cohere: /timeout/, ollama: /timeout/ },
  reset: { groq: /Connection error/, mistral: /fetch failed/, cohere: /fetch failed/, ollama: /fetch failed/ },
  dns_not_found: {
    groq: /Connection error/,
    mistral: /fetch failed/,
    cohere: /fetch failed/,
    ollama: /fetch failed/,
  },
}

/** What becomes of a stream that goes wrong: an error, or what was heard so far. */
const CUT: Partial<Record<Fault, Record<keyof typeof WAYS, RegExp | { text: RegExp; finish: unknown }>>> = {
  reset_midway: { groq: /terminated/, mistral: /terminated/, cohere: /terminated/, ollama: /terminated/ },
  truncated: {
    groq: { text: HALF, finish: null },
    mistral: { text: HALF, finish: null },
    cohere: { text: HALF, finish: null },
    ollama: /Did not receive done/,
  },
  stream_error: {
    groq: /had an error while processing/,
    mistral: /invalid/i,
    cohere: { text: HALF, finish: 'ERROR' },
    ollama: /error was encountered while running the model/,
  },
  stream_error_first: {
    groq: /had an error while processing/,
    mistral: /invalid/i,
    cohere: { text: /^$/, finish: 'ERROR' },
    ollama: /error was encountered while running the model/,
  },
  fragmented: {
    groq: { text: WHOLE, finish: 'stop' },
    mistral: { text: WHOLE, finish: 'stop' },
    cohere: { text: WHOLE, finish: 'COMPLETE' },
    ollama: { text: WHOLE, finish: 'stop' },
  },
  content_filter: {
    groq: { text: HALF, finish: 'content_filter' },
    mistral: { text: HALF, finish: 'stop' },
    cohere: { text: HALF, finish: 'ERROR' },
    ollama: { text: HALF, finish: 'stop' },
  },
  max_tokens: {
    groq: { text: HALF, finish: 'length' },
    mistral: { text: HALF, finish: 'length' },
    cohere: { text: HALF, finish: 'MAX_TOKENS' },
    ollama: { text: HALF, finish: 'length' },
  },
  refusal: {
    groq: { text: /can't help/, finish: 'stop' },
    mistral: { text: /can't help/, finish: 'stop' },
    cohere: { text: /can't help/, finish: 'COMPLETE' },
    ollama: { text: /can't help/, finish: 'stop' },
  },
}

const statusOf = (error: Record<string, unknown>): unknown =>
  error['status'] ?? error['statusCode'] ?? error['status_code']

describeOrchestration(
  'faults, as the SDKs of vendors see them',
  { system: async () => undefined, checks: false, provider: { latency: '1s', replies: ANSWER } },
  (test) => {
    for (const [name, ways] of Object.entries(WAYS)) {
      test(`${name} without a fault`, async ({ expect }) => {
        expect((await ways.streamed()).text).toBe(ANSWER)
      })

      test(`${name}, stall_with_pings in a stream: waits on, and is not disturbed`, async ({
        provider,
        sleep,
        expect,
      }) => {
        provider.failNext(1, 'stall_with_pings')
        const waits = sleep('40s').then(() => 'waits')
        expect(await Promise.race([ways.streamed().catch((thrown: Error) => thrown.message), waits])).toBe('waits')
      })

      for (const [fault, expected] of Object.entries(REFUSED))
        test(`${name}, ${fault}`, async ({ provider, expect }) => {
          for (const ask of [ways.whole, ways.streamed]) {
            provider.failNext(1, fault as Fault)
            const error = (await ask().catch((thrown: unknown) => thrown)) as Error & Record<string, unknown>
            const told = expected[name]!
            if (typeof told === 'number') expect(statusOf(error)).toBe(told)
            else expect(error.message).toMatch(told)
          }
        })

      for (const [fault, expected] of Object.entries(CUT))
        test(`${name}, ${fault} in a stream`, async ({ provider, expect }) => {
          provider.failNext(1, fault as Fault)
          const heard = await ways.streamed().catch((thrown: Error) => thrown)
          const told = expected[name]!
          if (told instanceof RegExp) expect((heard as Error).message).toMatch(told)
          else expect(heard).toEqual({ text: expect.stringMatching(told.text), finish: told.finish })
        })
    }
  },
)
