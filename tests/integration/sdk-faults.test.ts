import Anthropic, * as anthropicErrors from '@anthropic-ai/sdk'
import OpenAI, * as openaiErrors from 'openai'
import { describeOrchestration, type Fault, type SystemContext } from 'longhaul'

const openai = new OpenAI({ apiKey: 'test', maxRetries: 0, timeout: 60_000 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 0, timeout: 60_000 })

const question = [{ role: 'user' as const, content: 'Name three colours.' }]
const chat = (options: object = {}) =>
  openai.chat.completions.create({ model: 'gpt-4o-mini', messages: question, ...options })
const message = (options: object = {}) =>
  anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 200, messages: question, ...options })

type ErrorClass = new (...args: never[]) => Error
const EXPECTED: [Fault, ErrorClass, ErrorClass][] = [
  ['rate_limited', openaiErrors.RateLimitError, anthropicErrors.RateLimitError],
  ['overloaded', openaiErrors.InternalServerError, anthropicErrors.InternalServerError],
  ['server_error', openaiErrors.InternalServerError, anthropicErrors.InternalServerError],
  ['bad_gateway', openaiErrors.InternalServerError, anthropicErrors.InternalServerError],
  ['hang', openaiErrors.APIConnectionTimeoutError, anthropicErrors.APIConnectionTimeoutError],
  ['reset', openaiErrors.APIConnectionError, anthropicErrors.APIConnectionError],
  ['truncated', SyntaxError, SyntaxError],
  ['malformed_json', SyntaxError, SyntaxError],
]

describeOrchestration(
  'every fault becomes the error of the SDK that belongs to it',
  {
    provider: { latency: '5s', replies: 'Red, green and blue.' },
    system: ({ vars }: SystemContext) => (vars['call'] as () => Promise<unknown>)(),
  },
  (test) => {
    for (const [fault, ofOpenAI, ofAnthropic] of EXPECTED) {
      test(`${fault}, OpenAI`, async ({ run, provider, expect }) => {
        provider.failNext(1, fault)
        expect(await run({ vars: { call: chat } })).toHaveFailedWith(ofOpenAI)
      })
      test(`${fault}, Anthropic`, async ({ run, provider, expect }) => {
        provider.failNext(1, fault)
        expect(await run({ vars: { call: message } })).toHaveFailedWith(ofAnthropic)
      })
    }

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
