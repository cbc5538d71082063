import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { ID_PREFIXES } from '../../../src/wire/openai/responses/item-ids.ts'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'
import { asked } from './wire.ts'

const AT = 'https://api.openai.com/v1'
const DECLARED = declaredIn(`
import type OpenAI from 'openai'
export type Chat = OpenAI.ChatCompletionCreateParamsNonStreaming
export type ChatStream = OpenAI.ChatCompletionCreateParamsStreaming
export type Response = OpenAI.Responses.ResponseCreateParamsNonStreaming
export type ResponseStream = OpenAI.Responses.ResponseCreateParamsStreaming
export type Completion = OpenAI.CompletionCreateParamsNonStreaming
export type Embedding = OpenAI.EmbeddingCreateParams
export type Moderation = OpenAI.ModerationCreateParams
export type Conversation = OpenAI.Conversations.ConversationCreateParams
export type Count = OpenAI.Responses.InputTokenCountParams
export type Compact = OpenAI.Responses.ResponseCompactParams
`)

/** Models of which at least one takes whatever a request may hold. */
const MODELS = ['gpt-4o', 'gpt-5', 'gpt-5.2', 'gpt-6']
const tool = { type: 'function', function: { name: 'x', parameters: {} } }
const call = { id: 'x', type: 'function', function: { name: 'x', arguments: '{}' } }

/** A chat with what has to stand beside the field that is shown. */
function wholeChat(value: any): unknown[] {
  const chat = { ...value, messages: [...value.messages] }
  if (chat.tool_choice && chat.tool_choice !== 'none') chat.tools = [tool]
  if (chat.top_logprobs != null) chat.logprobs = true
  if (chat.stream_options) chat.stream = true
  if (chat.response_format?.type === 'json_object') chat.messages.push({ role: 'user', content: 'In JSON.' })
  if (chat.messages[0].role === 'tool') chat.messages.unshift({ role: 'assistant', tool_calls: [call] })
  const { tool_calls: calls = [] } = chat.messages[0]
  for (const { id } of calls)
    if (chat.messages.length === 1) chat.messages.push({ role: 'tool', tool_call_id: id, content: 'x' })
  return MODELS.map((model) => ({ ...chat, model }))
}

/** Items with what has to stand beside the one that is shown. */
function wholeItems([first, ...more]: any[]): any[] {
  const item = { ...first }
  if (typeof item.id === 'string') item.id = `${ID_PREFIXES[item.type ?? 'message'] ?? 'item'}_x`
  const kind = /^(function|custom_tool)_call(_output)?$/.exec(item.type ?? '')
  const name = kind?.[1]
  const calling = { type: `${name}_call`, call_id: 'x', name: 'x', [name === 'function' ? 'arguments' : 'input']: 'x' }
  const answering = { type: `${name}_call_output`, call_id: item.call_id, output: 'x' }
  if (kind?.[2]) return item.call_id == null ? [{ ...item, name: 'x' }] : [calling, item, ...more]
  if (name) return [item, answering, ...more]
  return item.type === 'reasoning' ? [item, { role: 'assistant', content: 'x' }] : [item, ...more]
}

/** A response with what has to stand beside the field that is shown. */
function wholeResponse(value: any): unknown[] {
  const response = { input: 'x', ...value }
  if (Array.isArray(response.input)) response.input = wholeItems(response.input)
  if (response.tool_choice?.type === 'function' || response.tool_choice === 'required')
    response.tools = [{ type: 'function', name: 'x', parameters: {} }]
  return MODELS.map((model) => ({ ...response, model }))
}

const HINTS = { max_output_tokens: 100, model: 'gpt-4o' }
const NOT_KEPT: Taking['rules'] = [
  [
    /^(Conversation|Item|Previous response) with id '\w+' not found\.$/,
    'Nothing is kept by the name that a sample makes up.',
  ],
]

const refusalAt =
  (path: string): Taking['refusalOf'] =>
  async (request) => {
    const answer = await asked(AT + path, request).catch(() => undefined)
    return answer?.error?.message
  }

const ENDPOINTS: Readonly<Record<string, [path: string, taking?: Partial<Taking>]>> = {
  Chat: ['/chat/completions', { whole: wholeChat }],
  ChatStream: ['/chat/completions', { whole: wholeChat }],
  Response: ['/responses', { whole: wholeResponse, hints: HINTS, rules: NOT_KEPT }],
  ResponseStream: ['/responses', { whole: wholeResponse, hints: HINTS, rules: NOT_KEPT }],
  Count: ['/responses/input_tokens', { whole: wholeResponse, hints: HINTS, rules: NOT_KEPT }],
  Compact: ['/responses/compact', { whole: wholeResponse, hints: HINTS, rules: NOT_KEPT }],
  Completion: ['/completions', { hints: { model: 'gpt-3.5-turbo-instruct' } }],
  Embedding: ['/embeddings', { hints: { model: 'text-embedding-3-small' } }],
  Moderation: ['/moderations', { hints: { model: 'omni-moderation-latest' } }],
  Conversation: [
    '/conversations',
    { whole: (value) => [value.items ? { ...value, items: wholeItems(value.items) } : value] },
  ],
}

describeOrchestration(
  'OpenAI takes the requests that its SDK declares',
  {
    system: async () => undefined,
    checks: false,
    provider: { latency: '1s', models: { 'gpt-6': { prices: { input: 1, output: 1 } } } },
  },
  (test) => {
    for (const [type, [path, taking]] of Object.entries(ENDPOINTS))
      test(`${path} takes all fields and values of ${type}`, async () => {
        expect(await takes({ declared: DECLARED, type, refusalOf: refusalAt(path), ...taking })).toBeGreaterThan(5)
      })
  },
)
