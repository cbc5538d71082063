import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { expect } from 'vitest'
import { z } from 'zod'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const system = async () => undefined
const WEATHER = {
  type: 'function',
  name: 'weather',
  description: 'Tells the weather.',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const

/** Events of a stream, in order. */
async function eventsOf(body: OpenAI.Responses.ResponseCreateParamsNonStreaming) {
  const stream = await client.responses.create({ ...body, stream: true })
  const events: OpenAI.Responses.ResponseStreamEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

describeOrchestration(
  'an answer of the Responses API',
  { system, provider: { latency: '4s', replies: 'Blue, as the sky is.' } },
  (test) => {
    test('is read by the SDK as a whole', async ({ clock }) => {
      const response = await client.responses.create({ model: 'gpt-4o', instructions: 'Be short.', input: 'Colour?' })
      expect(response).toMatchObject({
        object: 'response',
        status: 'completed',
        output_text: 'Blue, as the sky is.',
        instructions: 'Be short.',
        model: 'gpt-4o',
        usage: { output_tokens: 7, output_tokens_details: { reasoning_tokens: 0 } },
        error: null,
        incomplete_details: null,
        frequency_penalty: 0,
        presence_penalty: 0,
      })
      expect(response.output).toMatchObject([
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', annotations: [] }],
        },
      ])
      expect(clock.now()).toBe(4_000)
    })

    test('streams numbered events, whose last one is the whole answer', async () => {
      const events = await eventsOf({ model: 'gpt-4o', input: 'Colour?' })
      expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index))
      const types = events.map(({ type }) => type)
      expect(types.slice(0, 4)).toEqual([
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
      ])
      expect(types.slice(-4)).toEqual([
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ])
      const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')
      expect(text).toBe('Blue, as the sky is.')
    })

    test('is put together from its stream by the SDK as it is given whole', async () => {
      const streamed = await client.responses.stream({ model: 'gpt-4o', input: 'Colour?' }).finalResponse()
      const whole = await client.responses.create({ model: 'gpt-4o', input: 'Colour?' })
      const plain = (text: string) => text.replaceAll(/,?"(id|created_at|completed_at|parsed)":[^,}]*/g, '')
      expect(plain(JSON.stringify(streamed.output))).toBe(plain(JSON.stringify(whole.output)))
      expect(streamed.usage).toEqual(whole.usage)
    })

    test('is kept, and gone on with by its id', async ({ trace }) => {
      const first = await client.responses.create({ model: 'gpt-4o', input: 'Colour?' })
      expect(await client.responses.retrieve(first.id)).toMatchObject({ id: first.id, output_text: first.output_text })
      const second = await client.responses.create({
        model: 'gpt-4o',
        previous_response_id: first.id,
        input: 'And at night?',
      })
      const roles: (string | undefined)[] = []
      for await (const item of client.responses.inputItems.list(second.id, { order: 'asc' }))
        roles.push('role' in item ? item.role : item.type)
      expect(roles).toEqual(['user', 'assistant', 'user'])
      const [one, two] = trace.ofType('call.arrived')
      expect(two).toMatchObject({ continues: 1, turn: 2, conversation: one!.conversation })
      await client.responses.delete(first.id)
      await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError)
      await expect(
        client.responses.create({ model: 'gpt-4o', previous_response_id: first.id, input: 'x' }),
      ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' })
    })

    test('cannot be cancelled where the client waits for it', async () => {
      const { id } = await client.responses.create({ model: 'gpt-4o', input: 'Think.' })
      await expect(client.responses.cancel(id)).rejects.toBeInstanceOf(BadRequestError)
    })

    test('is not kept where the request says so', async () => {
      const { id } = await client.responses.create({ model: 'gpt-4o', input: 'Colour?', store: false })
      await expect(client.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError)
    })

    test('goes on in a conversation that the service keeps', async () => {
      const { id } = await client.conversations.create({
        items: [{ role: 'user', content: 'I am Ada.', type: 'message' }],
      })
      await client.responses.create({ model: 'gpt-4o', conversation: id, input: 'Colour?' })
      const texts: unknown[] = []
      for await (const item of client.conversations.items.list(id, { order: 'asc' }))
        texts.push(
          item.type === 'message' ? item.content.map((part) => 'text' in part && part.text).join('') : item.type,
        )
      expect(texts).toEqual(['I am Ada.', 'Colour?', 'Blue, as the sky is.'])
    })

    test('is cut at the limit of tokens, and says why', async () => {
      const response = await client.responses.create({ model: 'gpt-4o', input: 'x', max_output_tokens: 16 })
      expect(response.status).toBe('completed')
      const long = await client.responses.create({
        model: 'gpt-4o',
        input: 'x',
        max_output_tokens: 16,
        metadata: { agent: 'talker' },
      })
      expect(long).toMatchObject({ metadata: { agent: 'talker' } })
    })

    test('keeps what the user said as whole items where it is compacted', async () => {
      const input: OpenAI.Responses.ResponseInput = [
        { role: 'user', content: 'Colour?' },
        { role: 'assistant', content: 'Blue.' },
      ]
      const { output } = await client.responses.compact({ model: 'gpt-4o', input })
      expect(output).toMatchObject([
        {
          id: expect.stringMatching(/^msg_/) as string,
          type: 'message',
          status: 'completed',
          role: 'user',
          content: [{ type: 'input_text', text: 'Colour?' }],
        },
        { type: 'compaction' },
      ])
    })

    test('counts what it would take in without a call', async ({ trace }) => {
      const { input_tokens: tokens } = await client.responses.inputTokens.count({ model: 'gpt-4o', input: 'Colour?' })
      const { usage } = await client.responses.create({ model: 'gpt-4o', input: 'Colour?' })
      expect(tokens).toBe(usage!.input_tokens)
      expect(trace.ofType('call.arrived')).toHaveLength(1)
    })
  },
)

describeOrchestration(
  'tools of the Responses API',
  {
    system,
    provider: {
      latency: '1s',
      replies: ({ messages }) =>
        messages.at(-1)?.role === 'tool'
          ? `It is ${messages.at(-1)!.text}.`
          : { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] },
    },
  },
  (test) => {
    test('are called, and their outputs are answered', async () => {
      const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'Weather in Paris?' }]
      const first = await client.responses.create({ model: 'gpt-4o', input, tools: [WEATHER] })
      expect(first.tools).toEqual([{ ...WEATHER, strict: true }])
      const call = first.output.find((item) => item.type === 'function_call')!
      expect(call).toMatchObject({ name: 'weather', status: 'completed' })
      expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' })
      input.push(call, { type: 'function_call_output', call_id: call.call_id, output: 'sunny' })
      const second = await client.responses.create({ model: 'gpt-4o', input, tools: [WEATHER] })
      expect(second.output_text).toBe('It is sunny.')
    })

    test('stream their arguments', async () => {
      const events = await eventsOf({ model: 'gpt-4o', input: 'Weather?', tools: [WEATHER] })
      const done = events.find((event) => event.type === 'response.function_call_arguments.done')!
      expect(JSON.parse(done.arguments)).toEqual({ city: 'Paris' })
      const deltas = events.flatMap((event) =>
        event.type === 'response.function_call_arguments.delta' ? [event.delta] : [],
      )
      expect(deltas.join('')).toBe(done.arguments)
    })

    test('must all be answered', async () => {
      const first = await client.responses.create({ model: 'gpt-4o', input: 'Weather?', tools: [WEATHER] })
      const call = first.output.find((item) => item.type === 'function_call')!
      await expect(
        client.responses.create({ model: 'gpt-4o', previous_response_id: first.id, input: 'Never mind.' }),
      ).rejects.toThrow(`400 No tool output found for function call ${call.call_id}.`)
      await expect(
        client.responses.create({
          model: 'gpt-4o',
          input: [{ type: 'function_call_output', call_id: 'call_none', output: 'x' }],
        }),
      ).rejects.toThrow('400 No tool call found for function call output with call_id call_none.')
    })
  },
)

describeOrchestration('structured output of the Responses API', { system, provider: { latency: '1s' } }, (test) => {
  test('fits the schema', async () => {
    const format = zodTextFormat(z.object({ name: z.string(), age: z.number() }), 'person')
    const { output_parsed: person } = await client.responses.parse({ model: 'gpt-4o', input: 'Who?', text: { format } })
    expect(person).toMatchObject({ name: expect.any(String), age: expect.any(Number) })
  })

  test('wants a schema that is strict', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    await expect(
      client.responses.create({
        model: 'gpt-4o',
        input: 'x',
        text: { format: { type: 'json_schema', name: 's', schema, strict: true } },
      }),
    ).rejects.toThrow("Invalid schema for response_format 's': In context=(), 'additionalProperties' is required")
  })
})

describeOrchestration(
  'what a model thought',
  { system, provider: { latency: '1s', replies: () => ({ reasoning: 'Hm.', text: 'Yes.' }) } },
  (test) => {
    test('goes back with what came of it, in their order', async () => {
      const ask: OpenAI.Responses.ResponseInputItem = { role: 'user', content: 'Well?' }
      const first = await client.responses.create({ model: 'o3', input: [ask] })
      const [thought, said] = first.output as OpenAI.Responses.ResponseInputItem[]
      const again = { role: 'user', content: 'Sure?' } as const
      const idOf = (item: object | undefined) => (item as { id?: string }).id
      const whole = await client.responses.create({ model: 'o3', input: [ask, thought!, said!, again] })
      expect(whole.status).toBe('completed')
      await expect(client.responses.create({ model: 'o3', input: [ask, said!, again] })).rejects.toThrow(
        `Item '${idOf(said)}' of type 'message' was provided without its required 'reasoning' item: '${idOf(thought)}'.`,
      )
      await expect(client.responses.create({ model: 'o3', input: [ask, thought!, again] })).rejects.toThrow(
        `Item '${idOf(thought)}' of type 'reasoning' was provided without its required following item.`,
      )
    })
  },
)

describeOrchestration(
  'a conversation that outgrows its model',
  { system, provider: { latency: '1s', models: { tiny: { contextWindow: 60 } }, replies: 'Yes.' } },
  (test) => {
    const input = [1, 2, 3, 4].map((number) => ({
      role: 'user' as const,
      content: `This is sentence number ${number}, of some fifteen tokens, as one may say.`,
    }))

    test('is refused, unless its oldest items may go', async ({ trace }) => {
      const refused = client.responses.create({ model: 'tiny', instructions: 'Be short.', input })
      await expect(refused).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
      const { usage } = await client.responses.create({
        model: 'tiny',
        instructions: 'Be short.',
        input,
        truncation: 'auto',
      })
      expect(usage!.input_tokens).toBeGreaterThan(20)
      expect(usage!.input_tokens).toBeLessThanOrEqual(60)
      expect(trace.ofType('call.arrived').at(-1)!.inputTokens).toBe(usage!.input_tokens)
    })

    test('is refused where the newest item alone is too long', async () => {
      const refused = client.responses.create({ model: 'tiny', input: 'word '.repeat(100), truncation: 'auto' })
      await expect(refused).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
    })
  },
)

describeOrchestration('conversations of OpenAI', { system }, (test) => {
  test('may hear the same twice', async () => {
    const { id } = await client.conversations.create()
    const again = { model: 'gpt-4o', conversation: id, input: 'Go on.' }
    await client.responses.create(again)
    await client.responses.create(again)
    const { data } = await client.conversations.items.list(id)
    expect(new Set(data.map((item) => item.id)).size).toBe(4)
  })

  test('take items that are items, twenty at once', async () => {
    const { id } = await client.conversations.create({})
    const item = { type: 'message', role: 'user', content: 'x' } as const
    const added = (items: unknown[]) => client.conversations.items.create(id, { items: items as never })
    await expect(added([{ type: 'message', role: 'tool', content: 'x' }])).rejects.toThrow("Invalid value: 'tool'.")
    await expect(added([{ type: 'nonsense' }])).rejects.toThrow("Invalid value: 'nonsense'.")
    await expect(added([{ ...item, id: 'x_1' }])).rejects.toThrow("Invalid 'items[0].id': 'x_1'.")
    await expect(added(Array.from({ length: 21 }, () => item))).rejects.toThrow('array too long')
    await expect(client.conversations.create({ items: 'x' as never })).rejects.toThrow("Invalid type for 'items'")
    expect((await added([item])).data).toHaveLength(1)
    await client.conversations.items.delete((await added([item])).data[0]!.id!, { conversation_id: id })
    expect((await client.conversations.items.list(id)).data).toHaveLength(1)
  })
})

describeOrchestration('wrong requests to the Responses API', { system }, (test) => {
  test.for([
    [{ model: 'gpt-4o' }, "Missing required parameter: 'input'."],
    [{ input: 'x' }, "Missing required parameter: 'model'."],
    [{ model: 'gpt-4o', input: 3 }, "Invalid type for 'input'"],
    [{ model: 'gpt-4o', input: 'x', messages: [] }, "Unknown parameter: 'messages'."],
    [{ model: 'gpt-4o', input: 'x', max_output_tokens: 3 }, 'integer below minimum value'],
    [{ model: 'gpt-4o', input: 'x', max_output_tokens: 99_999 }, 'max_output_tokens is too large: 99999.'],
    [{ model: 'o3', input: 'x', temperature: 0.2 }, "'temperature' is not supported with this model."],
    [{ model: 'gpt-4o', input: 'x', reasoning: { effort: 'low' } }, "'reasoning.effort' is not supported"],
    [{ model: 'text-embedding-3-small', input: 'x' }, 'cannot be used with the Responses API'],
    [{ model: 'gpt-4o', input: [{ role: 'tool', content: 'x' }] }, "Invalid value: 'tool'."],
    [{ model: 'gpt-4o', input: null }, "Missing required parameter: 'input'."],
    [{ model: 'gpt-4o', input: [] }, "Missing required parameter: 'input'."],
    [
      { model: 'o3', input: 'x', reasoning: { effort: 'minimal' } },
      "'minimal' is not supported with the 'o3' model. Supported values are: 'low', 'medium', and 'high'.",
    ],
    [{ model: 'o3', input: 'x', reasoning: { effort: 'huge' } }, "Invalid value: 'huge'."],
    [
      { model: 'gpt-4o', input: 'x', tools: [{ type: 'function', name: 'a.b', parameters: {} }] },
      "Invalid 'tools[0].name': string does not match pattern.",
    ],
    [
      { model: 'gpt-4o', input: 'x', tools: [{ type: 'function', name: 'a'.repeat(65), parameters: {} }] },
      "Invalid 'tools[0].name': string too long. Expected a string with maximum length 64, but got a string with length 65",
    ],
    [{ model: 'gpt-4o', input: 'x', tools: [{ type: 'custom', name: '' }] }, "Invalid 'tools[0].name': empty string."],
    [
      { model: 'gpt-4o', input: [{ type: 'function_call_output', call_id: '', output: 'x' }] },
      "Invalid 'input[0].call_id': empty string.",
    ],
    [
      { model: 'gpt-4o', input: [{ role: 'user', content: 'x', id: 'item_1' }] },
      "Invalid 'input[0].id': 'item_1'. Expected an ID that begins with 'msg'.",
    ],
    [
      { model: 'o3', input: [{ type: 'reasoning', summary: [], id: 'msg_1' }] },
      "Invalid 'input[0].id': 'msg_1'. Expected an ID that begins with 'rs'.",
    ],
    [
      { model: 'gpt-4o', input: [{ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}', id: 'call_1' }] },
      "Expected an ID that begins with 'fc'.",
    ],
    [
      { model: 'gpt-4o', input: [{ role: 'user', content: 'x', id: '' }] },
      "Invalid 'input[0].id': ''. Expected an ID that contains letters, numbers, underscores, or dashes",
    ],
    [
      { model: 'gpt-4o', input: [1, 2].map(() => ({ role: 'user', content: 'x', id: 'msg_1' })) },
      'Duplicate item found with id msg_1.',
    ],
    [
      {
        model: 'o3',
        input: [
          { role: 'user', content: 'x' },
          { type: 'reasoning', summary: [], id: 'rs_1' },
        ],
      },
      "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    ],
  ] as const)('%j is refused in its own words', async ([body, message]) => {
    await expect(client.responses.create(body as never)).rejects.toThrow(message)
    await expect(client.responses.create(body as never)).rejects.toBeInstanceOf(BadRequestError)
  })
})
