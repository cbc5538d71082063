import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { SAID } from './said.ts'
import { snakeCased } from './deviations.ts'
import { asked, streamed } from './wire.ts'

const AT = 'https://api.mistral.ai/v1'
const HELD = new Holding(
  `
import type * as M from '@mistralai/mistralai/models/components'
export type Answer = M.ChatCompletionResponse
export type Event = M.CompletionChunk
export type Filled = M.FIMCompletionResponse
export type Embeddings = M.EmbeddingResponse
export type Models = M.ModelList
export type Model = M.BaseModelCard
`,
  {},
  snakeCased,
)

const ask = (content: string, more: object = {}) => ({
  model: 'mistral-large-latest',
  messages: [{ role: 'user', content }],
  ...more,
})
const tools = [{ type: 'function', function: { name: 'dock', parameters: { type: 'object', properties: {} } } }]

/** Requests whose answers differ in what they have. */
const ASKED: Readonly<Record<string, object>> = {
  'a text': ask('Say it.'),
  'calls of tools': ask('Call it.', { tools }),
  thoughts: ask('Think.', { model: 'magistral-medium-latest' }),
  'a refusal': ask('Refuse it.'),
  'several choices': ask('Say it.', { n: 2 }),
  'an end that comes too early': ask('Say it.', { max_tokens: 2 }),
}

describeOrchestration(
  "Mistral's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      models: { 'magistral-medium-latest': { prices: { input: 1, output: 1 } } },
      replies: SAID,
    },
  },
  (test) => {
    for (const [what, body] of Object.entries(ASKED)) {
      test(`an answer with ${what}`, async () => HELD.hold('Answer', await asked(`${AT}/chat/completions`, body)))
      test(`a stream with ${what}`, async () =>
        HELD.hold('Event', ...(await streamed(`${AT}/chat/completions`, { ...body, stream: true }))))
    }

    for (const fault of ['content_filter', 'max_tokens', 'empty'] as const)
      test(`streams at the fault ${fault}`, async ({ provider }) => {
        provider.failNext(1, fault)
        HELD.hold('Event', ...(await streamed(`${AT}/chat/completions`, ask('Say it.', { stream: true }))))
      })

    test('code that is filled in, embeddings and models', async () => {
      const code = { model: 'codestral-latest', prompt: 'def f():', suffix: 'return a' }
      HELD.hold('Filled', await asked(`${AT}/fim/completions`, code))
      HELD.hold('Event', ...(await streamed(`${AT}/fim/completions`, { ...code, stream: true })))
      HELD.hold('Embeddings', await asked(`${AT}/embeddings`, { model: 'mistral-embed', input: ['a'] }))
      HELD.hold('Models', await asked(`${AT}/models`))
      HELD.hold('Model', await asked(`${AT}/models/mistral-large-latest`))
    })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
