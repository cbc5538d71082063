import OpenAI from 'openai'
import { expect } from 'vitest'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const system = async () => undefined
const hello = [{ role: 'user', content: 'Hello' }] as const
const ask = (body: object) =>
  client.chat.completions.create({
    model: 'gpt-4o',
    messages: hello,
    ...body,
  } as never) as Promise<OpenAI.ChatCompletion>
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })

describeOrchestration('what Chat Completions refuse', { system }, (test) => {
  test.for([
    [
      { model: 'o3', max_tokens: 5 },
      "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    [{ model: 'o3', temperature: 0.2 }, "'temperature' does not support 0.2 with this model."],
    [{ model: 'o3', logprobs: true }, "'logprobs' is not supported with this model."],
    [{ max_tokens: 99_999 }, 'This model supports at most 16384 completion tokens, whereas you provided 99999.'],
    [{ max_tokens: 5, max_completion_tokens: 5 }, "Setting 'max_tokens' and 'max_completion_tokens' at the same time"],
    [{ reasoning_effort: 'low' }, 'Unrecognized request argument supplied: reasoning_effort'],
    [{ top_logprobs: 3 }, "'top_logprobs' parameter is only allowed when 'logprobs' is enabled"],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, "Invalid 'stop': array too long. Expected an array with maximum length 4"],
    [{ tool_choice: 'required' }, "'tool_choice' is only allowed when 'tools' are specified."],
    [
      {
        tools: [
          { type: 'function', function: { name: 'f', strict: true, parameters: { type: 'object', properties: {} } } },
        ],
      },
      "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    ],
    [
      {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'r',
            strict: true,
            schema: {
              type: 'object',
              properties: { a: { type: 'string' }, b: { type: 'string' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
      },
      "Missing 'b'.",
    ],
    [
      {
        messages: [
          ...hello,
          { role: 'assistant', tool_calls: [call('call_1'), call('call_2')] },
          { role: 'tool', tool_call_id: 'call_1', content: 'x' },
        ],
      },
      'The following tool_call_ids did not have response messages: call_2',
    ],
    [
      { messages: [...hello, { role: 'assistant', tool_calls: [call('call_1')] }, ...hello] },
      "An assistant message with 'tool_calls' must be followed by tool messages",
    ],
    [
      { messages: [...hello, { role: 'tool', tool_call_id: 'call_1', content: 'x' }] },
      "messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
    ],
    [{ messages: [{ role: 'user', content: [] }] }, ''],
  ] as const)('%j', async ([body, message]) => {
    if (message === '') return
    await expect(ask(body)).rejects.toThrow(message)
    await expect(ask(body)).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' })
  })

  test('a model that embeds is not asked', async () => {
    await expect(ask({ model: 'text-embedding-3-small' })).rejects.toThrow('404 This is not a chat model')
  })

  test('2,049 texts are not embedded', async () => {
    const input = Array.from({ length: 2_049 }, () => 'x')
    await expect(client.embeddings.create({ model: 'text-embedding-3-small', input })).rejects.toThrow('array too long')
  })
})

describeOrchestration(
  'what Chat Completions answer',
  {
    system,
    provider: {
      latency: '1s',
      replies: ({ tools }) => (tools[0] ? { toolCalls: [{ name: tools[0].name, arguments: { a: 1 } }] } : 'Hello you'),
    },
  },
  (test) => {
    test('functions are called as they were before there were tools', async () => {
      const functions = [{ name: 'f', parameters: { type: 'object', properties: {} } }]
      const { choices } = await ask({ functions })
      expect(choices[0]).toMatchObject({
        finish_reason: 'function_call',
        message: { content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      })
      const stream = await client.chat.completions.create({
        model: 'gpt-4o',
        messages: [...hello],
        functions,
        stream: true,
      })
      let given = ''
      for await (const chunk of stream) given += chunk.choices[0]?.delta.function_call?.arguments ?? ''
      expect(given).toBe('{"a":1}')
    })

    test('chances of the tokens are told where they are asked for', async () => {
      const { choices } = await ask({ logprobs: true, top_logprobs: 2 })
      const { content } = choices[0]!.logprobs!
      expect(content!.map(({ token }) => token).join('')).toBe('Hello you')
      for (const { logprob, top_logprobs: top } of content!) {
        expect(logprob).toBeLessThanOrEqual(0)
        expect(top).toHaveLength(2)
      }
    })

    test('a picture costs tokens, by its size', async () => {
      const picture = (detail: string) => [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail } },
          ],
        },
      ]
      const plain = await ask({ messages: [{ role: 'user', content: 'What?' }] })
      const low = await ask({ messages: picture('low') })
      const high = await ask({ messages: picture('high') })
      const tokens = ({ usage }: OpenAI.ChatCompletion) => usage!.prompt_tokens
      expect(tokens(low) - tokens(plain)).toBe(85)
      expect(tokens(high) - tokens(plain)).toBe(765)
    })

    test('tokens may be embedded as numbers', async () => {
      const { data, usage } = await client.embeddings.create({
        model: 'text-embedding-3-small',
        input: [[1, 2, 3], [4]],
      })
      expect(data).toHaveLength(2)
      expect(usage.prompt_tokens).toBeGreaterThan(0)
    })

    test('completions without a chat still are', async () => {
      const answer = await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Say', echo: true })
      expect(answer.choices[0]).toMatchObject({ text: 'SayHello you', finish_reason: 'stop' })
      const stream = await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Say', stream: true })
      let text = ''
      for await (const { choices } of stream) text += choices[0]?.text ?? ''
      expect(text).toBe('Hello you')
    })

    test('moderations are free', async ({ provider }) => {
      const { results } = await client.moderations.create({ input: ['Good morning', 'I will kill you'] })
      expect(results.map(({ flagged }) => flagged)).toEqual([false, true])
      expect(provider.ledger.total.calls).toBe(0)
    })
  },
)
