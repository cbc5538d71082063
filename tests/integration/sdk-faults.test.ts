import Anthropic, * as anthropicErrors from '@anthropic-ai/sdk'
import OpenAI, * as openaiErrors from 'openai'
import { describeOrchestration, type Fault, type SystemContext } from 'longhaul'

const openai = new OpenAI({ apiKey: 'test', maxRetries: 0, timeout: 60_000, logLevel: 'off' })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 0, timeout: 60_000, logLevel: 'off' })

const question = [{ role: 'user' as const, content: 'Name three colours.' }]
const chat = (options: object = {}) =>
  openai.chat.completions.create({ model: 'gpt-4o-mini', messages: question, ...options })
const message = (options: object = {}) =>
  anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 200, messages: question, ...options })

type ErrorClass = new (...args: never[]) => Error
const ANSWER = 'Red, then green, then blue, and after them whatever is left.'
const HALF_OF_IT = /^Red, then green, then blue(, and)?$/

/** What a program has in hand when its call is over, by either SDK. */
interface Heard {
  text: string | null
  finish: string | null | undefined
}

async function readChat(): Promise<Heard> {
  const heard: Heard = { text: '', finish: null }
  const stream = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: question, stream: true })
  for await (const { choices } of stream) {
    heard.text += choices[0]?.delta.content ?? ''
    heard.finish = choices[0]?.finish_reason ?? heard.finish
  }
  return heard
}

async function readMessage(): Promise<Heard> {
  const heard: Heard = { text: '', finish: null }
  const asked = { model: 'claude-haiku-4-5', max_tokens: 200, messages: question }
  for await (const event of await anthropic.messages.create({ ...asked, stream: true })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') heard.text += event.delta.text
    if (event.type === 'message_delta') heard.finish = event.delta.stop_reason
  }
  return heard
}

type Completion = openaiErrors.OpenAI.ChatCompletion
type Message = anthropicErrors.Anthropic.Message
/** A page of HTML is what the SDKs take for an answer, as a string. */
const heardChat = (given: Completion | string): Heard | string =>
  typeof given === 'string'
    ? given
    : { text: given.choices[0]!.message.content, finish: given.choices[0]!.finish_reason }
const heardMessage = (given: Message | string): Heard | string =>
  typeof given === 'string'
    ? given
    : { text: given.content.map((block) => ('text' in block ? block.text : '')).join(''), finish: given.stop_reason }

/** Each endpoint, whole, streamed, and put together from a stream by the SDK itself. */
const WAYS = {
  chat: async () => heardChat((await chat()) as Completion),
  chatStreamed: readChat,
  chatTogether: async () =>
    heardChat(await openai.chat.completions.stream({ model: 'gpt-4o-mini', messages: question }).finalChatCompletion()),
  embedding: () => openai.embeddings.create({ model: 'text-embedding-3-small', input: 'Red.' }),
  message: async () => heardMessage((await message()) as Message),
  messageStreamed: readMessage,
  messageTogether: async () =>
    heardMessage(
      await anthropic.messages
        .stream({ model: 'claude-haiku-4-5', max_tokens: 200, messages: question })
        .finalMessage(),
    ),
} satisfies Record<string, () => Promise<unknown>>
type Way = keyof typeof WAYS

/** The error that a program gets, by class or by its words, or what it takes for an answer. */
type Reaction =
  ErrorClass | RegExp | { text: RegExp | string | null; finish: string | null } | 'an answer' | 'a page' | 'waits'
type Reactions = Readonly<Record<Way, Reaction>>

const everywhere = (ofOpenAI: Reaction, ofAnthropic: Reaction): Reactions => ({
  chat: ofOpenAI,
  chatStreamed: ofOpenAI,
  chatTogether: ofOpenAI,
  embedding: ofOpenAI,
  message: ofAnthropic,
  messageStreamed: ofAnthropic,
  messageTogether: ofAnthropic,
})
const answered = (text: RegExp | string, ofOpenAI: string, ofAnthropic: string): Reactions => ({
  ...everywhere({ text, finish: ofOpenAI }, { text, finish: ofAnthropic }),
  embedding: 'an answer',
})
const status = (ofOpenAI: ErrorClass, ofAnthropic: ErrorClass): Reactions => everywhere(ofOpenAI, ofAnthropic)
const brokenOff = everywhere(/^(TypeError|Error|AnthropicError): terminated/, /^(TypeError|AnthropicError): terminated/)

const REACTIONS: Readonly<Record<Fault, Reactions>> = {
  rate_limited: status(openaiErrors.RateLimitError, anthropicErrors.RateLimitError),
  overloaded: status(openaiErrors.InternalServerError, anthropicErrors.InternalServerError),
  server_error: status(openaiErrors.InternalServerError, anthropicErrors.InternalServerError),
  bad_gateway: status(openaiErrors.InternalServerError, anthropicErrors.InternalServerError),
  hang: status(openaiErrors.APIConnectionTimeoutError, anthropicErrors.APIConnectionTimeoutError),
  reset: status(openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError),
  reset_midway: brokenOff,
  // Node's own fetch gives up after 300 s without a byte of the body; only OpenAI's SDK waits no longer for a whole one than for its head.
  stall: {
    ...brokenOff,
    chat: openaiErrors.APIConnectionTimeoutError,
    embedding: openaiErrors.APIConnectionTimeoutError,
  },
  truncated: {
    ...everywhere(SyntaxError, SyntaxError),
    chatStreamed: { text: HALF_OF_IT, finish: null },
    chatTogether: /missing finish_reason/,
    messageStreamed: { text: HALF_OF_IT, finish: null },
    messageTogether: /ended without producing a Message/,
  },
  malformed_json: everywhere(/JSON/, /JSON/),
  stream_error: {
    ...status(openaiErrors.InternalServerError, anthropicErrors.InternalServerError),
    chatStreamed: openaiErrors.APIError,
    chatTogether: openaiErrors.APIError,
    messageStreamed: /APIError: .*overloaded_error/,
    messageTogether: /APIError: .*overloaded_error/,
  },
  stream_error_first: {
    ...status(openaiErrors.InternalServerError, anthropicErrors.InternalServerError),
    chatStreamed: openaiErrors.APIError,
    chatTogether: openaiErrors.APIError,
    messageStreamed: /APIError: .*overloaded_error/,
    messageTogether: /APIError: .*overloaded_error/,
  },
  // A byte every 15 s keeps Node's own fetch from giving up.
  stall_with_pings: {
    ...everywhere('waits', 'waits'),
    chat: openaiErrors.APIConnectionTimeoutError,
    embedding: openaiErrors.APIConnectionTimeoutError,
  },
  fragmented: answered(ANSWER, 'stop', 'end_turn'),
  connection_refused: status(openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError),
  connection_timeout: status(openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError),
  dns_not_found: status(openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError),
  dns_unavailable: status(openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError),
  certificate_expired: status(openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError),
  empty: answered('', 'stop', 'end_turn'),
  refusal: {
    // The words of a refusal have a field of their own at OpenAI.
    ...answered(/sorry/, 'stop', 'refusal'),
    chat: { text: null, finish: 'stop' },
    chatStreamed: { text: '', finish: 'stop' },
    chatTogether: { text: '', finish: 'stop' },
  },
  slow: answered(ANSWER, 'stop', 'end_turn'),
  content_filter: answered(HALF_OF_IT, 'content_filter', 'refusal'),
  max_tokens: answered(HALF_OF_IT, 'length', 'max_tokens'),
  quota_exhausted: status(openaiErrors.RateLimitError, anthropicErrors.BadRequestError),
  unauthorized: status(openaiErrors.AuthenticationError, anthropicErrors.AuthenticationError),
  model_retired: status(openaiErrors.NotFoundError, anthropicErrors.NotFoundError),
  prompt_filtered: status(openaiErrors.BadRequestError, anthropicErrors.BadRequestError),
  html_page: {
    ...everywhere('a page', 'a page'),
    chatStreamed: { text: '', finish: null },
    chatTogether: /request ended without sending any chunks/,
    messageStreamed: { text: '', finish: null },
    messageTogether: /request ended without sending any chunks/,
  },
}

describeOrchestration(
  'every fault, at every endpoint, as the official SDKs tell of it',
  {
    provider: { latency: '5s', replies: [{ content: 'Name', reply: ANSWER }] },
    // A client that nothing ends leaves its call.
    checks: { orphans: { calls: false } },
    system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)(),
  },
  (test) => {
    for (const [fault, reactions] of Object.entries(REACTIONS) as [Fault, Reactions][])
      for (const [way, reaction] of Object.entries(reactions) as [Way, Reaction][])
        test(`${fault}: ${way}`, async ({ run, provider, sleep, expect }) => {
          provider.failNext(1, fault)
          if (reaction === 'waits') {
            const waiting = Symbol('waiting')
            const call = () => Promise.race([WAYS[way](), sleep('1h').then(() => waiting)])
            expect((await run({ vars: { call } })).result).toBe(waiting)
            return expect(provider.openCalls).toBe(1)
          }
          const outcome = await run({ vars: { call: WAYS[way] } })
          expect(provider.openCalls).toBe(0)
          if (typeof reaction === 'function') return expect(outcome).toHaveFailedWith(reaction)
          if (reaction instanceof RegExp) return expect(`${outcome.error}`).toMatch(reaction)
          expect(outcome).toHaveCompleted()
          if (reaction === 'an answer') return expect(outcome.result).toMatchObject({ object: 'list' })
          if (reaction === 'a page') return expect(outcome.result).toContain('<html>')
          const { text, finish } = outcome.result as Heard
          expect(finish).toBe(reaction.finish)
          if (reaction.text instanceof RegExp) expect(text).toMatch(reaction.text)
          else expect(text).toBe(reaction.text)
        })
  },
)

describeOrchestration(
  'what faults cost and tell',
  {
    provider: { latency: '5s', replies: 'Red, green and blue.' },
    system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)(),
  },
  (test) => {
    test('a stream that stalls costs what was generated until then, whoever leaves it', async ({
      run,
      provider,
      trace,
      expect,
    }) => {
      provider.failNext(1, 'stall')
      const call = async () => {
        const stream = await openai.chat.completions.create(
          { model: 'gpt-4o-mini', messages: question, stream: true },
          { signal: AbortSignal.timeout(60_000) },
        )
        for await (const _ of stream);
      }
      const outcome = await run({ vars: { call } })
      expect(outcome).toHaveElapsed({ atLeast: '60s', atMost: '60s' })
      expect(trace.ofType('call.failed')).toMatchObject([
        { fault: 'disconnected', message: expect.stringContaining('stalled'), usage: { output: 3 } },
      ])
    })

    test('an error within a stream costs what was generated until then', async ({ run, provider, trace, expect }) => {
      provider.failNext(1, 'stream_error')
      await run({ vars: { call: WAYS.messageStreamed } })
      expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'stream_error', usage: { output: 3 } }])
    })

    test('a quota that is used up tells when it is whole again, hours from now', async ({
      run,
      provider,
      trace,
      expect,
    }) => {
      provider.failNext(2, 'quota_exhausted')
      const told = async (work: Promise<unknown>) => {
        const error = (await work.catch((thrown: unknown) => thrown)) as openaiErrors.APIError
        return {
          status: error.status,
          code: error.code,
          after: error.headers?.get('retry-after'),
          message: error.message,
        }
      }
      const outcome = await run({ vars: { call: async () => [await told(chat()), await told(message())] } })
      const [ofOpenAI, ofAnthropic] = outcome.result as Awaited<ReturnType<typeof told>>[]
      expect(ofOpenAI).toMatchObject({ status: 429, code: 'insufficient_quota' })
      expect(Number(ofOpenAI!.after)).toBeGreaterThan(3_600)
      expect(ofAnthropic!.message).toMatch(/You will regain access on \d{4}-\d\d-\d\d at 00:00 UTC/)
      for (const { retryAfterMs } of trace.ofType('call.failed')) expect(retryAfterMs).toBeGreaterThan(3_600_000)
    })

    test('a reset in the middle of an answer is an error', async ({ run, provider, expect }) => {
      provider.failNext(2, 'reset_midway')
      expect((await run({ vars: { call: chat } })).status).toBe('failed')
      expect((await run({ vars: { call: message } })).status).toBe('failed')
    })

    test('a refusal is an answer', async ({ run, provider, expect }) => {
      provider.failNext(2, 'refusal')
      const asked = await run({ vars: { call: async () => [await chat(), await message()] } })
      const refusal = expect.stringContaining('sorry')
      expect(asked.result).toMatchObject([
        { choices: [{ message: { content: null, refusal } }] },
        { stop_reason: 'refusal' },
      ])
    })

    test('an empty answer costs its prompt and says nothing', async ({ run, provider, expect }) => {
      provider.failNext(1, 'empty')
      const { result } = await run({ vars: { call: chat } })
      expect(result).toMatchObject({ choices: [{ message: { content: '' } }], usage: { completion_tokens: 0 } })
    })
  },
)

describeOrchestration(
  'streams',
  {
    provider: { latency: '10s', replies: 'Red, green and blue, in that order.' },
    system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)(),
  },
  (test) => {
    test('OpenAI: text, usage, and the first token after a fifth of the time', async ({ run, trace, expect }) => {
      const call = async () => {
        let text = ''
        let usage: unknown
        const stream = (await chat({
          stream: true,
          stream_options: { include_usage: true },
        })) as unknown as AsyncIterable<openaiErrors.OpenAI.ChatCompletionChunk>
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? ''
          usage = chunk.usage ?? usage
        }
        return { text, usage }
      }
      const outcome = await run({ vars: { call } })
      expect(outcome.result).toMatchObject({
        text: 'Red, green and blue, in that order.',
        usage: { completion_tokens: 10 },
      })
      expect(trace.ofType('call.firstToken')).toMatchObject([{ afterMs: 2_000 }])
      expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '10s' })
    })

    test("Anthropic: the SDK's own accumulator gives the whole message", async ({ run, expect }) => {
      const call = () =>
        anthropic.messages.stream({ model: 'claude-haiku-4-5', max_tokens: 200, messages: question }).finalMessage()
      const outcome = await run({ vars: { call } })
      expect(outcome.result).toMatchObject({
        content: [{ type: 'text', text: 'Red, green and blue, in that order.' }],
        stop_reason: 'end_turn',
      })
    })

    test('a client that leaves in the middle pays for what was generated', async ({ run, provider, trace, expect }) => {
      const call = async () => {
        const stream = (await chat({ stream: true })) as unknown as AsyncIterable<unknown>
        let chunks = 0
        for await (const _ of stream) if (++chunks === 4) break
      }
      await run({ vars: { call } })
      const [failed] = trace.ofType('call.failed')
      expect(failed).toMatchObject({ fault: 'disconnected' })
      expect(failed!.usage.output).toBeGreaterThan(0)
      expect(failed!.usage.output).toBeLessThan(10)
      expect(provider.openCalls).toBe(0)
    })
  },
)

describeOrchestration(
  'wrong requests get the own words of the provider',
  { provider: { latency: '1s' }, system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)() },
  (test) => {
    const WRONG: [string, () => Promise<unknown>, ErrorClass, RegExp][] = [
      [
        'OpenAI, unknown model',
        () => chat({ model: 'gpt-9' }),
        openaiErrors.NotFoundError,
        /404 The model `gpt-9` does not exist/,
      ],
      [
        'Anthropic, unknown model',
        () => message({ model: 'claude-9' }),
        anthropicErrors.NotFoundError,
        /not_found_error.*model: claude-9/,
      ],
      [
        'OpenAI, no messages',
        () => chat({ messages: [] }),
        openaiErrors.BadRequestError,
        /400 Invalid 'messages': empty array/,
      ],
      [
        'OpenAI, temperature',
        () => chat({ temperature: 3 }),
        openaiErrors.BadRequestError,
        /decimal above maximum value. Expected a value <= 2, but got 3/,
      ],
      [
        'OpenAI, unknown parameter',
        () => chat({ temprature: 1 }),
        openaiErrors.BadRequestError,
        /Unknown parameter: 'temprature'/,
      ],
      [
        'OpenAI, stray tool message',
        () => chat({ messages: [{ role: 'tool', content: '1', tool_call_id: 'x' }] }),
        openaiErrors.BadRequestError,
        /must be a response to a preceding message/,
      ],
      [
        'Anthropic, no max_tokens',
        () => message({ max_tokens: undefined }),
        anthropicErrors.BadRequestError,
        /max_tokens: Field required/,
      ],
      [
        'Anthropic, role',
        () => message({ messages: [{ role: 'tool', content: 'x' }] }),
        anthropicErrors.BadRequestError,
        /messages.0.role: Input should be/,
      ],
    ]
    for (const [name, call, errorClass, words] of WRONG) {
      test(name, async ({ run, expect }) => {
        const outcome = await run({ vars: { call } })
        expect(outcome).toHaveFailedWith(errorClass)
        expect(outcome).toHaveFailedWith(words)
      })
    }

    test("the SDK's retries obey retry-after to the millisecond", async ({ run, provider, trace, expect }) => {
      provider.failNext(1, 'rate_limited')
      const patient = new OpenAI({ apiKey: 'test', maxRetries: 2 })
      await run({ vars: { call: () => patient.chat.completions.create({ model: 'gpt-4o-mini', messages: question }) } })
      expect(trace.ofType('call.retried')).toMatchObject([{ of: 1, afterMs: 1_000 }])
    })
  },
)

describeOrchestration(
  'tools and structured output',
  { provider: { latency: '1s' }, system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)() },
  (test) => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
      required: ['city', 'days'],
    }

    test('a required tool is called with arguments that fit its schema, by both providers', async ({ run, expect }) => {
      const call = async () => {
        const first = await chat({
          tools: [{ type: 'function', function: { name: 'forecast', parameters } }],
          tool_choice: 'required',
        })
        const second = await message({
          tools: [{ name: 'forecast', input_schema: parameters }],
          tool_choice: { type: 'any' },
        })
        const asked = first.choices[0]!.message.tool_calls![0] as { function: { name: string; arguments: string } }
        const used = second.content[0] as { name: string; input: unknown }
        return [asked.function.name, JSON.parse(asked.function.arguments), used.name, used.input, second.stop_reason]
      }
      const fits = { city: expect.any(String), days: expect.any(Number) }
      expect((await run({ vars: { call } })).result).toEqual(['forecast', fits, 'forecast', fits, 'tool_use'])
    })

    test('a requested schema is fitted', async ({ run, expect }) => {
      const call = async () => {
        const answer = await chat({
          response_format: { type: 'json_schema', json_schema: { name: 'plan', schema: parameters } },
        })
        return JSON.parse(answer.choices[0]!.message.content!)
      }
      expect((await run({ vars: { call } })).result).toEqual({ city: expect.any(String), days: expect.any(Number) })
    })
  },
)
