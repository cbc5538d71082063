import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { SAID } from './said.ts'
import { asked, streamed } from './wire.ts'

const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/models'
const VERTEX =
  'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models'
const how = { headers: { 'x-goog-api-key': 'test' } }

const HELD = new Holding(
  `
import type { GenerateContentResponse, CountTokensResponse, ContentEmbedding, Model } from '@google/genai'
export type Answer = GenerateContentResponse
export type Counted = CountTokensResponse
export type Embedding = { embedding: ContentEmbedding; usageMetadata?: GenerateContentResponse['usageMetadata'] }
export type Embeddings = { embeddings: ContentEmbedding[]; usageMetadata?: GenerateContentResponse['usageMetadata'] }
type Listed = Omit<Model, 'supportedActions'> & { supportedGenerationMethods: string[] }
export type Known = Listed
export type Models = { models: Listed[]; nextPageToken?: string }
export type Failure = { error: { code: number; message: string; status: string; details?: object[] } }
`,
  {
    'surplus CountTokensResponse.promptTokensDetails':
      'The API tells it: https://ai.google.dev/api/tokens#response-body.',
  },
)

const ask = (text: string, more: object = {}) => ({ contents: [{ role: 'user', parts: [{ text }] }], ...more })
const tools = [{ functionDeclarations: [{ name: 'dock', parameters: { type: 'OBJECT', properties: {} } }] }]

/** Requests whose answers differ in what they have. */
const ASKED: Readonly<Record<string, object>> = {
  'a text': ask('Say it.'),
  'calls of functions': ask('Call it.', { tools }),
  thoughts: ask('Think.', { generationConfig: { thinkingConfig: { includeThoughts: true } } }),
  'a refusal': ask('Refuse it.'),
  'several candidates': ask('Say it.', { generationConfig: { candidateCount: 2 } }),
  'chances of its tokens': ask('Say it.', { generationConfig: { responseLogprobs: true, logprobs: 2 } }),
  'an end that comes too early': ask('Say it.', { generationConfig: { maxOutputTokens: 2 } }),
  'a schema': ask('Give it.', {
    generationConfig: { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT', properties: {} } },
  }),
  ...Object.fromEntries(
    ['googleSearch', 'codeExecution', 'urlContext', 'googleMaps', 'fileSearch'].map((tool) => [
      `work of ${tool}`,
      ask('Look at https://example.com.', { tools: [{ [tool]: {} }] }),
    ]),
  ),
}

describeOrchestration(
  "Google's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: SAID,
    },
  },
  (test) => {
    for (const [where, at] of Object.entries({ Gemini: GEMINI, Vertex: VERTEX }))
      for (const [what, body] of Object.entries(ASKED)) {
        test(`an answer of ${where} with ${what}`, async () =>
          HELD.hold('Answer', await asked(`${at}/gemini-2.5-flash:generateContent`, body, how)))
        test(`a stream of ${where} with ${what}`, async () =>
          HELD.hold('Answer', ...(await streamed(`${at}/gemini-2.5-flash:streamGenerateContent?alt=sse`, body, how))))
      }

    for (const fault of ['prompt_filtered', 'content_filter', 'refusal', 'max_tokens', 'empty'] as const)
      test(`answers at the fault ${fault}`, async ({ provider }) => {
        provider.failNext(1, fault)
        HELD.hold('Answer', await asked(`${GEMINI}/gemini-2.5-flash:generateContent`, ask('Say it.'), how))
      })

    test('counts, embeddings and models', async () => {
      const { contents } = ask('Say it.')
      HELD.hold('Counted', await asked(`${GEMINI}/gemini-2.5-flash:countTokens`, { contents }, how))
      HELD.hold('Counted', await asked(`${VERTEX}/gemini-2.5-flash:countTokens`, { contents }, how))
      const content = contents[0]
      const model = 'models/gemini-embedding-001'
      HELD.hold('Embedding', await asked(`${GEMINI}/gemini-embedding-001:embedContent`, { content }, how))
      HELD.hold(
        'Embeddings',
        await asked(`${GEMINI}/gemini-embedding-001:batchEmbedContents`, { requests: [{ model, content }] }, how),
      )
      HELD.hold('Models', await asked(GEMINI, undefined, how))
      HELD.hold('Known', await asked(`${GEMINI}/gemini-2.5-flash`, undefined, how))
    })

    test('refusals of requests', async ({ provider }) => {
      const url = `${GEMINI}/gemini-2.5-flash:generateContent`
      HELD.hold('Failure', await asked(url, { contents: 1 }, how), await asked(`${GEMINI}/gemini-0`, undefined, how))
      for (const fault of [
        'rate_limited',
        'overloaded',
        'server_error',
        'quota_exhausted',
        'unauthorized',
        'model_retired',
      ] as const) {
        provider.failNext(1, fault)
        HELD.hold('Failure', await asked(url, ask('Say it.'), how))
      }
    })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
