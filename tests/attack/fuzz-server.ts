import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { MAIN, rssOf } from './daemon.ts'
import { broken, hostile } from './hostile.ts'
import { isForeign, stopwatch, type Tally } from './tally.ts'

const TOOL = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object', properties: { where: { type: 'string', minLength: 1 } }, required: ['where'] },
}
const SCHEMA = {
  type: 'object',
  properties: { n: { type: 'array', minItems: 2, items: { type: 'integer' } } },
  required: ['n'],
}

/** Requests that are right, by the path at which they are. */
const RIGHT: readonly (readonly [path: string, body: object])[] = [
  ['/openai/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello.' }] }],
  [
    '/openai/v1/chat/completions',
    {
      model: 'gpt-4o-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: [{ type: 'text', text: 'Look.' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'Seen.' },
      ],
      tools: [{ type: 'function', function: TOOL }],
      tool_choice: 'required',
      n: 2,
      max_completion_tokens: 100,
    },
  ],
  [
    '/openai/v1/chat/completions',
    {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'JSON.' }],
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } },
    },
  ],
  [
    '/openai/v1/responses',
    { model: 'gpt-4o', input: [{ role: 'user', content: 'Hello.' }], tools: [{ type: 'function', ...TOOL }] },
  ],
  ['/openai/v1/embeddings', { model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 8 }],
  [
    '/anthropic/v1/messages',
    {
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be short.' }],
      messages: [
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: { where: 'here' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'Seen.' }] },
      ],
      tools: [{ name: 'look', input_schema: TOOL.parameters }],
    },
  ],
  [
    '/anthropic/v1/messages',
    { model: 'claude-haiku-4-5', max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'Hi.' }] },
  ],
]

/** Bodies that were named as those that ended the server, or let it stand still. */
const KNOWN: readonly (readonly [path: string, body: unknown])[] = [
  ['/openai/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: { toString: 1, valueOf: 1 }, content: 'a' }] }],
  ...[
    'a'.repeat(2_000_000),
    '💥'.repeat(300_000),
    'word '.repeat(4_000_000),
    ' '.repeat(1_000_000),
    '漢'.repeat(500_000),
  ].map(
    (content) => ['/openai/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: 'user', content }] }] as const,
  ),
  ...[
    { type: 'array', minItems: 1e9, items: { type: 'string' } },
    { type: 'string', minLength: 1e9 },
    { type: 'array', minItems: 1_000, items: { type: 'array', minItems: 1_000, items: { type: 'string' } } },
    { type: 'string', pattern: '(a{1000}){1000}' },
    { type: 'object', minProperties: 1e9, additionalProperties: { type: 'string' } },
  ].map(
    (schema) =>
      [
        '/openai/v1/chat/completions',
        {
          model: 'gpt-4o',
          messages: [{ role: 'user', content: 'a' }],
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'a', schema: { type: 'object', properties: { a: schema }, required: ['a'] } },
          },
        },
      ] as const,
  ),
]

const nestedText = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + '1' + close.repeat(levels)

/** The same as texts, as no program makes such values. */
const KNOWN_TEXTS: readonly (readonly [path: string, text: string])[] = [4_000, 40_000, 400_000].flatMap((levels) => [
  [
    '/openai/v1/chat/completions',
    `{"model":"gpt-4o","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"a","parameters":${nestedText(levels, '{"properties":', '}')}}}]}`,
  ] as const,
  [
    '/anthropic/v1/messages',
    `{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"a","input":{"a":${nestedText(levels, '[', ']')}}}]}]}`,
  ] as const,
])

interface Asked {
  path: string
  text: string
  headers?: Readonly<Record<string, string>>
}

const asked: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .constantFrom(...RIGHT)
      .chain(([path, body]) => broken(body).map((text) => ({ path, text: JSON.stringify(text) ?? '' }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...RIGHT), fc.nat())
      .map(([[path, body], at]) => ({ path, text: JSON.stringify(body).slice(0, at % 200) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...RIGHT), hostile)
      .map(([[path], body]) => ({ path, text: JSON.stringify(body) ?? '' })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...RIGHT),
        fc.webPath(),
        fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
      )
      .map(([[path, body], more, agent]) => ({
        path: path + more,
        text: JSON.stringify(body),
        headers: { 'x-longhaul-agent': agent },
      })),
  },
)

const UNDER_WAY = 20

/** Whole requests at `longhaul serve`, in all wire formats. */
export async function fuzzServer(
  tally: Tally,
  { requests, seed }: { requests: number; seed: number },
): Promise<string> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--latency', '1ms'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += String(text)))
  let base = ''
  for await (const line of createInterface(child.stdout)) {
    base = /OPENAI_BASE_URL=(http:\/\/[^/]+)/.exec(line)?.[1] ?? base
    if (base !== '') break
  }
  const agent = new Agent({ keepAlive: true, maxSockets: UNDER_WAY })
  const ask = (asked: Asked): Promise<void> =>
    new Promise((done) => {
      const { path, text, headers } = asked
      const elapsed = stopwatch()
      const end = (answer: string): void => {
        tally.answered(elapsed(), isForeign(text) ? '' : answer, `${path} ${text.slice(0, 300)}`)
        done()
      }
      const call = request(base + path, {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer a',
          'x-api-key': 'a',
          'anthropic-version': '2023-06-01',
          ...headers,
        },
      })
      call.on('error', (error: NodeJS.ErrnoException) => {
        const isDead = child.exitCode !== null || child.signalCode !== null
        // The server has closed a connection that was kept, just when it was used again.
        if (!isDead && call.reusedSocket && error.code === 'ECONNRESET') return void ask(asked).then(done)
        if (isDead) tally.add('death', `${path} ${text.slice(0, 300)}: ${said.slice(-300)}`)
        else tally.add('foreign error', `${error.message} for ${path} ${text.slice(0, 300)}`)
        done()
      })
      call.on('response', (response) => {
        let body = ''
        response.on('data', (part) => (body += body.length < 100_000 ? String(part) : ''))
        response.on('end', () =>
          end(
            response.statusCode === 500 && body.includes('LONGHAUL_INTERNAL') ? `TypeError? ${said.slice(-400)}` : body,
          ),
        )
        response.on('error', () => end('the connection was broken off'))
      })
      call.end(text)
    })
  const known = [
    ...KNOWN.map(([path, body]) => ({ path, text: JSON.stringify(body) })),
    ...KNOWN_TEXTS.map(([path, text]) => ({ path, text })),
  ]
  for (const each of known) await ask(each)
  const memory: number[] = []
  const parts = 4
  for (let part = 0; part < parts && child.exitCode === null; part++) {
    const all = fc.sample(asked, { numRuns: Math.ceil(requests / parts), seed: seed + part })
    const next = async (): Promise<void> => {
      for (let each = all.pop(); each && child.exitCode === null; each = all.pop()) await ask(each)
    }
    await Promise.all(Array.from({ length: UNDER_WAY }, next))
    memory.push(rssOf(child.pid))
  }
  agent.destroy()
  child.kill('SIGTERM')
  return `${requests + known.length} requests at longhaul serve; memory ${memory.join(', ')} MB`
}
