import Anthropic from '@anthropic-ai/sdk'
import Groq from 'groq-sdk'
import OpenAI from 'openai'
import { describeOrchestration, startServer } from 'longhaul'
import { Provider } from '../../../src/provider/index.ts'
import { compatible } from '../../../src/wire/compatible.ts'

/** Where each vendor is, and a model that it has. */
const VENDORS: Record<string, [baseURL: string, model: string]> = {
  openrouter: ['https://openrouter.ai/api/v1', 'openai/gpt-4o'],
  groq: ['https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile'],
  together: ['https://api.together.xyz/v1', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  fireworks: ['https://api.fireworks.ai/inference/v1', 'accounts/fireworks/models/deepseek-v3-0324'],
  deepseek: ['https://api.deepseek.com/v1', 'deepseek-chat'],
  xai: ['https://api.x.ai/v1', 'grok-3'],
  cerebras: ['https://api.cerebras.ai/v1', 'llama-3.3-70b'],
  perplexity: ['https://api.perplexity.ai', 'sonar'],
  moonshot: ['https://api.moonshot.ai/v1', 'kimi-k2'],
  nvidia: ['https://integrate.api.nvidia.com/v1', 'meta/llama-3.1-8b-instruct'],
  huggingface: ['https://router.huggingface.co/v1', 'meta-llama/Llama-3.1-8B-Instruct:fastest'],
  vercel: ['https://ai-gateway.vercel.sh/v1', 'openai/gpt-4o'],
}
const at = (name: string) => new OpenAI({ apiKey: 'test', baseURL: VENDORS[name]![0], maxRetries: 0 })
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'A name for a ship?' }]
const ask = (name: string, more: object = {}) =>
  at(name).chat.completions.create({
    model: VENDORS[name]![1],
    messages,
    ...more,
  } as OpenAI.ChatCompletionCreateParamsNonStreaming) as Promise<OpenAI.ChatCompletion & Record<string, any>>

const dock = {
  type: 'function' as const,
  function: { name: 'dock', parameters: { type: 'object', properties: { berth: { type: 'integer' } } } },
}

describeOrchestration(
  'vendors that are compatible with OpenAI',
  {
    system: async ({ vars }) => (vars['work'] as () => Promise<unknown>)(),
    provider: { latency: '1s', failRate: 0 },
    checks: false,
  },
  (test) => {
    for (const name of Object.keys(VENDORS)) {
      test(`${name} answers whole, streamed and with a tool`, async ({ expect, provider }) => {
        const whole = await ask(name)
        expect(whole.choices[0]!.message.content).not.toBe('')
        const said: string[] = []
        const stream = at(name).chat.completions.stream({ model: VENDORS[name]![1], messages })
        for await (const { choices } of stream) said.push(choices[0]?.delta.content ?? '')
        expect((await stream.finalChatCompletion()).choices[0]!.message.content).toBe(said.join(''))
        const asked = await ask(name, { tools: [dock], tool_choice: 'required' })
        const [call] = asked.choices[0]!.message.tool_calls!
        expect(call).toMatchObject({ type: 'function', function: { name: 'dock' } })
        const history = [
          ...messages,
          asked.choices[0]!.message,
          { role: 'tool', tool_call_id: call!.id, content: 'ok' },
        ]
        expect((await ask(name, { messages: history })).choices[0]!.finish_reason).toBe('stop')
        expect(provider.ledger.total.calls).toBe(4)
        expect(JSON.stringify(whole)).not.toContain('openai-organization')
      })

      test(`${name} refuses results without calls, a missing key and what it cannot do now`, async ({
        run,
        expect,
        provider,
      }) => {
        const stray = [...messages, { role: 'tool', tool_call_id: 'x', content: 'ok' }]
        const outcome = await run({ vars: { work: () => ask(name, { messages: stray }) } })
        expect(outcome).toHaveFailedWith(OpenAI.BadRequestError)
        const [url, model] = VENDORS[name]!
        const body = JSON.stringify({ model, messages })
        const bare = await fetch(`${url}/chat/completions`, { method: 'POST', body })
        expect([400, 401]).toContain(bare.status)
        provider.failNext(1, 'rate_limited')
        await expect(ask(name)).rejects.toBeInstanceOf(OpenAI.RateLimitError)
        provider.failNext(1, 'server_error')
        await expect(ask(name)).rejects.toBeInstanceOf(OpenAI.InternalServerError)
      })
    }

    test('a model that is not served is refused in the vendor’s own words', async ({ expect }) => {
      const told = async (name: string): Promise<{ status: number; body: unknown }> => {
        const headers = { authorization: 'Bearer test' }
        const body = JSON.stringify({ model: 'none/such', messages })
        const response = await fetch(`${VENDORS[name]![0]}/chat/completions`, { method: 'POST', headers, body })
        return { status: response.status, body: await response.json() }
      }
      expect(await told('openrouter')).toMatchObject({
        status: 400,
        body: { error: { message: 'none/such is not a valid model ID', code: 400 } },
      })
      expect(await told('groq')).toMatchObject({
        status: 404,
        body: { error: { code: 'model_not_found', message: expect.stringContaining('`none/such` does not exist') } },
      })
      expect(await told('deepseek')).toMatchObject({ status: 400, body: { error: { message: 'Model Not Exist' } } })
      expect(await told('cerebras')).toMatchObject({ status: 404, body: { code: 'model_not_found' } })
      expect(await told('xai')).toMatchObject({
        status: 404,
        body: { code: 'Some requested entity was not found', error: expect.stringContaining('none/such') },
      })
      expect(await told('perplexity')).toMatchObject({ status: 400, body: { error: { type: 'invalid_model' } } })
      expect(await told('moonshot')).toMatchObject({ body: { error: { type: 'resource_not_found_error' } } })
    })

    test('OpenRouter names who has served the model, and counts usage unasked', async ({ expect }) => {
      expect(await ask('openrouter')).toMatchObject({
        id: expect.stringMatching(/^gen-/),
        provider: 'OpenAI',
        usage: { is_byok: false },
      })
      const chunks: OpenAI.ChatCompletionChunk[] = []
      const stream = await at('openrouter').chat.completions.create({ model: 'openai/gpt-4o', messages, stream: true })
      for await (const chunk of stream) chunks.push(chunk)
      expect(chunks.at(-1)!.usage).toMatchObject({ completion_tokens: expect.any(Number) })
      const online = await ask('openrouter', { model: 'openai/gpt-4o:online' })
      expect(online.model).toBe('openai/gpt-4o')
    })

    test('DeepSeek splits its input by the cache, Perplexity and Cerebras add fields of their own', async ({
      expect,
    }) => {
      const { usage } = (await ask('deepseek')) as unknown as { usage: Record<string, number> }
      expect(usage['prompt_cache_hit_tokens']! + usage['prompt_cache_miss_tokens']!).toBe(usage['prompt_tokens'])
      expect(await ask('perplexity')).toMatchObject({
        citations: expect.any(Array),
        search_results: expect.any(Array),
        usage: { search_context_size: 'low' },
      })
      expect(await ask('cerebras')).toMatchObject({ time_info: { queue_time: expect.any(Number) } })
    })

    test('Groq’s own SDK reads its answers, streams and errors', async ({ expect, provider }) => {
      const groq = new Groq({ apiKey: 'test', maxRetries: 0 })
      const params = { model: 'llama-3.3-70b-versatile', messages: [{ role: 'user' as const, content: 'Hello?' }] }
      const whole = await groq.chat.completions.create(params)
      expect(whole).toMatchObject({ x_groq: { id: expect.stringMatching(/^req_/) } })
      expect(whole.usage!.total_time).toBeGreaterThan(0)
      let said = ''
      for await (const chunk of await groq.chat.completions.create({ ...params, stream: true }))
        said += chunk.choices[0]?.delta.content ?? ''
      expect(said).not.toBe('')
      provider.failNext(1, 'rate_limited')
      await expect(groq.chat.completions.create(params)).rejects.toBeInstanceOf(Groq.RateLimitError)
      await expect(groq.chat.completions.create({ ...params, model: 'none' })).rejects.toBeInstanceOf(
        Groq.NotFoundError,
      )
      expect((await groq.models.list()).data.length).toBeGreaterThan(5)
    })

    test('a gateway counts what its upstream costs', async ({ expect, provider }) => {
      const { usage } = await ask('vercel')
      const { prompt_tokens: input, completion_tokens: output } = usage!
      // $2.50 and $10 for a million tokens.
      expect(provider.ledger.total.cost).toBe(BigInt(input * 2_500_000 + output * 10_000_000))
    })
  },
)

describeOrchestration(
  'a model that runs on a machine of the user’s',
  {
    system: async () => undefined,
    provider: {
      latency: '1s',
      services: {
        vllm: { baseURLs: ['http://gpu-box:8000/v1'] },
        mine: { format: 'litellm', baseURLs: ['https://proxy.example'] },
      },
    },
  },
  (test) => {
    test('has whatever name it likes, and costs nothing', async ({ expect, provider }) => {
      for (const baseURL of ['http://gpu-box:8000/v1', 'https://proxy.example']) {
        const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 })
        const { model } = await client.chat.completions.create({ model: 'my/own-7b', messages })
        expect(model).toBe('my/own-7b')
        expect((await client.embeddings.create({ model: 'my/embedder', input: 'x' })).data).toHaveLength(1)
      }
      expect(provider.ledger.total).toMatchObject({ calls: 4, cost: 0n })
    })
  },
)

describeOrchestration('a server', { system: async () => undefined, time: 'real' }, (test) => {
  test('has every vendor below its name', async ({ expect, provider }) => {
    const server = await startServer(provider as unknown as Provider)
    for (const { name } of compatible) {
      const response = await fetch(`${server.baseURLs[name]}/models`, { headers: { authorization: 'Bearer test' } })
      expect([name, response.status]).toEqual([name, 200])
      await response.text()
    }
    await server.close()
  })
})

describeOrchestration(
  'what a vendor’s model thinks, finds and costs',
  {
    system: async () => undefined,
    provider: { latency: '1s', replies: [{ reply: { reasoning: 'Ships have names.', text: 'Myrl.' } }] },
  },
  (test) => {
    const thoughts: Record<string, [model: string, field: string, more?: object]> = {
      deepseek: ['deepseek-reasoner', 'reasoning_content'],
      openrouter: ['deepseek/deepseek-r1', 'reasoning'],
      groq: ['openai/gpt-oss-20b', 'reasoning'],
      xai: ['grok-4', 'reasoning_content'],
      moonshot: ['kimi-k2', 'reasoning_content', { thinking: { type: 'enabled' } }],
    }
    for (const [name, [model, field, more]] of Object.entries(thoughts))
      test(`${name} tells thoughts in a field of its own, whole and streamed`, async ({ expect }) => {
        const { choices, usage } = await ask(name, { model, ...more })
        expect(choices[0]!.message).toMatchObject({ content: 'Myrl.', [field]: 'Ships have names.' })
        expect(usage!.completion_tokens_details!.reasoning_tokens).toBeGreaterThan(0)
        let told = ''
        const params = { model, messages, stream: true, ...more } as OpenAI.ChatCompletionCreateParamsStreaming
        for await (const { choices: parts } of await at(name).chat.completions.create(params))
          told += (parts[0]?.delta as Record<string, string> | undefined)?.[field] ?? ''
        expect(told).toBe('Ships have names.')
      })

    test('thoughts may be hidden', async ({ expect }) => {
      const hidden = await ask('openrouter', { model: 'deepseek/deepseek-r1', reasoning: { exclude: true } })
      expect(hidden.choices[0]!.message).not.toHaveProperty('reasoning')
    })

    test('OpenRouter tells what a call costs, as the ledger has it', async ({ expect, provider }) => {
      const { usage } = await ask('openrouter')
      const { cost } = usage as unknown as { cost: number }
      expect(BigInt(Math.round(cost * 1e12))).toBe(provider.ledger.total.cost)
    })
  },
)

/** Where vendors speak Anthropic's format, as its clients are pointed to them. */
const ANTHROPIC_AT: Record<string, [baseURL: string, model: string]> = {
  deepseek: ['https://api.deepseek.com/anthropic', 'deepseek-chat'],
  moonshot: ['https://api.moonshot.ai/anthropic', 'kimi-k2'],
  zai: ['https://api.z.ai/api/anthropic', 'GLM-5.2'],
  openrouter: ['https://openrouter.ai/api', 'anthropic/claude-sonnet-4.5'],
  vercel: ['https://ai-gateway.vercel.sh', 'anthropic/claude-sonnet-4.5'],
  ollama: ['http://localhost:11434', 'qwen3'],
}

describeOrchestration(
  'clients of Anthropic at other vendors',
  { system: async () => undefined, provider: { latency: '1s', replies: 'Myrl.' } },
  (test) => {
    for (const [name, [baseURL, model]] of Object.entries(ANTHROPIC_AT))
      test(`are answered by ${name}, which has the call`, async ({ expect, trace }) => {
        const client = new Anthropic({ apiKey: 'test', baseURL, maxRetries: 0 })
        const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'A name?' }] }
        expect((await client.messages.stream(asked).finalMessage()).content).toMatchObject([{ text: 'Myrl.' }])
        expect(trace.ofType('call.arrived')).toMatchObject([{ provider: name, model, operation: 'messages' }])
      })

    test('and clients of OpenAI by Anthropic', async ({ expect }) => {
      const client = new OpenAI({ apiKey: 'test', baseURL: 'https://api.anthropic.com/v1/' })
      const { choices } = await client.chat.completions.create({ model: 'claude-haiku-4-5', messages })
      expect(choices[0]!.message.content).toBe('Myrl.')
    })
  },
)
