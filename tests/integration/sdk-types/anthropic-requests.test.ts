import Anthropic from '@anthropic-ai/sdk'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'

const DECLARED = declaredIn(`
import type Anthropic from '@anthropic-ai/sdk'
export type Message = Anthropic.MessageCreateParamsNonStreaming
export type Count = Anthropic.MessageCountTokensParams
export type BetaMessage = Anthropic.Beta.Messages.MessageCreateParamsNonStreaming
export type BetaCount = Anthropic.Beta.Messages.MessageCountTokensParams
`)
/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const HINTS = {
  max_tokens: 2_000,
  budget_tokens: 1_024,
  'Base64ImageSource.data': PIXEL,
  'BetaBase64ImageSource.data': PIXEL,
  'InputSchema.type': 'object',
}
const MODELS = ['claude-opus-4-7']

const TOOL = { name: 'x', input_schema: { type: 'object' } }
const USER = { role: 'user', content: 'x' }
const CALL = { type: 'tool_use', id: 'x', name: 'x', input: {} }
const RESULT = { type: 'tool_result', tool_use_id: 'x', content: 'x' }

/** Turns with those that have to stand beside the one that is shown. */
function wholeTurns([turn]: any[]): any[] {
  const first = Array.isArray(turn.content) ? turn.content[0] : undefined
  if (first?.type === 'tool_use') return [USER, { ...turn, role: 'assistant' }, { role: 'user', content: [RESULT] }]
  if (first?.type === 'tool_result') return [USER, { role: 'assistant', content: [CALL] }, { ...turn, role: 'user' }]
  return turn.role === 'assistant' || turn.role === 'system' ? [USER, turn, USER] : [turn]
}

/** A request with what has to stand beside the field that is shown. */
function whole(value: any): unknown[] {
  const request = { ...value, messages: wholeTurns(value.messages) }
  const { type, name } = request.tool_choice ?? {}
  if (type !== undefined && type !== 'none') request.tools = [{ ...TOOL, name: name ?? 'x' }]
  return MODELS.map((model) => ({ ...request, model }))
}

const client = new Anthropic({ apiKey: 'test', maxRetries: 0, logLevel: 'off' })
/** What of a request the SDK sends in headers, it knows itself. */
const ENDPOINTS: Readonly<Record<string, (request: any) => Promise<unknown>>> = {
  Message: (request) => client.messages.create(request),
  Count: (request) => client.messages.countTokens(request),
  BetaMessage: (request) => client.beta.messages.create({ ...request, betas: ['any-2026-01-01'] }),
  BetaCount: (request) => client.beta.messages.countTokens({ ...request, betas: ['any-2026-01-01'] }),
}

const refusalBy =
  (ask: (request: any) => Promise<unknown>): Taking['refusalOf'] =>
  (request) =>
    ask(request).then(
      () => undefined,
      (error: { error?: { error?: { message: string } } }) => error.error?.error?.message ?? String(error),
    )

describeOrchestration(
  'Anthropic takes the requests that its SDK declares',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [type, ask] of Object.entries(ENDPOINTS))
      test(`all fields and values of ${type}`, async () => {
        expect(
          await takes({ declared: DECLARED, type, whole, refusalOf: refusalBy(ask), hints: HINTS }),
        ).toBeGreaterThan(5)
      })
  },
)
