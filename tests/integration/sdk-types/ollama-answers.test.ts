import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { asked, streamed } from './wire.ts'

const AT = 'http://localhost:11434/api'
const HELD = new Holding(
  `
import type { ChatResponse, GenerateResponse, EmbedResponse, EmbeddingsResponse, ListResponse, ShowResponse, ProgressResponse, StatusResponse, VersionResponse } from 'ollama'
type Counts = 'total_duration' | 'load_duration' | 'prompt_eval_count' | 'prompt_eval_duration' | 'eval_count' | 'eval_duration'
export type Answer = ChatResponse
export type Part = Omit<ChatResponse, Counts | 'done_reason'>
export type GeneratedPart = Omit<GenerateResponse, Counts | 'done_reason' | 'context'>
export type Tags = { models: Omit<ListResponse['models'][number], 'size_vram' | 'expires_at'>[] }
export type Generated = GenerateResponse
export type Embeddings = EmbedResponse
export type Embedding = EmbeddingsResponse
export type Models = ListResponse
export type Model = ShowResponse
export type Progress = ProgressResponse
export type Version = VersionResponse
export type Failure = { error: string }
`,
  {
    'missing ShowResponse.system': 'The server leaves it out of what a model has none of.',
    'missing ShowResponse.messages': 'The server leaves it out of what a model has none of.',
    'missing ProgressResponse.': 'Only a download tells how far it has come.',
    'surplus ToolCall.id': 'The server tells it since 0.12, for clients of other formats.',
    'surplus { name: string; arguments: { [key: string]: any; }; }.index': 'The server tells the place of a call.',
  },
)

const ask = (content: string, more: object = {}) => ({
  model: 'llama3.1',
  stream: false,
  messages: [{ role: 'user', content }],
  ...more,
})
const tools = [{ type: 'function', function: { name: 'dock', parameters: { type: 'object', properties: {} } } }]

/** Requests whose answers differ in what they have. */
const ASKED: Readonly<Record<string, object>> = {
  'a text': ask('Say it.'),
  'calls of tools': ask('Call it.', { tools }),
  thoughts: ask('Think.', { model: 'qwen3', think: true }),
  'an end that comes too early': ask('Say it.', { options: { num_predict: 2 } }),
  'chances of its tokens': ask('Say it.', { logprobs: true, top_logprobs: 2 }),
}

/** Only the last part of a stream tells what was counted. */
function holdParts(part: string, whole: string, parts: any[]): void {
  HELD.hold(part, ...parts.slice(0, -1))
  HELD.hold(whole, parts.at(-1))
}

describeOrchestration(
  "Ollama's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      models: { 'llama3.1': {} },
      replies: [
        { content: 'Call', reply: { text: 'I call.', toolCalls: [{ name: 'dock' }, { name: 'dock' }] } },
        { content: 'Think', reply: { text: 'So it is.', reasoning: 'Is it? It is.' } },
      ],
    },
  },
  (test) => {
    for (const [what, body] of Object.entries(ASKED)) {
      test(`an answer with ${what}`, async () => HELD.hold('Answer', await asked(`${AT}/chat`, body)))
      test(`a stream with ${what}`, async () =>
        holdParts('Part', 'Answer', await streamed(`${AT}/chat`, { ...body, stream: true })))
    }

    test('texts that are generated', async () => {
      const body = { model: 'llama3.1', prompt: 'Say it.' }
      HELD.hold('Generated', await asked(`${AT}/generate`, { ...body, stream: false }))
      holdParts('GeneratedPart', 'Generated', await streamed(`${AT}/generate`, body))
      const thinking = { ...body, model: 'qwen3', think: true }
      holdParts('GeneratedPart', 'Generated', await streamed(`${AT}/generate`, thinking))
    })

    test('embeddings and models', async () => {
      HELD.hold('Embeddings', await asked(`${AT}/embed`, { model: 'nomic-embed-text', input: ['a'] }))
      HELD.hold('Embedding', await asked(`${AT}/embeddings`, { model: 'nomic-embed-text', prompt: 'a' }))
      HELD.hold('Tags', await asked(`${AT}/tags`))
      HELD.hold('Models', await asked(`${AT}/ps`))
      HELD.hold('Model', await asked(`${AT}/show`, { model: 'llama3.1' }))
      HELD.hold('Progress', ...(await streamed(`${AT}/pull`, { model: 'llama3.1' })))
      HELD.hold('Version', await asked(`${AT}/version`))
    })

    test('refusals of requests', async ({ provider }) => {
      HELD.hold('Failure', await asked(`${AT}/chat`, { messages: 1 }))
      provider.failNext(1, 'overloaded')
      HELD.hold('Failure', await asked(`${AT}/chat`, ask('Say it.')))
    })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
