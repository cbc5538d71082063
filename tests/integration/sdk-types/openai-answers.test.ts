import { setTimeout as wait } from 'node:timers/promises'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { asked, streamed } from './wire.ts'

const AT = 'https://api.openai.com/v1'

const MODULE = `
import type OpenAI from 'openai'
type List<Of> = { object: 'list'; data: Of[]; first_id?: string | null; last_id?: string | null; has_more: boolean }
export type Chat = OpenAI.ChatCompletion
export type Chunk = OpenAI.ChatCompletionChunk
export type Chats = List<OpenAI.ChatCompletion>
export type ChatDeleted = OpenAI.ChatCompletionDeleted
export type ChatMessages = List<OpenAI.Chat.ChatCompletionStoreMessage>
export type Response = OpenAI.Responses.Response
export type Event = OpenAI.Responses.ResponseStreamEvent
export type Items = OpenAI.Responses.ResponseItemList
type Compact = OpenAI.Responses.CompactedResponse
export type Compacted = Omit<Compact, 'output'> & { output: (OpenAI.Responses.ResponseInputMessageItem | OpenAI.Responses.ResponseCompactionItem)[] }
export type Counted = OpenAI.Responses.InputTokenCountResponse
export type Conversation = OpenAI.Conversations.Conversation
export type ConversationDeleted = OpenAI.Conversations.ConversationDeletedResource
export type ConversationItems = OpenAI.Conversations.ConversationItemList
export type ConversationItem = OpenAI.Conversations.ConversationItem
export type Completion = OpenAI.Completion
export type Embeddings = OpenAI.CreateEmbeddingResponse
export type Models = { object: 'list'; data: OpenAI.Model[] }
export type Model = OpenAI.Model
export type ModelDeleted = OpenAI.Models.ModelDeleted
export type Moderation = OpenAI.ModerationCreateResponse
export type File = OpenAI.FileObject
export type Files = List<OpenAI.FileObject>
export type FileDeleted = OpenAI.FileDeleted
export type Batch = OpenAI.Batch
export type Batches = List<OpenAI.Batch>
export type Failure = { error: { message: string; type: string; param: string | null; code: string | null } }
`

const HELD = new Holding(MODULE, {
  'missing Response.output_text': 'The SDK joins it from the output.',
  'Response.usage is null':
    'The API says so of a response that is under way; https://platform.openai.com/docs/api-reference/responses-streaming.',
  'Response.user is null': 'As all fields that a response repeats, it is null where the request had none.',
  'surplus Response.store': 'The API repeats it, as its reference shows.',
  'surplus Response.presence_penalty': 'The schema of https://www.openresponses.org requires it.',
  'surplus Response.frequency_penalty': 'The schema of https://www.openresponses.org requires it.',
  'surplus ResponseCustomToolCall.status':
    'The API tells it of all calls; the SDK declares it of those that are listed.',
  'ChatCompletionMessage.role is "user"': 'The SDK takes all messages that are kept for those of the model.',
  'CompletionChoice.finish_reason is null': 'So it is in all events of a stream but the last.',
  'Completion.usage is null':
    'So it is in all events of a stream but the last; https://platform.openai.com/docs/api-reference/completions/create#completions_create-stream_options.',
  'Batch.errors is null': 'As in the reference: https://platform.openai.com/docs/api-reference/batch/object.',
  'missing ChatCompletionMessage.refusal': 'The SDK takes all messages that are kept for those of the model.',
})

const tools = [{ type: 'function', function: { name: 'dock', parameters: { type: 'object', properties: {} } } }]
const own = { type: 'function', name: 'dock', parameters: { type: 'object', properties: {} } }
const chat = (content: string, more: object = {}) => ({
  model: 'gpt-4o',
  messages: [{ role: 'user', content }],
  ...more,
})

/** Requests whose answers differ in what they have. */
const CHATS: Readonly<Record<string, object>> = {
  'a text': chat('Say it.'),
  'calls of tools': chat('Call it.', { tools }),
  'a call of a custom tool': chat('Free.', { tools: [{ type: 'custom', custom: { name: 'free' } }] }),
  'a call of a function, as it was': chat('Call it.', { functions: [{ name: 'dock', parameters: {} }] }),
  'a refusal': chat('Refuse it.'),
  'several choices with their chances': chat('Say it.', { n: 2, logprobs: true, top_logprobs: 2 }),
  'what was found in the web': chat('Say it.', { model: 'gpt-4o-search-preview', web_search_options: {} }),
  thoughts: chat('Think.', { model: 'o3' }),
  'an end that comes too early': chat('Say it.', { max_tokens: 2 }),
  'what it was told to keep': chat('Say it.', { store: true, metadata: { a: 'b' } }),
  'a tier of its own': chat('Say it.', { service_tier: 'flex' }),
}

const respond = (input: string, more: object = {}) => ({ model: 'gpt-4o', input, ...more })
const RESPONSES: Readonly<Record<string, object>> = {
  'a text': respond('Say it.'),
  'calls of tools': respond('Call it.', { tools: [own] }),
  'a call of a custom tool': respond('Free.', { tools: [{ type: 'custom', name: 'free' }] }),
  'a refusal': respond('Refuse it.'),
  thoughts: respond('Think.', {
    model: 'o3',
    reasoning: { effort: 'low', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  }),
  'thoughts of which nothing is told': respond('Think.', { model: 'o3' }),
  ...Object.fromEntries(
    [
      { type: 'web_search' },
      { type: 'file_search', vector_store_ids: ['vs_1'] },
      { type: 'code_interpreter', container: { type: 'auto' } },
      { type: 'image_generation' },
      { type: 'mcp', server_label: 'docs', server_url: 'https://example.com' },
    ].map((tool) => [`work of ${tool.type}`, respond('Look.', { tools: [tool] })]),
  ),
  'an end that comes too early': respond('Say it at length.', { max_output_tokens: 16 }),
  'chances of its tokens': respond('Say it.', { include: ['message.output_text.logprobs'], top_logprobs: 2 }),
  'a format': respond('Give it.', {
    text: {
      format: {
        type: 'json_schema',
        name: 'a',
        schema: { type: 'object', properties: {}, additionalProperties: false },
      },
    },
  }),
  'a conversation': respond('Say it.', {
    instructions: 'Be kind.',
    metadata: { a: 'b' },
    user: 'u',
    prompt_cache_key: 'k',
  }),
  'a choice of tools': respond('Call it.', {
    tools: [own],
    tool_choice: { type: 'function', name: 'dock' },
    parallel_tool_calls: false,
  }),
}

describeOrchestration(
  "OpenAI's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      models: { 'gpt-4o-search-preview': { prices: { input: 1, output: 1 } } },
      replies: [
        {
          content: 'Call',
          reply: {
            text: 'I call.',
            toolCalls: [
              { name: 'dock', arguments: {} },
              { name: 'dock', arguments: {} },
            ],
          },
        },
        { content: 'Free', reply: { toolCalls: [{ name: 'free', arguments: 'a b' }] } },
        { content: 'Refuse', reply: { text: 'I cannot.', refusal: true } },
        { content: 'Think', reply: { text: 'So it is.', reasoning: 'Is it? It is.' } },
        { content: 'length', reply: 'word '.repeat(100) },
      ],
    },
  },
  (test) => {
    for (const [what, body] of Object.entries(CHATS)) {
      test(`chat with ${what}`, async () => HELD.hold('Chat', await asked(`${AT}/chat/completions`, body)))
      test(`chunks of a chat with ${what}`, async () =>
        HELD.hold(
          'Chunk',
          ...(await streamed(`${AT}/chat/completions`, {
            ...body,
            stream: true,
            stream_options: { include_usage: true },
          })),
        ))
    }
    for (const [what, body] of Object.entries(RESPONSES)) {
      test(`a response with ${what}`, async () => HELD.hold('Response', await asked(`${AT}/responses`, body)))
      test(`events of a response with ${what}`, async () =>
        HELD.hold('Event', ...(await streamed(`${AT}/responses`, { ...body, stream: true }))))
    }

    test('chats that are kept', async () => {
      const { id } = await asked(`${AT}/chat/completions`, chat('Call it.', { store: true, tools }))
      HELD.hold('Chat', await asked(`${AT}/chat/completions/${id}`))
      HELD.hold('Chat', await asked(`${AT}/chat/completions/${id}`, { metadata: { a: 'c' } }))
      HELD.hold('Chats', await asked(`${AT}/chat/completions`))
      HELD.hold('ChatMessages', await asked(`${AT}/chat/completions/${id}/messages`))
      HELD.hold('ChatDeleted', await asked(`${AT}/chat/completions/${id}`, undefined, { method: 'DELETE' }))
    })

    test('responses that are kept', async () => {
      const first = await asked(`${AT}/responses`, respond('Call it.', { tools: [own] }))
      const items = [
        { type: 'function_call_output', call_id: first.output.at(-1).call_id, output: 'ok' },
        { type: 'function_call_output', call_id: first.output.at(-2).call_id, output: 'ok' },
      ]
      const second = await asked(`${AT}/responses`, { model: 'gpt-4o', previous_response_id: first.id, input: items })
      HELD.hold('Response', await asked(`${AT}/responses/${second.id}`))
      HELD.hold('Items', await asked(`${AT}/responses/${second.id}/input_items`))
      HELD.hold('Compacted', await asked(`${AT}/responses/compact`, respond('Say it.')))
      HELD.hold('Counted', await asked(`${AT}/responses/input_tokens`, respond('Say it.')))
      const later = await asked(`${AT}/responses`, respond('Say it.', { background: true }))
      HELD.hold('Response', later)
      await wait(5_000)
      HELD.hold('Response', await asked(`${AT}/responses/${later.id}`))
      const cancelled = await asked(`${AT}/responses`, respond('Say it.', { background: true }))
      HELD.hold('Response', await asked(`${AT}/responses/${cancelled.id}/cancel`, {}))
      HELD.hold('Event', ...(await streamed(`${AT}/responses`, respond('Say it.', { background: true, stream: true }))))
    })

    for (const fault of ['server_error', 'stream_error', 'content_filter', 'max_tokens'] as const)
      test(`responses at the fault ${fault}`, async ({ provider }) => {
        provider.failNext(1, fault)
        const events = await streamed(`${AT}/responses`, respond('Say it.', { stream: true }))
        if (fault === 'server_error') HELD.hold('Failure', ...events)
        else HELD.hold('Event', ...events)
      })

    test('a response in the background that fails', async ({ provider }) => {
      provider.failNext(1, 'malformed_json')
      const later = await asked(`${AT}/responses`, respond('Say it.', { background: true }))
      await wait(5_000)
      HELD.hold('Response', later, await asked(`${AT}/responses/${later.id}`))
    })

    test('conversations', async () => {
      const items = [
        { role: 'user', content: 'Ada.' },
        { role: 'assistant', content: 'Yes.' },
      ]
      const made = await asked(`${AT}/conversations`, { items, metadata: { a: 'b' } })
      await asked(`${AT}/responses`, respond('Think and call', { model: 'o3', conversation: made.id, tools: [own] }))
      HELD.hold('Conversation', made, await asked(`${AT}/conversations/${made.id}`))
      HELD.hold('Conversation', await asked(`${AT}/conversations/${made.id}`, { metadata: {} }))
      const listed = await asked(`${AT}/conversations/${made.id}/items`)
      HELD.hold('ConversationItems', listed)
      HELD.hold('ConversationItems', await asked(`${AT}/conversations/${made.id}/items`, { items }))
      const at = `${AT}/conversations/${made.id}/items/${listed.data[0].id}`
      HELD.hold('ConversationItem', await asked(at))
      HELD.hold('Conversation', await asked(at, undefined, { method: 'DELETE' }))
      HELD.hold('ConversationDeleted', await asked(`${AT}/conversations/${made.id}`, undefined, { method: 'DELETE' }))
    })

    test('completions, embeddings, moderations and models', async () => {
      const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Say it.', logprobs: 2 }
      HELD.hold('Completion', await asked(`${AT}/completions`, body))
      HELD.hold(
        'Completion',
        ...(await streamed(`${AT}/completions`, { ...body, stream: true, stream_options: { include_usage: true } })),
      )
      const embedding = { model: 'text-embedding-3-small', input: 'a', encoding_format: 'float' }
      HELD.hold('Embeddings', await asked(`${AT}/embeddings`, embedding))
      HELD.hold('Moderation', await asked(`${AT}/moderations`, { input: ['a', 'b'] }))
      HELD.hold('Models', await asked(`${AT}/models`))
      HELD.hold('Model', await asked(`${AT}/models/gpt-4o`))
    })

    test('files and batches', async () => {
      const form = new FormData()
      form.set('purpose', 'batch')
      const lines = [
        { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: chat('Say it.') },
        { custom_id: 'b', method: 'POST', url: '/v1/chat/completions', body: chat('Say it.', { model: 'gpt-0' }) },
      ]
      form.set('file', new Blob([lines.map((line) => JSON.stringify(line)).join('\n')]), 'a.jsonl')
      const file = await asked(`${AT}/files`, form)
      HELD.hold('File', file, await asked(`${AT}/files/${file.id}`))
      const how = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' }
      const batch = await asked(`${AT}/batches`, { ...how, metadata: { a: 'b' } })
      HELD.hold('Batch', batch)
      const other = await asked(`${AT}/batches`, how)
      HELD.hold('Batch', await asked(`${AT}/batches/${other.id}/cancel`, {}))
      await wait(25 * 3_600_000)
      HELD.hold('Batch', await asked(`${AT}/batches/${batch.id}`), await asked(`${AT}/batches/${other.id}`))
      HELD.hold('Batches', await asked(`${AT}/batches`))
      HELD.hold('Files', await asked(`${AT}/files`))
      HELD.hold('FileDeleted', await asked(`${AT}/files/${file.id}`, undefined, { method: 'DELETE' }))
    })

    test('refusals of requests', async () => {
      HELD.hold(
        'Failure',
        await asked(`${AT}/responses`, { model: 'gpt-4o', input: 1 }),
        await asked(`${AT}/chat/completions`, chat('x', { model: 'gpt-0' })),
        await asked(`${AT}/responses/resp_0`),
        await asked(`${AT}/models/gpt-0`),
        await asked(`${AT}/files/file-0`),
        await asked(`${AT}/nothing`, {}),
      )
    })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
