import { Ollama, type Message, type Tool } from 'ollama'
import OpenAI from 'openai'
import { describeOrchestration, type Provider, startServer } from 'longhaul'

const MODEL = 'llama3.2'
const messages: Message[] = [{ role: 'user', content: 'Where is the ship?' }]
const dock: Tool = {
  type: 'function',
  function: { name: 'dock', parameters: { type: 'object', properties: { berth: { type: 'integer' } } } },
}

describeOrchestration(
  'Ollama, by its own client',
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      models: { 'my-own:7b': {} },
      replies: [
        { content: 'Dock', reply: { toolCalls: [{ name: 'dock', arguments: { berth: 3 } }] } },
        { content: 'ok', reply: 'She is docked.' },
        { content: 'Where', reply: 'At sea, far from any berth.' },
      ],
    },
  },
  (test) => {
    const client = new Ollama()

    test('chats whole and streamed, by the line', async ({ expect, provider }) => {
      const whole = await client.chat({ model: MODEL, messages })
      expect(whole).toMatchObject({
        model: MODEL,
        message: { role: 'assistant', content: 'At sea, far from any berth.' },
        done: true,
        done_reason: 'stop',
      })
      expect(whole.total_duration).toBeGreaterThan(whole.eval_duration)
      let said = ''
      let parts = 0
      for await (const part of await client.chat({ model: MODEL, messages, stream: true })) {
        said += part.message.content
        parts += 1
        if (part.done) expect(part.eval_count).toBe(whole.eval_count)
      }
      expect(said).toBe('At sea, far from any berth.')
      expect(parts).toBeGreaterThan(3)
      expect(provider.ledger.total).toMatchObject({ calls: 2, cost: 0n })
    })

    test('calls a tool with arguments that are no text, and goes on with its result', async ({ expect }) => {
      const asked: Message[] = [{ role: 'user', content: 'Dock her.' }]
      const { message } = await client.chat({ model: MODEL, messages: asked, tools: [dock] })
      expect(message.tool_calls).toMatchObject([{ function: { name: 'dock', arguments: { berth: 3 } } }])
      const history: Message[] = [...asked, message, { role: 'tool', tool_name: 'dock', content: 'ok' }]
      expect((await client.chat({ model: MODEL, messages: history, tools: [dock] })).message.content).toBe(
        'She is docked.',
      )
      const streamed: unknown[] = []
      for await (const part of await client.chat({ model: MODEL, messages: asked, tools: [dock], stream: true }))
        streamed.push(...(part.message.tool_calls ?? []))
      expect(streamed).toMatchObject([{ function: { name: 'dock', arguments: { berth: 3 } } }])
    })

    test('generates, thinks, and keeps to a format', async ({ expect }) => {
      const generated = await client.generate({ model: MODEL, prompt: 'Where is she?' })
      expect(generated).toMatchObject({ response: 'At sea, far from any berth.', context: [] })
      const { message } = await client.chat({ model: 'qwen3', messages, think: true })
      expect(message.thinking).toEqual(expect.any(String))
      const format = { type: 'object', properties: { berth: { type: 'integer' } }, required: ['berth'] }
      const { response } = await client.generate({ model: MODEL, prompt: 'Which berth?', format })
      expect(JSON.parse(response!)).toHaveProperty('berth')
      expect(await client.generate({ model: MODEL, prompt: '' })).toMatchObject({ done_reason: 'load', response: '' })
    })

    test('embeds', async ({ expect }) => {
      const { embeddings } = await client.embed({ model: 'nomic-embed-text', input: ['a', 'b'] })
      expect(embeddings.map((vector) => vector.length)).toEqual([768, 768])
      expect((await client.embeddings({ model: 'all-minilm', prompt: 'a' })).embedding).toHaveLength(384)
    })

    test('has models, and pulls others', async ({ expect }) => {
      expect((await client.list()).models.map(({ name }) => name)).toEqual(['my-own:7b'])
      const told: string[] = []
      for await (const { status } of await client.pull({ model: 'phi4', stream: true })) told.push(status)
      expect(told).toEqual(expect.arrayContaining(['pulling manifest', 'success']))
      expect((await client.list()).models.map(({ name }) => name)).toEqual(['my-own:7b', 'phi4:latest'])
      await client.delete({ model: 'phi4' })
      await expect(client.delete({ model: 'phi4' })).rejects.toThrow(/not found/)
      expect(await client.show({ model: MODEL })).toMatchObject({ capabilities: expect.arrayContaining(['tools']) })
      expect(await (await fetch('http://localhost:11434')).text()).toBe('Ollama is running')
      expect(await client.version()).toHaveProperty('version')
    })

    test('what is wrong is an error of the client', async ({ expect, provider }) => {
      provider.failNext(1, 'overloaded')
      await expect(client.chat({ model: MODEL, messages })).rejects.toMatchObject({
        name: 'ResponseError',
        status_code: 503,
      })
      const wrong = client.chat({ model: MODEL, messages: 'Hello' as unknown as Message[] })
      await expect(wrong).rejects.toMatchObject({ status_code: 400 })
      await expect(client.chat({ model: undefined as unknown as string })).rejects.toThrow(/model is required/)
      provider.failNext(1, 'truncated')
      const cut = async () => {
        for await (const part of await client.chat({ model: MODEL, messages, stream: true })) void part
      }
      await expect(cut()).rejects.toThrow(/Did not receive done/)
    })

    test('speaks OpenAI’s format too', async ({ expect }) => {
      const openai = new OpenAI({ apiKey: 'ollama', baseURL: 'http://localhost:11434/v1' })
      const { choices } = await openai.chat.completions.create({
        model: MODEL,
        messages: [{ role: 'user', content: 'Where is she?' }],
      })
      expect(choices[0]!.message.content).toBe('At sea, far from any berth.')
      expect((await openai.embeddings.create({ model: 'nomic-embed-text', input: 'x' })).data).toHaveLength(1)
    })
  },
)

describeOrchestration(
  'Ollama on a server',
  { system: async () => undefined, time: 'real', provider: { latency: 1 } },
  (test) => {
    test('answers its client', async ({ expect, provider }) => {
      const server = await startServer(provider as unknown as Provider)
      const client = new Ollama({ host: server.baseURLs['ollama']! })
      let parts = 0
      for await (const { done } of await client.chat({ model: MODEL, messages, stream: true })) parts += done ? 0 : 1
      expect(parts).toBeGreaterThan(0)
      await server.close()
    })
  },
)
