import { setTimeout as wait } from 'node:timers/promises'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { SAID } from './said.ts'
import { asked, streamed } from './wire.ts'

const AT = 'https://api.anthropic.com/v1'
const how = { headers: { 'x-api-key': 'test', 'anthropic-version': '2023-06-01' } }
const withBetas = (...betas: string[]) => ({ headers: { ...how.headers, 'anthropic-beta': betas.join(',') } })

const HELD = new Holding(
  `
import type Anthropic from '@anthropic-ai/sdk'
type Page<Of> = { data: Of[]; has_more: boolean; first_id: string | null; last_id: string | null }
export type Message = Anthropic.Message
export type Event = Anthropic.RawMessageStreamEvent | { type: 'ping' }
export type BetaMessage = Anthropic.Beta.BetaMessage
export type BetaEvent = Anthropic.Beta.BetaRawMessageStreamEvent | { type: 'ping' }
export type Counted = Anthropic.MessageTokensCount
export type Model = Anthropic.ModelInfo
export type Models = Page<Anthropic.ModelInfo>
export type Batch = Anthropic.Messages.MessageBatch
export type Batches = Page<Anthropic.Messages.MessageBatch>
export type BatchResult = Anthropic.Messages.MessageBatchIndividualResponse
export type BatchDeleted = Anthropic.Messages.DeletedMessageBatch
export type Failure = Anthropic.ErrorResponse
`,
  {},
)

const ask = (content: unknown, more: object = {}) => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 2_000,
  messages: [{ role: 'user', content }],
  ...more,
})
const tools = [{ name: 'dock', input_schema: { type: 'object', properties: {} } }]
const document = (source: object) => [
  { type: 'document', source, title: 'Log', citations: { enabled: true } },
  { type: 'text', text: 'Say it.' },
]

/** Requests whose answers differ in what they have. */
const ASKED: Readonly<Record<string, object>> = {
  'a text': ask('Say it.'),
  'calls of tools': ask('Call it.', { tools }),
  thoughts: ask('Think.', { thinking: { type: 'enabled', budget_tokens: 1_024 } }),
  'thoughts that are redacted': ask('Think.', {
    model: 'claude-opus-4-7',
    thinking: { type: 'adaptive', display: 'omitted' },
  }),
  'a refusal': ask('Refuse it.'),
  'a pause': ask('Pause.'),
  'an end that comes too early': ask('Say it.', { max_tokens: 2 }),
  'a stop sequence': ask('Say it.', { stop_sequences: ['e'] }),
  'a citation of a text': ask(document({ type: 'text', media_type: 'text/plain', data: 'High water is at noon.' })),
  'a citation of blocks': ask(document({ type: 'content', content: [{ type: 'text', text: 'High water.' }] })),
  'a citation of pages': ask(document({ type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' })),
  'a citation of a search result': ask([
    {
      type: 'search_result',
      source: 'https://example.com',
      title: 'Tides',
      content: [{ type: 'text', text: 'High water.' }],
      citations: { enabled: true },
    },
    { type: 'text', text: 'Say it.' },
  ]),
  ...Object.fromEntries(
    [
      { type: 'web_search_20250305', name: 'web_search' },
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
      { type: 'code_execution_20250522', name: 'code_execution' },
      { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' },
    ].map((tool) => [`work of ${tool.type}`, ask('Look.', { tools: [tool, ...tools] })]),
  ),
  'a cache': ask([{ type: 'text', text: 'word '.repeat(2_000), cache_control: { type: 'ephemeral', ttl: '1h' } }]),
  'a format': ask('Give it.', {
    output_config: {
      format: { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } },
    },
  }),
}

describeOrchestration(
  "Anthropic's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: [...SAID, { content: 'Pause', reply: { text: 'I go on later.', pause: true } }],
    },
  },
  (test) => {
    for (const [what, body] of Object.entries(ASKED)) {
      test(`a message with ${what}`, async () => HELD.hold('Message', await asked(`${AT}/messages`, body, how)))
      test(`events of a message with ${what}`, async () =>
        HELD.hold('Event', ...(await streamed(`${AT}/messages`, { ...body, stream: true }, how))))
      test(`a message of a beta with ${what}`, async () => {
        const beta = withBetas('context-management-2025-06-27', 'thinking-token-count-2026-05-13')
        const url = `${AT}/messages?beta=true`
        HELD.hold('BetaMessage', await asked(url, body, beta))
        HELD.hold('BetaEvent', ...(await streamed(url, { ...body, stream: true }, beta)))
      })
    }

    test('messages of betas', async () => {
      const url = `${AT}/messages?beta=true`
      for (const [beta, body] of [
        [
          'mcp-client-2025-11-20',
          ask('Look.', {
            mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'docs' }],
            tools: [{ type: 'mcp_toolset', mcp_server_name: 'docs' }],
          }),
        ],
        [
          'code-execution-2025-08-25',
          ask('Look.', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }], container: 'c' }),
        ],
        [
          'context-management-2025-06-27',
          ask('Say it.', { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } }),
        ],
        ['fast-mode-2026-02-01', ask('Say it.', { model: 'claude-opus-4-6', speed: 'fast' })],
      ] as const) {
        HELD.hold('BetaMessage', await asked(url, body, withBetas(beta)))
        HELD.hold('BetaEvent', ...(await streamed(url, { ...body, stream: true }, withBetas(beta))))
      }
    })

    test('counts, models and batches', async () => {
      const { max_tokens: _, ...counted } = ask('Say it.')
      HELD.hold('Counted', await asked(`${AT}/messages/count_tokens`, counted, how))
      HELD.hold('Models', await asked(`${AT}/models`, undefined, how))
      HELD.hold('Model', await asked(`${AT}/models/claude-sonnet-4-5`, undefined, how))
      const requests = [
        { custom_id: 'a', params: ask('Say it.') },
        { custom_id: 'b', params: ask('Say it.', { model: 'claude-0' }) },
      ]
      const batch = await asked(`${AT}/messages/batches`, { requests }, how)
      const other = await asked(`${AT}/messages/batches`, { requests }, how)
      HELD.hold('Batch', batch, await asked(`${AT}/messages/batches/${other.id}/cancel`, {}, how))
      await wait(25 * 3_600_000)
      HELD.hold('Batch', await asked(`${AT}/messages/batches/${batch.id}`, undefined, how))
      HELD.hold('Batch', await asked(`${AT}/messages/batches/${other.id}`, undefined, how))
      HELD.hold('Batches', await asked(`${AT}/messages/batches`, undefined, how))
      HELD.hold('BatchResult', ...(await streamed(`${AT}/messages/batches/${batch.id}/results`, undefined, how)))
      HELD.hold('BatchResult', ...(await streamed(`${AT}/messages/batches/${other.id}/results`, undefined, how)))
      HELD.hold(
        'BatchDeleted',
        await asked(`${AT}/messages/batches/${batch.id}`, undefined, { ...how, method: 'DELETE' }),
      )
    })

    test('refusals of requests', async () => {
      HELD.hold(
        'Failure',
        await asked(`${AT}/messages`, ask('x', { max_tokens: 'x' }), how),
        await asked(`${AT}/messages`, ask('x', { model: 'claude-0' }), how),
        await asked(`${AT}/messages`, ask('x')),
        await asked(`${AT}/messages/batches/x`, undefined, how),
      )
    })

    for (const fault of [
      'overloaded',
      'stream_error',
      'rate_limited',
      'server_error',
      'unauthorized',
      'content_filter',
      'max_tokens',
    ] as const)
      test(`messages at the fault ${fault}`, async ({ provider }) => {
        provider.failNext(1, fault)
        const events = await streamed(`${AT}/messages`, { ...ask('Say it.'), stream: true }, how)
        HELD.hold('Event', ...events.filter(({ type }) => type !== 'error'), { type: 'ping' })
        for (const error of events.filter(({ type }) => type === 'error')) HELD.hold('Failure', error)
      })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
