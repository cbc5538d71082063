import { Mistral } from '@mistralai/mistralai'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'

const DECLARED = declaredIn(`
import type * as M from '@mistralai/mistralai/models/components'
export type Chat = M.ChatCompletionRequest
export type ChatStream = M.ChatCompletionStreamRequest
export type Fim = M.FIMCompletionRequest
export type Embed = M.EmbeddingRequest
`)
const client = new Mistral({ apiKey: 'test', retryConfig: { strategy: 'none' } })

const refusalBy =
  (ask: (request: any) => Promise<unknown>): Taking['refusalOf'] =>
  (request) =>
    ask(request).then(
      () => undefined,
      // What the SDK itself does not send is no request.
      (error: { body?: string; message: string }) => error.body,
    )

const USER = { role: 'user', content: 'x' }
const ID = 'abcdefghi'
const CALL = { id: ID, function: { name: 'x', arguments: '{}' } }
const RESULT = { role: 'tool', toolCallId: ID, name: 'x', content: 'x' }

/** Messages with those that have to stand beside the one that is shown. */
function wholeMessages([message]: any[]): any[] {
  if (message.toolCalls?.length)
    return [USER, { ...message, toolCalls: message.toolCalls.map((call: any) => ({ ...call, id: ID })) }, RESULT]
  if (message.role === 'tool') return [USER, { role: 'assistant', toolCalls: [CALL] }, { ...message, toolCallId: ID }]
  if (message.role === 'assistant') return [USER, { ...message, content: message.content ?? 'x' }, USER]
  return message.role === 'system' ? [message, USER] : [message]
}

const FORMAT = { name: 'x', schemaDefinition: { type: 'object' } }

function whole(value: any): unknown[] {
  const { responseFormat: format } = value
  if (format?.type === 'json_schema') value.responseFormat = { jsonSchema: FORMAT, ...format }
  return [value.messages ? { ...value, messages: wholeMessages(value.messages) } : value]
}

const RULES: Taking['rules'] = [
  [
    /"Input should be 'text', 'json_object', 'json_schema'".*"input":"x"/,
    'The SDK lets names through that it does not know.',
  ],
  [
    /"Input should be 'auto', 'none', 'any', 'required'".*"input":"x"/,
    'The SDK lets names through that it does not know.',
  ],
]

const ENDPOINTS: Readonly<Record<string, [model: string, (request: any) => Promise<unknown>]>> = {
  Chat: ['mistral-large-latest', (request) => client.chat.complete(request)],
  ChatStream: ['mistral-large-latest', (request) => client.chat.stream(request)],
  Fim: ['codestral-latest', (request) => client.fim.complete(request)],
  Embed: ['mistral-embed', (request) => client.embeddings.create(request)],
}

describeOrchestration(
  'Mistral takes the requests that its SDK declares',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [type, [model, ask]] of Object.entries(ENDPOINTS))
      test(`all fields and values of ${type}`, async () => {
        expect(
          await takes({
            declared: DECLARED,
            type,
            refusalOf: refusalBy(ask),
            hints: { model, stream: ask === ENDPOINTS['ChatStream']![1] },
            rules: RULES,
            whole,
          }),
        ).toBeGreaterThan(5)
      })
  },
)
