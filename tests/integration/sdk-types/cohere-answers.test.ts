import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { SAID } from './said.ts'
import { snakeCased } from './deviations.ts'
import { asked, streamed } from './wire.ts'

const AT = 'https://api.cohere.com'
const HELD = new Holding(
  `
import type { Cohere } from 'cohere-ai'
export type Answer = Cohere.V2ChatResponse
export type Event = Cohere.V2ChatStreamResponse
export type Embeddings = Cohere.EmbedByTypeResponse
export type Ranked = Cohere.V2RerankResponse
export type Models = Cohere.ListModelsResponse
export type Model = Cohere.GetModelResponse
export type Failure = { id?: string; message: string }
`,
  {
    'surplus ChatMessageStartEventDeltaMessage.':
      'The API begins with an empty message: https://docs.cohere.com/docs/streaming.',
  },
  snakeCased,
)

const ask = (content: string, more: object = {}) => ({
  model: 'command-a-03-2025',
  messages: [{ role: 'user', content }],
  ...more,
})
const tools = [{ type: 'function', function: { name: 'dock', parameters: { type: 'object', properties: {} } } }]

/** Requests whose answers differ in what they have. */
const ASKED: Readonly<Record<string, object>> = {
  'a text': ask('Say it.'),
  'calls of tools': ask('Call it.', { tools }),
  thoughts: ask('Think.', { model: 'command-a-reasoning-08-2025', thinking: { type: 'enabled' } }),
  'citations of documents': ask('Say it.', { documents: ['High water.', { id: 'log', data: { text: 'Low water.' } }] }),
  'a refusal': ask('Refuse it.'),
  'an end that comes too early': ask('Say it.', { max_tokens: 2 }),
  'chances of its tokens': ask('Say it.', { logprobs: true }),
}

describeOrchestration(
  "Cohere's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      models: { 'command-a-reasoning-08-2025': { prices: { input: 1, output: 1 } } },
      replies: SAID,
    },
  },
  (test) => {
    for (const [what, body] of Object.entries(ASKED)) {
      test(`an answer with ${what}`, async () => HELD.hold('Answer', await asked(`${AT}/v2/chat`, body)))
      test(`a stream with ${what}`, async () =>
        HELD.hold('Event', ...(await streamed(`${AT}/v2/chat`, { ...body, stream: true }))))
    }

    for (const fault of ['stream_error', 'content_filter', 'max_tokens', 'empty'] as const)
      test(`streams at the fault ${fault}`, async ({ provider }) => {
        provider.failNext(1, fault)
        HELD.hold('Event', ...(await streamed(`${AT}/v2/chat`, ask('Say it.', { stream: true }))))
      })

    test('embeddings, ranks and models', async () => {
      const types = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64']
      const embed = { model: 'embed-v4.0', input_type: 'search_query', texts: ['a'], embedding_types: types }
      HELD.hold('Embeddings', await asked(`${AT}/v2/embed`, embed))
      const ranking = await asked(`${AT}/v1/models?endpoint=rerank`)
      expect(ranking.models.map(({ name }: { name: string }) => name)).not.toContain('command-a-03-2025')
      const images = ['data:image/png;base64,iVBORw0KGgo=']
      HELD.hold(
        'Embeddings',
        await asked(`${AT}/v2/embed`, { ...embed, texts: undefined, input_type: 'image', images }),
      )
      const rank = { model: 'rerank-v3.5', query: 'a', documents: ['a', 'b'] }
      HELD.hold('Ranked', await asked(`${AT}/v2/rerank`, rank))
      const listed = await asked(`${AT}/v1/models`)
      HELD.hold('Models', listed)
      expect(listed.models.map(({ name }: { name: string }) => name)).toContain('rerank-v3.5')
      HELD.hold('Model', await asked(`${AT}/v1/models/rerank-v3.5`))
    })

    test('refusals of requests', async ({ provider }) => {
      HELD.hold('Failure', await asked(`${AT}/v2/chat`, { messages: 1 }), await asked(`${AT}/v1/models/x`))
      for (const fault of ['rate_limited', 'overloaded', 'server_error', 'unauthorized', 'quota_exhausted'] as const) {
        provider.failNext(1, fault)
        HELD.hold('Failure', await asked(`${AT}/v2/chat`, ask('Say it.')))
      }
    })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
