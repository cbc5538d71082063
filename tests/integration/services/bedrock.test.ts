import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InternalServerException,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ModelStreamErrorException,
  ResourceNotFoundException,
  ServiceUnavailableException,
  ThrottlingException,
  ValidationException,
  type ConverseCommandInput,
  type ConverseStreamOutput,
  type Message,
  type TokenUsage,
  type ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime'
import { describeOrchestration, startServer, type Fault, type SystemContext } from 'longhaul'
import { expect, test } from 'vitest'
import { startClock } from '../../../src/clock/index.ts'
import { quickAnswer, quickProvider } from '../provider-under-test.ts'

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const client = new BedrockRuntimeClient({ region: 'us-east-1', credentials, maxAttempts: 1 })
const patient = new BedrockRuntimeClient({ region: 'eu-central-1', credentials, maxAttempts: 3 })
const modelId = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const ANSWER = 'Red, then green, then blue.'
const messages: Message[] = [{ role: 'user', content: [{ text: 'Name three colours.' }] }]

const toolConfig: ToolConfiguration = {
  tools: [
    {
      toolSpec: {
        name: 'weather',
        description: 'Tells the weather',
        inputSchema: {
          json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    },
  ],
}

const doing = ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)()
const asked = <Result>(work: () => Promise<Result>) => ({ vars: { work } })
const converse = (more: Partial<ConverseCommandInput> = {}, by = client) =>
  by.send(new ConverseCommand({ modelId, messages, ...more }))

async function read(more: Partial<ConverseCommandInput> = {}) {
  const events: ConverseStreamOutput[] = []
  const { stream } = await client.send(
    new ConverseStreamCommand({ modelId, messages, ...more } as ConverseCommandInput),
  )
  for await (const event of stream!) events.push(event)
  return events
}

describeOrchestration(
  'Bedrock',
  {
    system: doing,
    provider: {
      latency: '4s',
      models: { 'cohere.embed-english-v3': {} },
      replies: [{ content: 'colours', reply: ANSWER }],
    },
  },
  (test) => {
    test("answers AWS' own SDK, in virtual time and at the price of the region", async ({ run, expect, trace }) => {
      const outcome = await run(asked(() => converse()))
      expect(outcome.result).toMatchObject({
        output: { message: { role: 'assistant', content: [{ text: ANSWER }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
        $metadata: {
          httpStatusCode: 200,
          requestId: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        },
      })
      expect(outcome).toHaveElapsed({ atLeast: '4s', atMost: '5s' })
      expect(outcome).toHaveCost({ atLeast: '$0.000001' })
      expect(trace.ofType('call.arrived')).toMatchObject([
        { provider: 'bedrock', operation: 'converse', model: modelId },
      ])
    })

    test('streams binary events', async ({ run, expect }) => {
      const outcome = await run(asked(() => read()))
      const events = outcome.result as ConverseStreamOutput[]
      expect(events[0]).toEqual({ messageStart: { role: 'assistant' } })
      expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')).toBe(ANSWER)
      expect(events.slice(-3)).toMatchObject([
        { contentBlockStop: { contentBlockIndex: 0 } },
        { messageStop: { stopReason: 'end_turn' } },
        { metadata: { usage: { totalTokens: expect.any(Number) } } },
      ])
      expect(outcome).toHaveElapsed({ atLeast: '4s', atMost: '5s' })
    })

    test('knows models by the ARN of their profile', async ({ run, expect, trace }) => {
      const arn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${modelId}`
      expect((await run(asked(() => converse({ modelId: arn })))).result).toMatchObject({ stopReason: 'end_turn' })
      expect(trace.ofType('call.arrived')).toMatchObject([{ model: modelId }])
    })

    test("invokes Anthropic's models by their own format", async ({ run, expect }) => {
      const body = JSON.stringify({
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Name three colours.' }],
      })
      const decoder = new TextDecoder()
      const work = async () => {
        const whole = await client.send(new InvokeModelCommand({ modelId, body }))
        const streamed = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }))
        const events: { type: string; delta?: { text?: string } }[] = []
        for await (const { chunk } of streamed.body!) events.push(JSON.parse(decoder.decode(chunk!.bytes)))
        return { whole: JSON.parse(decoder.decode(whole.body)), events }
      }
      const { result } = await run(asked(work))
      const { whole, events } = result as Awaited<ReturnType<typeof work>>
      expect(whole).toMatchObject({
        type: 'message',
        content: [{ type: 'text', text: ANSWER }],
        stop_reason: 'end_turn',
      })
      expect(events.map(({ delta }) => delta?.text ?? '').join('')).toBe(ANSWER)
      expect(events.at(-1)).toMatchObject({
        type: 'message_stop',
        'amazon-bedrock-invocationMetrics': { outputTokenCount: expect.any(Number) },
      })
    })

    test('says that it was cut off, and where it stopped', async ({ run, expect }) => {
      const cut = () => converse({ inferenceConfig: { maxTokens: 2 } })
      const stopped = () => converse({ inferenceConfig: { stopSequences: ['green'] } })
      expect((await run(asked(cut))).result).toMatchObject({ stopReason: 'max_tokens' })
      expect((await run(asked(stopped))).result).toMatchObject({ stopReason: 'stop_sequence' })
    })

    test('counts what is then billed', async ({ run, expect }) => {
      const work = async () => {
        const { inputTokens } = await client.send(
          new CountTokensCommand({ modelId, input: { converse: { messages } } }),
        )
        return [inputTokens, (await converse()).usage!.inputTokens]
      }
      const [counted, billed] = (await run(asked(work))).result as number[]
      expect(counted).toBe(billed)
    })

    test('embeds texts by the formats of their makers', async ({ run, expect, trace }) => {
      const vectors = async (id: string, body: object) => {
        const answer = await client.send(new InvokeModelCommand({ modelId: id, body: JSON.stringify(body) }))
        return JSON.parse(new TextDecoder().decode(answer.body)) as { embedding?: number[]; embeddings?: number[][] }
      }
      const work = async () => {
        const titan = await vectors('amazon.titan-embed-text-v2:0', { inputText: 'Red.', dimensions: 256 })
        const cohere = await vectors('cohere.embed-english-v3', {
          texts: ['Red.', 'Blue.'],
          input_type: 'search_query',
        })
        return [titan.embedding!.length, cohere.embeddings!.map(({ length }) => length)]
      }
      expect((await run(asked(work))).result).toEqual([256, [1_024, 1_024]])
      expect(trace.ofType('call.arrived')).toMatchObject([{ operation: 'embeddings' }, { operation: 'embeddings' }])
    })

    test("has OpenAI's endpoints beside its own", async ({ run, expect }) => {
      const { default: OpenAI } = await import('openai')
      const baseURL = 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1'
      const own = new OpenAI({ apiKey: 'test', baseURL, maxRetries: 0 })
      const work = () =>
        own.chat.completions.create({
          model: 'openai.gpt-oss-120b-1:0',
          messages: [{ role: 'user', content: 'Name three colours.' }],
        })
      expect((await run(asked(work))).result).toMatchObject({ choices: [{ message: { content: ANSWER } }] })
    })
  },
)

describeOrchestration(
  'tools at Bedrock',
  {
    system: doing,
    provider: {
      latency: '1s',
      replies: [
        { content: 'Rome', turn: 1, reply: { toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }] } },
        { content: 'sun', reply: 'It is sunny.' },
      ],
    },
  },
  (test) => {
    const question: Message = { role: 'user', content: [{ text: 'The weather in Rome?' }] }

    test('are called, and their results answered', async ({ run, expect }) => {
      const loop = async () => {
        const first = await converse({ messages: [question], toolConfig })
        const turn = first.output!.message!
        const { toolUseId } = turn.content!.find(({ toolUse }) => toolUse)!.toolUse!
        const result: Message = { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text: 'sun' }] } }] }
        const second = await converse({ messages: [question, turn, result], toolConfig })
        return { first, text: second.output!.message!.content![0]!.text }
      }
      expect((await run(asked(loop))).result).toMatchObject({
        first: {
          stopReason: 'tool_use',
          output: { message: { content: [{ toolUse: { name: 'weather', input: { city: 'Rome' } } }] } },
        },
        text: 'It is sunny.',
      })
    })

    test('come in parts in a stream', async ({ run, expect }) => {
      const { result } = await run(asked(() => read({ messages: [question], toolConfig })))
      const events = result as ConverseStreamOutput[]
      expect(events.find(({ contentBlockStart }) => contentBlockStart)).toMatchObject({
        contentBlockStart: { start: { toolUse: { name: 'weather' } } },
      })
      const input = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.toolUse?.input ?? '').join('')
      expect(JSON.parse(input)).toEqual({ city: 'Rome' })
    })

    test('get input that fits their schema where they must be called', async ({ run, expect }) => {
      const forced = { ...toolConfig, toolChoice: { any: {} } }
      const { result } = await run(asked(() => converse({ toolConfig: forced })))
      expect(result).toMatchObject({
        output: { message: { content: [{ toolUse: { name: 'weather', input: { city: expect.any(String) } } }] } },
      })
    })
  },
)

describeOrchestration(
  'what models at Bedrock think and keep',
  { system: doing, provider: { latency: '4s', replies: [{ content: 'colours', reply: ANSWER }] } },
  (test) => {
    const additionalModelRequestFields = { thinking: { type: 'enabled', budget_tokens: 1_024 } }

    test('is told with its signature', async ({ run, expect }) => {
      const { result } = await run(asked(() => converse({ additionalModelRequestFields })))
      expect(result).toMatchObject({
        output: {
          message: {
            content: [
              { reasoningContent: { reasoningText: { text: expect.any(String), signature: expect.any(String) } } },
              { text: ANSWER },
            ],
          },
        },
      })
    })

    test('comes before the text in a stream', async ({ run, expect }) => {
      const { result } = await run(asked(() => read({ additionalModelRequestFields })))
      const deltas = (result as ConverseStreamOutput[]).flatMap(({ contentBlockDelta }) => contentBlockDelta ?? [])
      const thoughts = deltas.filter(({ contentBlockIndex }) => contentBlockIndex === 0)
      expect(thoughts.at(-1)).toMatchObject({ delta: { reasoningContent: { signature: expect.any(String) } } })
      expect(deltas.map(({ delta }) => delta?.text ?? '').join('')).toBe(ANSWER)
      expect(deltas.at(-1)).toMatchObject({ contentBlockIndex: 1 })
    })

    test('is kept at a cache point, and read from there', async ({ run, expect }) => {
      const system = [{ text: 'Be exact. '.repeat(500) }, { cachePoint: { type: 'default' as const } }]
      const work = async () => [(await converse({ system })).usage, (await converse({ system })).usage]
      const [first, second] = (await run(asked(work))).result as TokenUsage[]
      expect(first!.cacheWriteInputTokens).toBeGreaterThan(1_000)
      expect(second).toMatchObject({ cacheReadInputTokens: first!.cacheWriteInputTokens, cacheWriteInputTokens: 0 })
    })
  },
)

describeOrchestration('a schema at Bedrock', { system: doing, provider: { latency: '1s' } }, (test) => {
  test('is kept by the answer', async ({ run, expect }) => {
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    const textFormat = {
      type: 'json_schema' as const,
      structure: { jsonSchema: { name: 'ship', schema: JSON.stringify(schema) } },
    }
    const { result } = await run(
      asked(async () => (await converse({ outputConfig: { textFormat } })).output!.message!.content![0]!.text),
    )
    expect(JSON.parse(result as string)).toMatchObject({ name: expect.any(String) })
  })
})

type ErrorClass = new (...args: never[]) => Error
const FAULTS: [Fault, ErrorClass, number][] = [
  ['rate_limited', ThrottlingException, 429],
  ['overloaded', ServiceUnavailableException, 503],
  ['server_error', InternalServerException, 500],
  ['quota_exhausted', ThrottlingException, 429],
  ['model_retired', ResourceNotFoundException, 404],
  ['prompt_filtered', ValidationException, 400],
]

describeOrchestration(
  'what goes wrong at Bedrock',
  { system: doing, provider: { latency: '4s', replies: ANSWER } },
  (test) => {
    for (const [fault, kind, status] of FAULTS)
      test(`${fault} is ${kind.name} of the SDK`, async ({ run, provider, expect }) => {
        provider.failNext(1, fault)
        const { error } = await run(asked(() => converse()))
        expect(error).toBeInstanceOf(kind)
        expect((error as BedrockRuntimeServiceException).$metadata.httpStatusCode).toBe(status)
      })

    test('a throttled call is tried again by the SDK at its own pace', async ({ run, provider, expect, trace }) => {
      provider.failNext(1, 'rate_limited')
      const outcome = await run(asked(() => converse({}, patient)))
      expect(outcome).toHaveCompleted()
      expect(trace.ofType('call.arrived').map(({ attempt }) => attempt)).toEqual([1, 2])
    })

    test('a connection that breaks is an error, before an answer and within it', async ({ run, provider, expect }) => {
      provider.failNext(1, 'reset')
      expect((await run(asked(() => converse()))).status).toBe('failed')
      provider.failNext(1, 'reset_midway')
      expect((await run(asked(() => read()))).status).toBe('failed')
    })

    test('a model that fails within a stream is an exception within it', async ({ run, provider, expect }) => {
      provider.failNext(1, 'stream_error')
      expect((await run(asked(() => read()))).error).toBeInstanceOf(ModelStreamErrorException)
    })

    test('a token that has expired is told by its name', async ({ run, provider, expect }) => {
      provider.failNext(1, 'unauthorized')
      expect((await run(asked(() => converse()))).error).toMatchObject({
        name: 'ExpiredTokenException',
        $metadata: { httpStatusCode: 403 },
      })
    })

    test('what the filter catches ends as such, by a guardrail where there is one', async ({
      run,
      provider,
      expect,
    }) => {
      provider.failNext(2, 'content_filter')
      const guardrailConfig = { guardrailIdentifier: 'mine', guardrailVersion: '1' }
      const work = async () => [(await converse()).stopReason, (await converse({ guardrailConfig })).stopReason]
      expect((await run(asked(work))).result).toEqual(['content_filtered', 'guardrail_intervened'])
    })

    test('an event that is not JSON is an error', async ({ run, provider, expect }) => {
      provider.failNext(1, 'malformed_json')
      expect((await run(asked(() => read()))).status).toBe('failed')
    })

    const use = (id: string) => ({ toolUse: { toolUseId: id, name: 'weather', input: {} } })
    const given = (id: string) => ({ toolResult: { toolUseId: id, content: [{ text: 'sun' }] } })
    const WRONG: [string, Partial<ConverseCommandInput>, RegExp][] = [
      ['an unknown model', { modelId: 'nobody.nothing-v1:0' }, /The provided model identifier is invalid/],
      [
        'a model without its region',
        { modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
        /with on-demand throughput isn’t supported/,
      ],
      ['no messages', { messages: [] }, /must start with a user message/],
      [
        'a conversation that the assistant begins',
        { messages: [{ role: 'assistant', content: [{ text: 'Hi.' }] }] },
        /must start with a user/,
      ],
      ['two turns of one', { messages: [...messages, ...messages] }, /must alternate/],
      ['an empty turn', { messages: [{ role: 'user', content: [] }] }, /messages\.0 is empty/],
      ['a blank text', { messages: [{ role: 'user', content: [{ text: ' ' }] }] }, /is blank/],
      [
        'a call without a result',
        { messages: [...messages, { role: 'assistant', content: [use('a')] }, ...messages], toolConfig },
        /Expected toolResult blocks at messages\.2\.content for the following Ids: a/,
      ],
      [
        'a result without a call',
        { messages: [{ role: 'user', content: [given('a')] }], toolConfig },
        /exceeds the number of toolUse blocks/,
      ],
      [
        'more tokens than the model gives',
        { inferenceConfig: { maxTokens: 100_000 } },
        /exceeds the model limit of 64000/,
      ],
      [
        'a budget of thoughts above the limit of tokens',
        {
          inferenceConfig: { maxTokens: 1_024 },
          additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2_048 } },
        },
        /must be greater than `thinking.budget_tokens`/,
      ],
      [
        'a choice of a tool that is not offered',
        { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'other' } } } },
        /not found in provided tools/,
      ],
      [
        'a tool twice',
        { toolConfig: { tools: [...toolConfig.tools!, ...toolConfig.tools!] } },
        /is already defined at/,
      ],
      ['a temperature of 2', { inferenceConfig: { temperature: 2 } }, /less than or equal to 1/],
    ]
    for (const [name, more, words] of WRONG)
      test(`${name} is a ValidationException`, async ({ run, expect }) => {
        const { error } = await run(asked(() => converse(more)))
        expect(error).toBeInstanceOf(ValidationException)
        expect((error as Error).message).toMatch(words)
      })

    test('a request that nobody signed is refused', async ({ run, expect }) => {
      const url = `https://bedrock-runtime.us-east-1.amazonaws.com/model/${modelId}/converse`
      const work = async () => (await fetch(url, { method: 'POST', body: JSON.stringify({ messages }) })).status
      expect((await run(asked(work))).result).toBe(403)
    })
  },
)

test("the server answers AWS' own SDK", async () => {
  const clock = startClock({ kind: 'real' })
  const server = await startServer(quickProvider(clock))
  const near = new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials,
    endpoint: server.baseURLs['bedrock']!,
  })
  const said = await converse({}, near)
  const { stream } = await near.send(new ConverseStreamCommand({ modelId, messages }))
  let streamed = ''
  for await (const event of stream!) streamed += event.contentBlockDelta?.delta?.text ?? ''
  await server.close()
  expect([said.output!.message!.content![0]!.text, streamed]).toEqual([quickAnswer, quickAnswer])
})
