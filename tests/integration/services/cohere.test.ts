import { CohereClientV2, CohereError, Cohere } from 'cohere-ai'
import OpenAI from 'openai'
import { describeOrchestration, type Provider, startServer } from 'longhaul'

const aClient = (environment?: string) =>
  new CohereClientV2({ token: 'test', maxRetries: 0, ...(environment !== undefined && { environment }) })
const MODEL = 'command-a-03-2025'
const messages: Cohere.ChatMessageV2[] = [{ role: 'user', content: 'Where is the ship?' }]
const tools: Cohere.ToolV2[] = [
  {
    type: 'function',
    function: { name: 'dock', parameters: { type: 'object', properties: { berth: { type: 'integer' } } } },
  },
]
const called: Cohere.ToolCallV2 = { id: 'a', type: 'function', function: { name: 'dock', arguments: '{}' } }

/** Histories that Cohere refuses. */
const BROKEN: Record<string, Cohere.ChatMessageV2[]> = {
  'a result without a call': [...messages, { role: 'tool', toolCallId: 'a', content: 'ok' }],
  'a call without a result': [...messages, { role: 'assistant', toolCalls: [called] }, ...messages],
  'a call at the end': [...messages, { role: 'assistant', toolCalls: [called] }],
  'an empty question': [{ role: 'user', content: '' }],
  'an answer at the end': [...messages, { role: 'assistant', content: 'Here.' }],
}

describeOrchestration(
  'Cohere, by its own SDK',
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: [
        {
          content: 'Dock',
          reply: { text: 'I will dock her.', toolCalls: [{ name: 'dock', arguments: { berth: 3 } }] },
        },
        { content: 'docked', reply: 'She is docked.' },
        { content: 'Where', reply: 'At sea, far from any berth.' },
      ],
    },
  },
  (test) => {
    test('answers whole and streamed', async ({ expect }) => {
      const client = aClient()
      const whole = await client.chat({ model: MODEL, messages })
      expect(whole).toMatchObject({
        finishReason: 'COMPLETE',
        message: { role: 'assistant', content: [{ type: 'text', text: 'At sea, far from any berth.' }] },
      })
      const types: string[] = []
      let said = ''
      let end: unknown
      for await (const event of await client.chatStream({ model: MODEL, messages })) {
        if (types.at(-1) !== event.type) types.push(event.type)
        if (event.type === 'content-delta') said += event.delta!.message!.content!.text
        if (event.type === 'message-end') end = event.delta
      }
      expect(types).toEqual(['message-start', 'content-start', 'content-delta', 'content-end', 'message-end'])
      expect(said).toBe('At sea, far from any berth.')
      expect(end).toMatchObject({ finishReason: 'COMPLETE', usage: whole.usage })
    })

    test('plans, calls a tool, and goes on with its result', async ({ expect }) => {
      const client = aClient()
      const asked: Cohere.ChatMessageV2[] = [{ role: 'user', content: 'Dock her.' }]
      const { message, finishReason } = await client.chat({ model: MODEL, messages: asked, tools })
      expect(finishReason).toBe('TOOL_CALL')
      expect(message).toMatchObject({ toolPlan: 'I will dock her.', toolCalls: [{ function: { name: 'dock' } }] })
      const { id, function: tool } = message.toolCalls![0]!
      expect(JSON.parse(tool!.arguments!)).toEqual({ berth: 3 })
      const history: Cohere.ChatMessageV2[] = [
        ...asked,
        { role: 'assistant', toolCalls: message.toolCalls!, toolPlan: message.toolPlan! },
        { role: 'tool', toolCallId: id, content: [{ type: 'document', document: { data: { state: 'docked' } } }] },
      ]
      const second = await client.chat({ model: MODEL, messages: history, tools })
      expect(second.message.content).toMatchObject([{ text: 'She is docked.' }])
      expect(second.message.citations).toMatchObject([{ sources: [{ type: 'document' }] }])

      let plan = ''
      let given = ''
      for await (const event of await client.chatStream({ model: MODEL, messages: asked, tools })) {
        if (event.type === 'tool-plan-delta') plan += event.delta!.message!.toolPlan
        if (event.type === 'tool-call-delta') given += event.delta!.message!.toolCalls!.function!.arguments
      }
      expect([plan, given]).toEqual(['I will dock her.', '{"berth":3}'])
    })

    test('cites the documents that it was given', async ({ expect }) => {
      const client = aClient()
      const documents = [{ id: 'log', data: { text: 'The ship is at sea.' } }]
      const { message } = await client.chat({ model: MODEL, messages, documents })
      expect(message.citations).toMatchObject([{ start: 0, sources: [{ type: 'document', id: 'log' }] }])
      const types: string[] = []
      for await (const { type } of await client.chatStream({ model: MODEL, messages, documents })) types.push(type)
      expect(types).toEqual(expect.arrayContaining(['citation-start', 'citation-end']))
    })

    test('keeps to a schema', async ({ expect }) => {
      const jsonSchema = { type: 'object', properties: { berth: { type: 'integer' } }, required: ['berth'] }
      const { message } = await aClient().chat({
        model: MODEL,
        messages: [{ role: 'user', content: 'Which berth?' }],
        responseFormat: { type: 'json_object', jsonSchema },
      })
      const [block] = message.content!
      expect(JSON.parse((block as Cohere.ChatTextContent).text)).toHaveProperty('berth')
    })

    test('embeds, ranks and lists its models', async ({ expect }) => {
      const client = aClient()
      const asked = { model: 'embed-v4.0', inputType: 'search_document' as const, texts: ['a ship', 'a harbour'] }
      const { embeddings } = await client.embed({ ...asked, embeddingTypes: ['float', 'int8'], outputDimension: 256 })
      expect(embeddings.float!.map((vector) => vector.length)).toEqual([256, 256])
      expect(embeddings.int8).toHaveLength(2)
      const documents = ['onion soup', 'the ship is at sea', 'a ship']
      const { results } = await client.rerank({ model: 'rerank-v3.5', query: 'where is the ship', documents, topN: 2 })
      expect(results.map(({ index }) => index)).toEqual([1, 2])
      expect((await client.models.list()).models.length).toBeGreaterThan(3)
      expect(await client.models.get(MODEL)).toMatchObject({ name: MODEL, contextLength: 128_000 })
    })

    test('what is wrong is an error of the SDK', async ({ expect, provider }) => {
      const client = aClient()
      await expect(client.chat({ model: 'none', messages })).rejects.toBeInstanceOf(Cohere.NotFoundError)
      await expect(client.chat({ model: MODEL, messages, temperature: 3 })).rejects.toBeInstanceOf(
        Cohere.BadRequestError,
      )
      await expect(client.chat({ model: MODEL, messages, seed: 1.5 })).rejects.toBeInstanceOf(
        Cohere.UnprocessableEntityError,
      )
      provider.failNext(1, 'rate_limited')
      await expect(client.chat({ model: MODEL, messages })).rejects.toBeInstanceOf(Cohere.TooManyRequestsError)
      provider.failNext(1, 'server_error')
      await expect(client.chat({ model: MODEL, messages })).rejects.toBeInstanceOf(Cohere.InternalServerError)
      const nobody = new CohereClientV2({ token: '', maxRetries: 0 })
      await expect(nobody.chat({ model: MODEL, messages })).rejects.toBeInstanceOf(CohereError)
    })

    for (const [name, history] of Object.entries(BROKEN))
      test(`${name} is refused`, async ({ expect }) => {
        await expect(aClient().chat({ model: MODEL, messages: history })).rejects.toBeInstanceOf(Cohere.BadRequestError)
      })

    test('speaks OpenAI’s format too', async ({ expect }) => {
      const client = new OpenAI({ apiKey: 'test', baseURL: 'https://api.cohere.ai/compatibility/v1' })
      const { choices } = await client.chat.completions.create({
        model: MODEL,
        messages: [{ role: 'user', content: 'Where is she?' }],
      })
      expect(choices[0]!.message.content).toBe('At sea, far from any berth.')
    })
  },
)

describeOrchestration(
  'Cohere on a server',
  { system: async () => undefined, time: 'real', provider: { latency: 1 } },
  (test) => {
    test('answers its SDK', async ({ expect, provider }) => {
      const server = await startServer(provider as unknown as Provider)
      const { finishReason } = await aClient(server.baseURLs['cohere']).chat({ model: MODEL, messages })
      expect(finishReason).toBe('COMPLETE')
      await server.close()
    })
  },
)
