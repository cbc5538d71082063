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

    test('counts what it would take in without a call', async ({ trace }) => {
      const { input_tokens: tokens } = await client.responses.inputTokens.count({ model: 'gpt-4o', input: 'Colour?' })
      const { usage } = await client.responses.create({ model: 'gpt-4o', input: 'Colour?' })
      expect(tokens).toBe(usage!.input_tokens)
      expect(trace.ofType('call.arrived')).toHaveLength(1)
    })
  },
)

describeOrchestration(
  'an answer in the background',
  { system, provider: { latency: '20m', replies: 'Done at last.' } },
  (test) => {
    test('is queued at once, and fetched when it is there', async ({ clock }) => {
      let response = await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      expect(response.status).toBe('queued')
      expect(clock.now()).toBeLessThan(1_000)
      while (response.status === 'queued' || response.status === 'in_progress') {
        await new Promise((resolve) => setTimeout(resolve, 60_000))
        response = await client.responses.retrieve(response.id)
      }
      expect(response).toMatchObject({ status: 'completed', output_text: 'Done at last.' })
      expect(clock.now()).toBeGreaterThan(20 * 60_000)
    })

    test('is cancelled, and billed no further', async ({ provider }) => {
      const { id } = await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      expect(await client.responses.cancel(id)).toMatchObject({ status: 'cancelled' })
      expect(await client.responses.retrieve(id)).toMatchObject({ status: 'cancelled' })
      expect(provider.openCalls).toBe(0)
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
  ] as const)('%j is refused in its own words', async ([body, message]) => {
    await expect(client.responses.create(body as never)).rejects.toThrow(message)
    await expect(client.responses.create(body as never)).rejects.toBeInstanceOf(BadRequestError)
  })
})
