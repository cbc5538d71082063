import Anthropic from '@anthropic-ai/sdk'
import axios from 'axios'
import OpenAI from 'openai'
import { Agent, request } from 'undici7'
import { describeOrchestration, type SystemContext } from 'longhaul'

const QUESTION = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Ready?' }] }

// Kept from the moment at which the module is loaded …
const openai = new OpenAI({ apiKey: 'test' })
const anthropic = new Anthropic({ apiKey: 'test' })
const http = axios.create({ baseURL: 'https://api.openai.com/v1', headers: { authorization: 'Bearer test' } })
const agent = new Agent({ keepAliveTimeout: 600_000 })
const { fetch: fetchOfOld } = globalThis

// … or from the first question, as frameworks do.
let lazy: OpenAI | undefined
const lazily = (): OpenAI => (lazy ??= new OpenAI({ apiKey: 'test' }))
let lazyFetch: typeof fetch | undefined

const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const URL = 'https://api.openai.com/v1/chat/completions'
const textOf = (answer: OpenAI.ChatCompletion): string | null => answer.choices[0]!.message.content
const plainly = { method: 'POST', headers, body: JSON.stringify(QUESTION) } as const

const CLIENTS: Record<string, () => Promise<unknown>> = {
  'the SDK of OpenAI, in a module': async () => textOf(await openai.chat.completions.create(QUESTION)),
  'the SDK of Anthropic, in a module': async () => {
    const { content } = await anthropic.messages.create({ ...QUESTION, model: 'claude-haiku-4-5', max_tokens: 100 })
    return content[0]?.type === 'text' && content[0].text
  },
  'the SDK of OpenAI, made at the first question': async () => textOf(await lazily().chat.completions.create(QUESTION)),
  'a fetch that a module took aside': async () => textOf((await (await fetchOfOld(URL, plainly)).json()) as never),
  'a fetch that the first question took aside': async () =>
    textOf((await (await (lazyFetch ??= globalThis.fetch)(URL, plainly)).json()) as never),
  'an instance of axios, with its connections': async () =>
    textOf((await http.post<OpenAI.ChatCompletion>('/chat/completions', QUESTION)).data),
  'an Agent of undici, with its connections': async () =>
    textOf((await (await request(URL, { ...plainly, dispatcher: agent })).body.json()) as never),
}

const options = {
  provider: { latency: '5s', replies: 'Yes.' },
  system: async ({ vars }: SystemContext) => {
    const ask = vars['ask'] as () => Promise<unknown>
    const first = await ask()
    await new Promise((resolve) => setTimeout(resolve, 3_600_000))
    return [first, await ask()]
  },
} as const

describeOrchestration('an agent that keeps its client', options, (test) => {
  for (const [client, ask] of Object.entries(CLIENTS))
    for (const nth of ['first', 'second', 'third'])
      test(`asks by ${client}, in a ${nth} test`, async ({ run, expect }) => {
        const outcome = await run({ vars: { ask } })
        expect(outcome.result).toEqual(['Yes.', 'Yes.'])
        expect(outcome).toHaveCalls(2, { status: 'ended' })
        expect(outcome).toHaveElapsed({ atLeast: 3_610_000, atMost: 3_610_000 })
      })
})

describeOrchestration.sweep({ seeds: 5, failRate: 0 })('an agent that keeps its client, swept', options, (test) => {
  for (const [client, ask] of Object.entries(CLIENTS))
    test(`asks by ${client}`, async ({ run, expect }) => {
      expect((await run({ vars: { ask } })).result).toEqual(['Yes.', 'Yes.'])
    })
})
