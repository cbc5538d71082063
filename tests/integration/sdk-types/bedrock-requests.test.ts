import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'

const DECLARED = declaredIn(`
import type { ConverseRequest, ConverseStreamRequest, CountTokensRequest } from '@aws-sdk/client-bedrock-runtime'
export type Converse = ConverseRequest
export type ConverseStream = ConverseStreamRequest
export type Count = CountTokensRequest
`)
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const client = new BedrockRuntimeClient({ region: 'us-east-1', credentials, maxAttempts: 1 })

const refusalBy =
  (ask: (request: any) => Promise<unknown>): Taking['refusalOf'] =>
  (request) =>
    ask(request).then(
      () => undefined,
      (error: Error) => `${error.name}: ${error.message}`,
    )

const USER = { role: 'user', content: [{ text: 'x' }] }
const USE = { toolUse: { toolUseId: 'x', name: 'x', input: {} } }
const RESULT = { toolResult: { toolUseId: 'x', content: [{ text: 'x' }] } }
const TOOLS = {
  tools: [
    {
      toolSpec: {
        name: 'x',
        inputSchema: { json: { type: 'object' } },
      },
    },
  ],
}

/** Turns with those that have to stand beside the one that is shown. */
function wholeTurns([turn]: any[] = []): any[] {
  const [block] = turn?.content ?? []
  if (block?.toolUse) return [USER, { ...turn, role: 'assistant' }, { role: 'user', content: [RESULT] }]
  if (block?.toolResult) return [USER, { role: 'assistant', content: [USE] }, { ...turn, role: 'user' }]
  if (turn === undefined || turn.role === 'user') return [turn ?? USER]
  return turn.role === 'system' ? [USER, turn] : [USER, turn, USER]
}

function wholeConversation(value: any): any {
  const messages = wholeTurns(value.messages)
  if (value.toolConfig?.toolChoice?.tool) value = { ...value, toolConfig: { ...value.toolConfig, ...TOOLS } }
  return { ...(messages.length > 2 && { toolConfig: TOOLS }), ...value, messages }
}

const whole = (value: any): unknown[] =>
  value.input?.converse
    ? [{ ...value, input: { converse: wholeConversation(value.input.converse) } }]
    : [wholeConversation(value)]

const ENDPOINTS: Readonly<Record<string, (request: any) => Promise<unknown>>> = {
  Converse: (request) => client.send(new ConverseCommand(request)),
  ConverseStream: (request) => client.send(new ConverseStreamCommand(request)),
  Count: (request) => client.send(new CountTokensCommand(request)),
}
const BODY = new TextEncoder().encode(
  JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'x' }],
  }),
)
const HINTS = {
  modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  json: { type: 'object' },
  'JsonSchemaDefinition.schema': '{"type":"object","additionalProperties":false}',
  body: BODY,
}

describeOrchestration(
  'Bedrock takes the requests that its SDK declares',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [type, ask] of Object.entries(ENDPOINTS))
      test(`all fields and values of ${type}`, async () => {
        expect(
          await takes({ declared: DECLARED, type, refusalOf: refusalBy(ask), hints: HINTS, whole }),
        ).toBeGreaterThan(5)
      })
  },
)
