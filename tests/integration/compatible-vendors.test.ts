import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describeOrchestration, type SystemContext } from 'longhaul'

const doing = ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)()
const asked = <Result>(work: () => Promise<Result>) => ({ vars: { work } })

const ADDRESSES = {
  openrouter: 'https://openrouter.ai/api/v1',
  vllm: 'http://localhost:8000/v1',
  azure: 'https://me.openai.azure.com/openai/v1',
  eu: 'https://eu.api.openai.com/v1',
}
const clientAt = (baseURL: string) => new OpenAI({ apiKey: 'test', baseURL, maxRetries: 0 })
const messages = [{ role: 'user', content: 'A name for a ship?' }]
const ask = (client: OpenAI, more: object) =>
  client.chat.completions.create({ model: 'ship-namer', messages, ...more } as OpenAI.ChatCompletionCreateParams)

/** What vendors take beside OpenAI's own fields, and what they take otherwise than OpenAI. */
const OWN_WAYS: Record<string, object> = {
  "OpenRouter's fields": {
    provider: { order: ['x'] },
    transforms: ['middle-out'],
    models: ['a'],
    usage: { include: true },
  },
  "vLLM's fields": { top_k: -1, repetition_penalty: 1.1, guided_json: {}, min_p: 0, temperature: 3 },
  "LM Studio's unlimited answer": { max_tokens: -1 },
  "Groq's fields": { reasoning_format: 'parsed', citation_options: 'enabled', service_tier: 'on_demand' },
  "Mistral's values": { tool_choice: 'any', random_seed: 7, safe_prompt: true, tools: [] },
  "a response format of the vendor's own": { response_format: { type: 'regex', pattern: '[A-Z]+' } },
  'fields within messages': {
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://x' } }, { text: 'Look.' }] },
      { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.', prefix: true, tool_calls: [] },
      { role: 'latest_reminder', content: 'Go on.' },
    ],
  },
  'fields within tools': {
    tools: [
      { type: 'function', function: { name: 'launch', parameters: {}, eager: true } },
      { type: 'browser_search' },
      { function: { name: 'dock' } },
    ],
  },
  'options of a stream without one': { stream_options: { include_usage: true } },
}

describeOrchestration(
  'vendors that are compatible with OpenAI',
  {
    system: doing,
    provider: {
      latency: '1s',
      models: { 'ship-namer': {} },
      services: {
        openrouter: { baseURLs: [ADDRESSES.openrouter] },
        vllm: { baseURLs: [ADDRESSES.vllm] },
        openai: { baseURLs: [ADDRESSES.azure, ADDRESSES.eu] },
      },
    },
  },
  (test) => {
    for (const [name, more] of Object.entries(OWN_WAYS)) {
      test(`${name}: the vendor answers`, async ({ run, expect }) => {
        for (const address of [ADDRESSES.openrouter, ADDRESSES.vllm, ADDRESSES.azure])
          expect(await run(asked(() => ask(clientAt(address), more)))).toHaveCompleted()
      })
      test(`${name}: OpenAI itself refuses`, async ({ run, expect }) => {
        for (const address of ['https://api.openai.com/v1', ADDRESSES.eu])
          expect(await run(asked(() => ask(clientAt(address), more)))).toHaveFailedWith(OpenAI.BadRequestError)
      })
    }

    test('a limit of -1 tokens is none', async ({ run, expect }) => {
      const { result } = await run(asked(() => ask(clientAt(ADDRESSES.vllm), { max_tokens: -1 })))
      expect(result).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
      expect((result as OpenAI.ChatCompletion).usage!.completion_tokens).toBeGreaterThan(5)
    })

    test('a local server asks for no key', async ({ run, expect }) => {
      const body = JSON.stringify({ model: 'ship-namer', messages })
      const work = async () => (await fetch(`${ADDRESSES.vllm}/chat/completions`, { method: 'POST', body })).status
      expect((await run(asked(work))).result).toBe(200)
    })

    test('what is no request at all is refused by all of them', async ({ run, expect }) => {
      for (const wrong of [{ messages: [] }, { messages: 'Hello.' }, { model: null }, { stream: 'yes' }])
        expect(await run(asked(() => ask(clientAt(ADDRESSES.vllm), wrong)))).toHaveFailedWith(OpenAI.BadRequestError)
    })
  },
)

describeOrchestration(
  'a vendor that is compatible with Anthropic',
  {
    system: doing,
    provider: {
      latency: '1s',
      models: { 'ship-namer': {} },
      services: { harbour: { format: 'anthropic', baseURLs: ['https://harbour.example/anthropic'] } },
    },
  },
  (test) => {
    const more = {
      top_k: -1,
      reasoning_split: true,
      thinking: { type: 'auto' },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'video', source: {} },
            { type: 'text', text: 'Look.' },
          ],
        },
      ],
    }
    const at = (baseURL: string) => () =>
      new Anthropic({ apiKey: 'test', baseURL, maxRetries: 0 }).messages.create({
        model: 'ship-namer',
        max_tokens: 100,
        ...more,
      } as unknown as Anthropic.MessageCreateParams)

    test('takes fields and values of its own, which Anthropic itself refuses', async ({ run, expect }) => {
      expect(await run(asked(at('https://harbour.example/anthropic')))).toHaveCompleted()
      expect(await run(asked(at('https://api.anthropic.com')))).toHaveFailedWith(Anthropic.BadRequestError)
    })
  },
)
