import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { embed, requestCompletion, type WireCall } from '../../../../src/orchestrator/service/client.ts'
import type { ServiceSettings } from '../../../../src/orchestrator/service/settings.ts'
import { open } from '../../../given/ask.ts'

type Format = ServiceSettings['format']

/** A service that gives this answer, and what it has received. */
function serviceOf(format: Format, answer: () => Response | Promise<Response>, apiKey?: string) {
  const received: { url: string; method: string | undefined; headers: object; body: unknown }[] = []
  const service: ServiceSettings = {
    baseURL: 'http://service.test/base',
    format,
    ...(apiKey !== undefined && { apiKey }),
    fetch: async (url, { method, headers, body } = {}) => {
      received.push({
        url: String(url),
        method,
        headers: Object.fromEntries(new Headers(headers)),
        body: JSON.parse(String(body)) as unknown,
      })
      return answer()
    },
  }
  return { service, received }
}

const call = (over: Partial<WireCall> = {}): WireCall => ({
  model: 'some-model',
  messages: [
    { role: 'system', text: 'You are Ann.' },
    { role: 'user', text: 'Go?' },
    { role: 'assistant', text: 'Where?' },
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'On.' },
  ],
  maxTokens: 10,
  agent: 'ann',
  key: undefined,
  ...over,
})

const openaiBody = (message: object = { content: 'Yes.' }, finish = 'stop', usage: object = {}) => ({
  choices: [{ message, finish_reason: finish }],
  usage: { prompt_tokens: 30, completion_tokens: 4, ...usage },
})
const anthropicBody = (content: unknown = [{ type: 'text', text: 'Yes.' }], stop = 'end_turn', usage: object = {}) => ({
  content,
  stop_reason: stop,
  usage: { input_tokens: 30, output_tokens: 4, ...usage },
})

/** What is read of an answer with this body. */
const read = (format: Format, body: object, headers: Record<string, string> = {}) =>
  requestCompletion(serviceOf(format, () => Response.json(body, { headers })).service, call(), open())

describe('a request', () => {
  test('in the format of OpenAI has all messages in their order, and the key as a bearer', async () => {
    const { service, received } = serviceOf('openai', () => Response.json(openaiBody()), 'secret')
    await requestCompletion(service, call({ key: 'one' }), open())
    expect(received).toEqual([
      {
        url: 'http://service.test/base/chat/completions',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer secret', 'idempotency-key': 'one' },
        body: {
          model: 'some-model',
          messages: [
            { role: 'system', content: 'You are Ann.' },
            { role: 'user', content: 'Go?' },
            { role: 'assistant', content: 'Where?' },
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'On.' },
          ],
          max_completion_tokens: 10,
          user: 'ann',
        },
      },
    ])
  })

  test('in the format of Anthropic has its system prompts apart from its messages', async () => {
    const { service, received } = serviceOf('anthropic', () => Response.json(anthropicBody()))
    await requestCompletion(service, call(), open())
    await requestCompletion(service, call({ messages: [{ role: 'user', text: 'Go?' }] }), open())
    const rest = { model: 'some-model', max_tokens: 10, metadata: { user_id: 'ann' } }
    expect(received[0]).toEqual({
      url: 'http://service.test/base/v1/messages',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'longhaul', 'anthropic-version': '2023-06-01' },
      body: {
        ...rest,
        system: 'You are Ann.\n\nBe brief.',
        messages: [
          { role: 'user', content: 'Go?' },
          { role: 'assistant', content: 'Where?' },
          { role: 'user', content: 'On.' },
        ],
      },
    })
    expect(received[1]!.body).toEqual({ ...rest, messages: [{ role: 'user', content: 'Go?' }] })
  })

  test.each([
    ['secret', 'Bearer secret'],
    [undefined, 'Bearer longhaul'],
  ])('for a vector with the key %j is one of embeddings', async (key, authorization) => {
    const answer = { data: [{ embedding: [0.5, -1] }], usage: { prompt_tokens: 7 } }
    const { service, received } = serviceOf('openai', () => Response.json(answer), key)
    const given = { model: 'embedder', input: 'What do we know?', agent: 'ann' }
    expect(await embed(service, given, open())).toEqual({ vector: [0.5, -1], inputTokens: 7 })
    expect(received).toEqual([
      {
        url: 'http://service.test/base/embeddings',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: { model: 'embedder', input: 'What do we know?', encoding_format: 'float', user: 'ann' },
      },
    ])
  })
})

describe('an answer', () => {
  const openaiUsage = { input: 30, cachedInput: 0, cacheWrite: 0, output: 4 }

  test.each([
    ['the end of a text', openaiBody(), 'Yes.', 'stop'],
    ['a text that is cut off', openaiBody({ content: 'Ye' }, 'length'), 'Ye', 'length'],
    ['a filtered text', openaiBody({ content: 'Y' }, 'content_filter'), 'Y', 'refusal'],
    ['a refusal', openaiBody({ content: null, refusal: 'I will not.' }), 'I will not.', 'refusal'],
    ['no refusal', openaiBody({ content: 'Yes.', refusal: null }), 'Yes.', 'stop'],
    ['nothing', openaiBody({ content: null }), '', 'stop'],
  ])('of OpenAI: %s', async (_, body, text, finish) => {
    expect(await read('openai', body)).toEqual({ text, finish, usage: openaiUsage, limit: undefined })
  })

  test.each([
    ['the end of a text', anthropicBody(), 'Yes.', 'stop'],
    ['a text that is cut off', anthropicBody([{ type: 'text', text: 'Ye' }], 'max_tokens'), 'Ye', 'length'],
    ['a refusal', anthropicBody([], 'refusal'), '', 'refusal'],
    [
      'a text in parts, among others',
      anthropicBody([{ type: 'text', text: 'Ye' }, { type: 'tool_use' }, { type: 'text', text: 's.' }]),
      'Yes.',
      'stop',
    ],
  ])('of Anthropic: %s', async (_, body, text, finish) => {
    expect(await read('anthropic', body)).toEqual({ text, finish, usage: openaiUsage, limit: undefined })
  })

  test('counts what the service has cached', async () => {
    const openai = await read('openai', openaiBody({}, 'stop', { prompt_tokens_details: { cached_tokens: 20 } }))
    expect(openai.usage).toEqual({ input: 30, cachedInput: 20, cacheWrite: 0, output: 4 })
    const none = await read('openai', openaiBody({}, 'stop', { prompt_tokens_details: {} }))
    expect(none.usage).toEqual(openaiUsage)
    const usage = { cache_read_input_tokens: 20, cache_creation_input_tokens: 5 }
    const anthropic = await read('anthropic', anthropicBody([], 'end_turn', usage))
    expect(anthropic.usage).toEqual({ input: 55, cachedInput: 20, cacheWrite: 5, output: 4 })
  })

  test('tells of the limit of the account', async () => {
    const headers = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
    }
    expect((await read('openai', openaiBody(), headers)).limit).toEqual({ limit: 60, remaining: 59, fullInMs: 1_000 })
  })

  test.each(['{"choices": []}', 'Yes.', '{}'])('that is none, such as %j, may be billed', async (body) => {
    const { service } = serviceOf('openai', () => new Response(body))
    await expect(requestCompletion(service, call(), open())).rejects.toMatchObject({
      name: 'CompletionError',
      kind: 'bad_answer',
      message: 'The answer does not have the documented format of the provider.',
      mayBeBilled: true,
      cause: expect.any(Error) as Error,
    })
  })

  test('that breaks off may be billed', async () => {
    const { service } = serviceOf('openai', () => {
      const body = new ReadableStream({
        pull: (controller) => controller.error(Object.assign(new Error('over'), { code: 'UND_ERR_SOCKET' })),
      })
      return new Response(body)
    })
    await expect(requestCompletion(service, call(), open())).rejects.toMatchObject({
      kind: 'connection',
      message: 'The connection broke during the answer: UND_ERR_SOCKET.',
      mayBeBilled: true,
      cause: expect.objectContaining({ code: 'UND_ERR_SOCKET' }) as Error,
    })
  })

  test('that nobody waits for any more ends by the reason of that', async () => {
    for (const broken of [() => Promise.reject(new Error('aborted')), () => new Response(failingStream())]) {
      const { service } = serviceOf('openai', broken)
      const reason = new Error('Nobody waits.')
      const controller = new AbortController()
      const asked = requestCompletion(service, call(), controller.signal)
      controller.abort(reason)
      await expect(asked).rejects.toBe(reason)
    }
  })
})

const failingStream = (): ReadableStream =>
  new ReadableStream({ pull: (controller) => controller.error(new Error('aborted')) })

describe('a refusal', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2030-01-01T00:00:00Z'), toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  const refused = (status: number, body: string, headers: Record<string, string> = {}) => {
    const { service } = serviceOf('openai', () => new Response(body, { status, headers }))
    return requestCompletion(service, call(), open()).then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  test('says what the service says, with its limits', async () => {
    const limit = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m',
    }
    expect(await refused(429, '{"error": {"message": "Slower."}}', { ...limit, 'retry-after': '2' })).toMatchObject({
      kind: 'rate_limited',
      message: 'Slower.',
      status: 429,
      retryAfterMs: 2_000,
      noAccess: undefined,
      mayBeBilled: false,
      limit: { limit: 60, remaining: 0, fullInMs: 60_000 },
    })
    expect(await refused(429, '{"error": {"message": "Request too large for it."}}')).toMatchObject({
      kind: 'refused_request',
      message: 'Request too large for it.',
    })
    expect(await refused(401, '{"error": {"message": "No key."}}', { 'retry-after': '3' })).toMatchObject({
      kind: 'refused_request',
      noAccess: { forMs: 3_000 },
    })
  })

  test.each(['', 'Bad gateway', '{}', '{"error": "down"}', '{"error": {"message": 5}}', 'null'])(
    'that says nothing, such as %j, is told by its status',
    async (body) => {
      expect(await refused(502, body)).toMatchObject({
        kind: 'server_error',
        message: 'The provider answered with status 502.',
        status: 502,
        retryAfterMs: undefined,
        limit: undefined,
      })
    },
  )

  test.each([
    [{}, undefined],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 31 Dec 2029 23:59:30 GMT' }, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after-ms': '0', 'retry-after': '9' }, 0],
    [{ 'retry-after-ms': '-5', 'retry-after': '9' }, 9_000],
  ] as [Record<string, string>, number | undefined][])('with %j may be repeated in %j ms', async (headers, ms) => {
    expect(await refused(503, '', headers)).toMatchObject({ kind: 'overloaded', retryAfterMs: ms })
  })
})

/** The idempotency key that a service receives for a request with this key. */
async function received(key: string | undefined): Promise<string | null> {
  let sent: string | null = null
  await requestCompletion(
    {
      baseURL: 'http://service.test/v1',
      format: 'openai',
      fetch: async (_, init) => {
        sent = new Headers(init?.headers).get('idempotency-key')
        const choices = [{ message: { content: 'Yes.' }, finish_reason: 'stop' }]
        return Response.json({ choices, usage: { prompt_tokens: 3, completion_tokens: 1 } })
      },
    },
    { model: 'gpt-4o', messages: [{ role: 'user', text: 'Go?' }], maxTokens: 10, agent: 'ann', key },
    new AbortController().signal,
  )
  return sent
}

test.each([
  ['4f2a/openai', '4f2a/openai'],
  ['研究/gpt-4o', '%7814%7a76/gpt-4o'],
  ['a\ud83d/b\nc', 'a%d83d/b%ac'],
  ['100%', '100%25'],
  [undefined, null],
])('the key %j is sent as %j', async (key, sent) => {
  expect(await received(key)).toBe(sent)
})

test.each<[code: string, mayBeBilled: boolean, syscall?: string]>([
  ['ETIMEDOUT', false, 'connect'],
  ['EHOSTUNREACH', false, 'connect'],
  ['ETIMEDOUT', true, 'read'],
  ['ECONNREFUSED', false],
  ['ENOTFOUND', false],
  ['EAI_AGAIN', false],
  ['UND_ERR_CONNECT_TIMEOUT', false],
  ['CERT_HAS_EXPIRED', false],
  ['ECONNRESET', true],
  ['UND_ERR_SOCKET', true],
])('a request that fails with %s may be billed: %s, %s', async (code, mayBeBilled, syscall) => {
  const cause = Object.assign(new Error(code), { code, syscall })
  const failing = requestCompletion(
    {
      baseURL: 'http://service.test/v1',
      format: 'openai',
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause })),
    },
    { model: 'gpt-4o', messages: [{ role: 'user', text: 'Go?' }], maxTokens: 10, agent: 'ann', key: undefined },
    new AbortController().signal,
  )
  await expect(failing).rejects.toMatchObject({
    kind: 'connection',
    message: `The connection to the provider failed: ${code}.`,
    mayBeBilled,
  })
})

test.each([
  [Object.assign(new Error('over'), { code: 'EPIPE' }), 'EPIPE'],
  [new Error('over'), 'over'],
  [new Error('over', { cause: { code: 5 } }), 'over'],
  ['gone', 'gone'],
  [null, 'null'],
])('a request that fails by %s says so', async (error, said) => {
  // What fails need be no error.
  const { service } = serviceOf('openai', () => Promise.reject(error as Error))
  await expect(requestCompletion(service, call(), open())).rejects.toMatchObject({
    kind: 'connection',
    message: `The connection to the provider failed: ${said}.`,
    mayBeBilled: true,
    cause: error,
  })
})

test('a service without a fetch of its own is asked by that of the process', async () => {
  const global = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json(openaiBody()))
  try {
    const service: ServiceSettings = { baseURL: 'http://service.test', format: 'openai' }
    expect(await requestCompletion(service, call(), open())).toMatchObject({ text: 'Yes.' })
    expect(global).toHaveBeenCalledTimes(1)
    expect(global.mock.calls[0]![0]).toBe('http://service.test/chat/completions')
  } finally {
    global.mockRestore()
  }
})
