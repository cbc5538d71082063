import { Mistral } from '@mistralai/mistralai'
import { HTTPValidationError, SDKError } from '@mistralai/mistralai/models/errors'
import { describeOrchestration, type Provider, startServer } from 'longhaul'

const aClient = (serverURL?: string) =>
  new Mistral({ apiKey: 'test', retryConfig: { strategy: 'none' }, ...(serverURL !== undefined && { serverURL }) })
const MODEL = 'mistral-small-latest'
const messages = [{ role: 'user' as const, content: 'Where is the ship?' }]
const dock = {
  type: 'function' as const,
  function: {
    name: 'dock',
    parameters: { type: 'object', properties: { berth: { type: 'integer' } }, required: ['berth'] },
  },
}
const raw = (body: unknown) =>
  fetch('https://api.mistral.ai/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const call = (id: string) => ({ id, function: { name: 'dock', arguments: '{}' } })
const answerTo = (id: string) => ({ role: 'tool', tool_call_id: id, name: 'dock', content: 'ok' })

/** Histories that Mistral refuses, and what it says of them. */
const BROKEN: Record<string, [unknown[], RegExp]> = {
  'a result after a question': [[...messages, answerTo('abcdefghi')], /Unexpected role 'tool' after role 'user'/],
  'a call without a result': [
    [...messages, { role: 'assistant', tool_calls: [call('abcdefghi')] }, { role: 'user', content: 'x' }],
    /Not the same number of function calls and responses/,
  ],
  'a result of another call': [
    [...messages, { role: 'assistant', tool_calls: [call('abcdefghi')] }, answerTo('jklmnopqr')],
    /Unexpected tool call id/,
  ],
  'an id that is not nine letters': [
    [...messages, { role: 'assistant', tool_calls: [call('call_1')] }, answerTo('call_1')],
    /must be a-z, A-Z, 0-9, with a length of 9/,
  ],
  'an answer at the end': [
    [...messages, { role: 'assistant', content: 'Here' }],
    /Expected last role User or Tool \(or Assistant with prefix True\)/,
  ],
  'an empty answer': [
    [...messages, { role: 'assistant', content: '' }, ...messages],
    /must have either content or tool_calls/,
  ],
}

describeOrchestration(
  'Mistral, by its own SDK',
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: [
        { content: 'Dock', reply: { toolCalls: [{ name: 'dock', arguments: { berth: 3 } }] } },
        { content: 'ok', reply: 'She is docked.' },
        { content: 'Where', reply: 'At sea, far from any berth.' },
        { content: 'Name', reply: 'Myrl.' },
      ],
    },
  },
  (test) => {
    test('answers whole and streamed', async ({ expect }) => {
      const client = aClient()
      const whole = await client.chat.complete({ model: MODEL, messages })
      expect(whole.choices![0]).toMatchObject({
        message: { content: 'At sea, far from any berth.' },
        finishReason: 'stop',
      })
      expect(whole.usage.totalTokens).toBe(whole.usage.promptTokens! + whole.usage.completionTokens!)
      let said = ''
      let usage: unknown
      for await (const { data } of await client.chat.stream({ model: MODEL, messages })) {
        said += data.choices[0]!.delta.content as string
        usage ??= data.usage
      }
      expect(said).toBe('At sea, far from any berth.')
      expect(usage).toMatchObject({ promptTokens: whole.usage.promptTokens })
    })

    test('calls tools by ids of nine letters, and takes their results', async ({ expect }) => {
      const client = aClient()
      const asked = [{ role: 'user' as const, content: 'Dock her.' }]
      const first = await client.chat.complete({ model: MODEL, messages: asked, tools: [dock], toolChoice: 'any' })
      const message = first.choices![0]!.message!
      const [called] = message.toolCalls!
      expect(called!.id).toMatch(/^[a-zA-Z0-9]{9}$/)
      expect(JSON.parse(called!.function.arguments as string)).toEqual({ berth: 3 })
      const second = await client.chat.complete({
        model: MODEL,
        tools: [dock],
        messages: [
          ...asked,
          { ...message, role: 'assistant' },
          { role: 'tool', toolCallId: called!.id!, name: 'dock', content: 'ok' },
        ],
      })
      expect(second.choices![0]!.message!.content).toBe('She is docked.')
      const streamed: unknown[] = []
      for await (const { data } of await client.chat.stream({ model: MODEL, messages: asked, tools: [dock] }))
        streamed.push(...(data.choices[0]!.delta.toolCalls ?? []))
      expect(streamed).toMatchObject([{ function: { name: 'dock', arguments: '{"berth":3}' } }])
    })

    test('goes on with a prefix, and keeps to a schema', async ({ expect }) => {
      const client = aClient()
      const { choices } = await client.chat.complete({
        model: MODEL,
        messages: [
          { role: 'user', content: 'Name?' },
          { role: 'assistant', content: 'Her name is ', prefix: true },
        ],
      })
      expect(choices![0]!.message!.content).toMatch(/^Her name is ./)
      const schema = { type: 'object', properties: { berth: { type: 'integer' } }, required: ['berth'] }
      const { choices: fitting } = await client.chat.complete({
        model: MODEL,
        messages: [{ role: 'user', content: 'Which berth?' }],
        responseFormat: { type: 'json_schema', jsonSchema: { name: 'berth', schemaDefinition: schema } },
      })
      expect(JSON.parse(fitting![0]!.message!.content as string)).toHaveProperty('berth')
    })

    test('thinks in blocks of its own', async ({ expect }) => {
      const { choices } = await aClient().chat.complete({ model: 'magistral-small-latest', messages })
      expect(choices![0]!.message!.content).toMatchObject([{ type: 'thinking' }, { type: 'text' }])
    })

    test('embeds, fills in and lists its models', async ({ expect }) => {
      const client = aClient()
      const { data } = await client.embeddings.create({ model: 'mistral-embed', inputs: ['a', 'b'] })
      expect(data.map(({ embedding }) => embedding!.length)).toEqual([1_024, 1_024])
      const { choices } = await client.fim.complete({ model: 'codestral-latest', prompt: 'Where(', suffix: ')' })
      expect(choices![0]!.message!.content).not.toBe('')
      const models = await client.models.list()
      expect(models.data!.length).toBeGreaterThan(10)
      const large = { id: 'mistral-large-2512', maxContextLength: 262_144 }
      expect(models.data).toEqual(expect.arrayContaining([expect.objectContaining(large)]))
      // Also by a name that the list does not have: as long as calls may be.
      expect(await client.models.retrieve({ modelId: 'mistral-large-latest' })).toMatchObject({
        id: 'mistral-large-latest',
        maxContextLength: 128_000,
      })
    })

    test('what is wrong is an error of the SDK', async ({ expect, provider }) => {
      const client = aClient()
      const { temperature, ...right } = { model: MODEL, messages, temperature: 7 }
      await expect(client.chat.complete({ ...right, temperature })).rejects.toBeInstanceOf(HTTPValidationError)
      const gone = await client.chat.complete({ ...right, model: 'none' }).catch((error: unknown) => error)
      expect(gone).toBeInstanceOf(SDKError)
      expect(gone).toMatchObject({ statusCode: 400, body: expect.stringContaining('Invalid model: none') })
      provider.failNext(1, 'rate_limited')
      await expect(client.chat.complete(right)).rejects.toMatchObject({ statusCode: 429 })
      provider.failNext(1, 'overloaded')
      await expect(client.chat.complete(right)).rejects.toMatchObject({ statusCode: 503 })
      const bare = await fetch('https://api.mistral.ai/v1/models')
      expect([bare.status, await bare.json()]).toEqual([401, { detail: 'Unauthorized' }])
    })

    for (const [name, [history, message]] of Object.entries(BROKEN))
      test(`${name} is refused`, async ({ expect }) => {
        const response = await raw({ model: MODEL, messages: history })
        expect(response.status).toBe(400)
        const body = (await response.json()) as { object: string; message: string }
        expect(body.object).toBe('error')
        expect(body.message).toMatch(message)
      })

    test('a field that there is not is a 422 with its place', async ({ expect }) => {
      const response = await raw({ model: MODEL, messages, seed: 7 })
      expect([response.status, await response.json()]).toMatchObject([
        422,
        { detail: [{ type: 'extra_forbidden', loc: ['body', 'seed'] }] },
      ])
    })
  },
)

describeOrchestration(
  'Mistral on a server',
  { system: async () => undefined, time: 'real', provider: { latency: 1 } },
  (test) => {
    test('answers its SDK', async ({ expect, provider }) => {
      const server = await startServer(provider as unknown as Provider)
      const client = aClient(server.baseURLs['mistral'])
      expect((await client.chat.complete({ model: MODEL, messages })).choices).toHaveLength(1)
      await server.close()
    })
  },
)
