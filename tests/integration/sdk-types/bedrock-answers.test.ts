import { EventStreamCodec } from '@smithy/eventstream-codec'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'
import { SAID } from './said.ts'
import { asked } from './wire.ts'

const AT = 'https://bedrock-runtime.us-east-1.amazonaws.com/model'
const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

const HELD = new Holding(
  `
import type { ConverseResponse, ConverseStreamOutput, CountTokensResponse } from '@aws-sdk/client-bedrock-runtime'
export type Answer = ConverseResponse
export type Event = ConverseStreamOutput
export type Counted = CountTokensResponse
export type Failure = { message: string }
`,
  {
    'missing ServiceException.$metadata': 'The SDK makes its exceptions of the names of events.',
    'missing ModelStreamErrorException.name': 'The SDK makes its exceptions of the names of events.',
    'missing ModelStreamErrorException.$fault': 'The SDK makes its exceptions of the names of events.',
  },
)

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() }
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : text.decoder.decode(bytes as Uint8Array)),
  (given) => text.encoder.encode(given),
)

/** Events of a stream: each by its name, as the SDK gives it. */
async function eventsOf(model: string, body: object): Promise<object[]> {
  const response = await fetch(`${AT}/${model}/converse-stream`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const events: object[] = []
  for (let at = 0; at < bytes.length;) {
    const length = new DataView(bytes.buffer, at).getUint32(0)
    const { headers, body: data } = codec.decode(bytes.subarray(at, at + length))
    const name = headers[':event-type'] ?? headers[':exception-type']
    events.push({ [String(name?.value)]: JSON.parse(text.decoder.decode(data)) })
    at += length
  }
  return events
}

const ask = (said: string, more: object = {}) => ({ messages: [{ role: 'user', content: [{ text: said }] }], ...more })
const toolConfig = { tools: [{ toolSpec: { name: 'dock', inputSchema: { json: { type: 'object' } } } }] }

/** Requests whose answers differ in what they have. */
const ASKED: Readonly<Record<string, object>> = {
  'a text': ask('Say it.'),
  'calls of tools': ask('Call it.', { toolConfig }),
  thoughts: ask('Think.', {
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1_024 } },
    inferenceConfig: { maxTokens: 2_000 },
  }),
  'a refusal': ask('Refuse it.'),
  'an end that comes too early': ask('Say it.', { inferenceConfig: { maxTokens: 2 } }),
  'a cache': ask('word '.repeat(2_000), {
    system: [{ text: 'word '.repeat(2_000) }, { cachePoint: { type: 'default' } }],
  }),
  'a citation': {
    messages: [
      {
        role: 'user',
        content: [
          { document: { name: 'log', format: 'txt', source: { text: 'High water.' }, citations: { enabled: true } } },
          { text: 'Say it.' },
        ],
      },
    ],
  },
  'a tier': ask('Say it.', { serviceTier: { type: 'priority' }, performanceConfig: { latency: 'optimized' } }),
  'a guardrail': ask('Say it.', {
    guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', trace: 'enabled' },
  }),
}

describeOrchestration(
  "Bedrock's answers are as the types of its SDK declare them",
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: SAID,
    },
  },
  (test) => {
    for (const [what, body] of Object.entries(ASKED)) {
      test(`an answer with ${what}`, async () => HELD.hold('Answer', await asked(`${AT}/${MODEL}/converse`, body)))
      test(`a stream with ${what}`, async () => HELD.hold('Event', ...(await eventsOf(MODEL, body))))
    }

    test('tokens that are counted', async () =>
      HELD.hold('Counted', await asked(`${AT}/${MODEL}/count-tokens`, { input: { converse: ask('Say it.') } })))

    for (const fault of ['stream_error', 'content_filter', 'max_tokens', 'empty'] as const)
      test(`streams at the fault ${fault}`, async ({ provider }) => {
        provider.failNext(1, fault)
        HELD.hold('Event', ...(await eventsOf(MODEL, ask('Say it.'))))
      })

    test('refusals of requests', async ({ provider }) => {
      const url = `${AT}/${MODEL}/converse`
      HELD.hold('Failure', await asked(url, { messages: 1 }), await asked(`${AT}/x.y/converse`, ask('x')))
      for (const fault of ['rate_limited', 'overloaded', 'server_error', 'unauthorized', 'quota_exhausted'] as const) {
        provider.failNext(1, fault)
        HELD.hold('Failure', await asked(url, ask('Say it.')))
      }
    })

    test('exceptions that no answer needs are none', () => {
      expect(HELD.idle).toEqual([])
    })
  },
)
