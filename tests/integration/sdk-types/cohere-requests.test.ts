import { CohereClientV2, type CohereError } from 'cohere-ai'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'

const DECLARED = declaredIn(`
import type { Cohere } from 'cohere-ai'
export type Chat = Cohere.V2ChatRequest
export type ChatStream = Cohere.V2ChatStreamRequest
export type Embed = Cohere.V2EmbedRequest
export type Rerank = Cohere.V2RerankRequest
`)
const client = new CohereClientV2({ token: 'test', maxRetries: 0 })

const refusalBy =
  (ask: (request: any) => Promise<unknown>): Taking['refusalOf'] =>
  (request) =>
    ask(request).then(
      () => undefined,
      (error: CohereError) => (error.body as { message?: string } | undefined)?.message ?? error.message,
    )

const USER = { role: 'user', content: 'x' }
const CALL = { id: 'x', type: 'function', function: { name: 'x', arguments: '{}' } }
const RESULT = { role: 'tool', toolCallId: 'x', content: 'x' }

/** Messages with those that have to stand beside the one that is shown. */
function wholeMessages([message]: any[]): any[] {
  if (message.toolCalls) {
    const toolCalls = message.toolCalls.map((call: any) => ({
      ...CALL,
      ...call,
      function: { ...CALL.function, ...call.function },
    }))
    return [USER, { ...message, toolCalls }, RESULT]
  }
  if (message.role === 'tool') return [USER, { role: 'assistant', toolCalls: [CALL] }, message]
  return message.role === 'assistant'
    ? [USER, { content: 'x', ...message }, USER]
    : message.role === 'system'
      ? [message, USER]
      : [message]
}

function whole(value: any): unknown[] {
  if (value.tools)
    value.tools = value.tools.map((tool: object) => ({ function: { name: 'x', parameters: {} }, ...tool }))
  if (value.messages) return [{ ...value, messages: wholeMessages(value.messages) }]
  return [value.inputType && !value.texts && !value.images && !value.inputs ? { ...value, texts: ['x'] } : value]
}

const ENDPOINTS: Readonly<Record<string, [model: string, (request: any) => Promise<unknown>]>> = {
  Chat: ['command-a-03-2025', (request) => client.chat(request)],
  ChatStream: ['command-a-03-2025', (request) => client.chatStream(request)],
  Embed: ['embed-v4.0', (request) => client.embed(request)],
  Rerank: ['rerank-v3.5', (request) => client.rerank(request)],
}

describeOrchestration(
  'Cohere takes the requests that its SDK declares',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [type, [model, ask]] of Object.entries(ENDPOINTS))
      test(`all fields and values of ${type}`, async () => {
        expect(
          await takes({ declared: DECLARED, type, refusalOf: refusalBy(ask), hints: { model }, whole }),
        ).toBeGreaterThan(2)
      })
  },
)
