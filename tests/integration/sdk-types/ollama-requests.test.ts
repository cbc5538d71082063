import ollama from 'ollama'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'

const DECLARED = declaredIn(`
import type { ChatRequest, GenerateRequest, EmbedRequest, EmbeddingsRequest, ShowRequest } from 'ollama'
export type Chat = ChatRequest
export type Generate = GenerateRequest
export type Embed = EmbedRequest
export type Embeddings = EmbeddingsRequest
export type Show = ShowRequest
`)

const refusalBy =
  (ask: (request: any) => Promise<unknown>): Taking['refusalOf'] =>
  (request) =>
    ask(request).then(
      () => undefined,
      (error: Error) => error.message,
    )

const ENDPOINTS: Readonly<Record<string, (request: any) => Promise<unknown>>> = {
  Chat: (request) => ollama.chat(request),
  Generate: (request) => ollama.generate(request),
  Embed: (request) => ollama.embed(request),
  Embeddings: (request) => ollama.embeddings(request),
  Show: (request) => ollama.show(request),
}

describeOrchestration(
  'Ollama takes the requests that its SDK declares',
  { system: async () => undefined, checks: false, provider: { latency: '1s', models: { 'llama3.1': {} } } },
  (test) => {
    for (const [type, ask] of Object.entries(ENDPOINTS))
      test(`all fields and values of ${type}`, async () => {
        expect(
          await takes({ declared: DECLARED, type, refusalOf: refusalBy(ask), hints: { model: 'llama3.1' } }),
        ).toBeGreaterThan(3)
      })
  },
)
