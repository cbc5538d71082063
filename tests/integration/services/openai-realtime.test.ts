import { get } from 'node:https'
import { connect, type Socket } from 'node:net'
import OpenAI, { AzureOpenAI } from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime'
import { expect } from 'vitest'
import { WebSocket as WebSocketOfWs } from 'ws'
import { actAs, describeOrchestration, startServer } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const system = async () => undefined

interface Asked {
  on(event: 'event', listener: (event: RealtimeServerEvent) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  send(event: RealtimeClientEvent): void
  close(): void
}

/** A session, and the events that have come so far. */
function session(socket: Asked) {
  const events: RealtimeServerEvent[] = []
  const waiting: { type: string; found: (event: never) => void }[] = []
  socket.on('error', () => {})
  socket.on('event', (event) => {
    events.push(event)
    for (const [index, { type, found }] of waiting.entries())
      if (type === event.type) {
        waiting.splice(index, 1)
        found(event as never)
        break
      }
  })
  return {
    events,
    types: () => events.map(({ type }) => type),
    send: (event: RealtimeClientEvent) => socket.send(event),
    /** The next event of a type that comes from now on. */
    next: <Type extends RealtimeServerEvent['type']>(type: Type) =>
      new Promise<Extract<RealtimeServerEvent, { type: Type }>>((found) => waiting.push({ type, found })),
    close: () => socket.close(),
  }
}

const WEATHER = {
  type: 'function',
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const
const said = (text: string): RealtimeClientEvent => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
})
const ofText: RealtimeClientEvent = {
  type: 'session.update',
  session: { type: 'realtime', output_modalities: ['text'], instructions: 'Be short.', tools: [WEATHER] },
}

/** A turn with a tool, from the first words to the last. */
async function turnWithTool({ send, next, types, close }: ReturnType<typeof session>) {
  await next('session.created')
  send(ofText)
  await next('session.updated')
  send(said('Weather in Paris?'))
  send({ type: 'response.create' })
  const called = await next('response.function_call_arguments.done')
  expect(JSON.parse(called.arguments)).toEqual({ city: 'Paris' })
  const first = await next('response.done')
  expect(first.response.output).toMatchObject([{ type: 'function_call', name: 'weather', call_id: called.call_id }])
  send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: called.call_id, output: 'sunny' },
  })
  send({ type: 'response.create' })
  const { text } = await next('response.output_text.done')
  const { response } = await next('response.done')
  close()
  expect(text).toBe('It is sunny.')
  expect(response).toMatchObject({ status: 'completed', usage: { input_tokens: expect.any(Number) } })
  expect(response.output).toMatchObject([{ role: 'assistant', content: [{ type: 'output_text', text }] }])
  return types()
}

describeOrchestration(
  'a session of the Realtime API',
  {
    system,
    provider: {
      latency: '2s',
      replies: ({ messages }) =>
        messages.at(-1)?.role === 'tool'
          ? `It is ${messages.at(-1)!.text}.`
          : { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] },
    },
  },
  (test) => {
    test.for([
      ['the package ws', () => new OpenAIRealtimeWS({ model: 'gpt-realtime' }, client)],
      ["Node's own WebSocket", () => new OpenAIRealtimeWebSocket({ model: 'gpt-realtime' }, client)],
    ] as const)('holds a turn with a tool in this process, by %s', async ([, open], { clock, trace, provider }) => {
      const types = await actAs('speaker', async () => turnWithTool(session(open() as Asked)))
      expect(types).toEqual(expect.arrayContaining(['conversation.item.done', 'response.content_part.done']))
      expect(clock.now()).toBe(4_000)
      expect(trace.ofType('call.ended')).toHaveLength(2)
      expect(trace.ofType('call.arrived')[1]).toMatchObject({
        agent: 'speaker',
        operation: 'realtime',
        model: 'gpt-realtime',
        continues: 1,
      })
      expect(provider.ledger.total.cost).toBeGreaterThan(0)
    })
  },
)

const ofWs = () => session(new OpenAIRealtimeWS({ model: 'gpt-realtime' }, client) as Asked)

/** A session that answers in text, to which somebody has said something. */
async function begun(asked = ofWs()) {
  await asked.next('session.created')
  asked.send(ofText)
  asked.send(said('Hello.'))
  return asked
}

describeOrchestration(
  'what goes wrong in a session',
  { system, provider: { latency: '10s', replies: 'Good morning, my dear friend.' } },
  (test) => {
    test.for([
      [{ type: 'nonsense' }, 'invalid_value', "Invalid value: 'nonsense'."],
      [{ type: 'session.update' }, 'missing_required_parameter', "'session'"],
      [{ type: 'session.update', session: { type: 'realtime', colour: 1 } }, 'unknown_parameter', 'session.colour'],
      [{ type: 'session.update', session: { model: 'gpt-4o' } }, 'cannot_update_model', 'model'],
      [{ type: 'conversation.item.delete', item_id: 'x' }, 'item_delete_invalid_item_id', "'x' does not exist"],
      [{ type: 'response.cancel' }, 'response_cancel_not_active', 'no active response'],
      [{ type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty', 'empty'],
      [
        { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'x', output: '1' } },
        'invalid_tool_call_id',
        "'x' not found",
      ],
      [
        { type: 'response.create', response: { input: [{ type: 'message', role: 'user', content: 'Hello.' }] } },
        'invalid_type',
        'response.input[0].content',
      ],
      [{ type: 'session.update', session: { audio: { input: 'pcm' } } }, 'invalid_type', 'session.audio.input'],
    ] as const)('is told as an error, and the session goes on: %j', async ([event, code, message]) => {
      const { send, next, close } = await begun()
      send({ event_id: 'mine', ...event } as never)
      const { error } = await next('error')
      expect(error).toMatchObject({ type: 'invalid_request_error', code, event_id: 'mine' })
      expect(error.message).toContain(message)
      send({ type: 'response.create' })
      expect((await next('response.done')).response.status).toBe('completed')
      close()
    })

    test('one response at a time, unless it stands aside', async () => {
      const { send, next, close } = await begun()
      send({ type: 'response.create' })
      send({ type: 'response.create' })
      expect((await next('error')).error.code).toBe('conversation_already_has_active_response')
      send({ type: 'response.create', response: { conversation: 'none', metadata: { agent: 'aside' } } })
      const both = [await next('response.done'), await next('response.done')]
      expect(both.map(({ response }) => response.conversation_id === null)).toEqual([false, true])
      close()
    })

    test('a response is of who has asked for it, not of who has opened the session', async ({ trace }) => {
      const { send, next, close } = await actAs('ann', () => begun())
      actAs('ben', () => send({ type: 'response.create' }))
      await next('response.done')
      expect(trace.ofType('call.arrived')).toMatchObject([{ agent: 'ben' }])
      close()
    })

    test('a response that is cancelled is billed no further', async ({ trace, provider }) => {
      const { send, next, close } = await begun()
      send({ type: 'response.create' })
      await next('response.output_text.delta')
      send({ type: 'response.cancel' })
      expect((await next('response.done')).response).toMatchObject({
        status: 'cancelled',
        status_details: { reason: 'client_cancelled' },
      })
      expect(provider.openCalls).toBe(0)
      expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
      close()
    })

    test('a client that goes away ends its call', async ({ provider, sleep }) => {
      const { send, next, close } = await begun()
      send({ type: 'response.create' })
      await next('response.output_text.delta')
      close()
      await sleep('1s')
      expect(provider.openCalls).toBe(0)
    })

    test('a client that goes away ends the responses beside the conversation too', async ({ provider, sleep }) => {
      const { send, next, close } = await begun()
      send({ type: 'response.create', response: { conversation: 'none' } })
      await next('response.output_text.delta')
      close()
      await sleep('1s')
      expect(provider.openCalls).toBe(0)
    })

    test('a response beside the conversation is cancelled by its id', async ({ provider }) => {
      const { send, next, close } = await begun()
      send({ type: 'response.create', response: { conversation: 'none' } })
      const { response_id: id } = await next('response.output_text.delta')
      send({ type: 'response.cancel' })
      expect((await next('error')).error.code).toBe('response_cancel_not_active')
      send({ type: 'response.cancel', response_id: id })
      expect((await next('response.done')).response).toMatchObject({ id, status: 'cancelled' })
      expect(provider.openCalls).toBe(0)
      close()
    })

    test.for([
      ['rate_limited', 'rate_limit_exceeded'],
      ['quota_exhausted', 'insufficient_quota'],
      ['server_error', 'server_error'],
      ['stream_error', 'server_error'],
      ['unauthorized', 'invalid_api_key'],
    ] as const)('the fault %s fails the response', async ([fault, code], { provider }) => {
      const { send, next, close } = await begun()
      provider.failNext(1, fault)
      send({ type: 'response.create' })
      expect((await next('response.done')).response).toMatchObject({
        status: 'failed',
        status_details: { error: { code } },
      })
      close()
    })

    test('a response that is cut says so', async ({ provider }) => {
      const { send, next, close } = await begun()
      provider.failNext(1, 'max_tokens')
      send({ type: 'response.create' })
      expect((await next('response.done')).response).toMatchObject({
        status: 'incomplete',
        status_details: { reason: 'max_output_tokens' },
      })
      close()
    })

    test.for([
      ['reset', 1_006],
      ['reset_midway', 1_006],
      ['truncated', 1_000],
    ] as const)('the fault %s ends the connection with %i', async ([fault, code], { provider }) => {
      const socket = new OpenAIRealtimeWS({ model: 'gpt-realtime' }, client)
      const { send } = await begun(session(socket as Asked))
      const closed = new Promise<number>((resolve) => socket.socket.on('close', (given) => resolve(given)))
      provider.failNext(1, fault)
      send({ type: 'response.create' })
      expect(await closed).toBe(code)
    })

    test('a model that nobody has ends the session', async () => {
      const socket = new OpenAIRealtimeWS({ model: 'nobody-1' }, client)
      const { next } = session(socket as Asked)
      const closed = new Promise<number>((resolve) => socket.socket.on('close', (given) => resolve(given)))
      expect((await next('error')).error.code).toBe('model_not_found')
      expect(await closed).toBe(3_000)
    })

    test('a request by HTTP is told to connect by WebSocket', async ({ waive }) => {
      waive('unsimulated')
      const response = await fetch('https://api.openai.com/v1/realtime?model=gpt-realtime', {
        headers: { authorization: 'Bearer test' },
      })
      expect(response.status).toBe(400)
      expect(await response.text()).toContain('is a WebSocket')
    })
  },
)

describeOrchestration(
  'a session that is spoken',
  { system, provider: { latency: '1s', replies: 'Good morning.' } },
  (test) => {
    test('is told by its transcript, and hears as much as was said', async ({ trace }) => {
      const { send, next, close } = ofWs()
      await next('session.created')
      send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(64_000) })
      send({ type: 'input_audio_buffer.commit' })
      await next('input_audio_buffer.committed')
      send({ type: 'response.create' })
      expect((await next('response.output_audio_transcript.done')).transcript).toBe('Good morning.')
      expect((await next('response.done')).response.output_modalities).toEqual(['audio'])
      expect(trace.ofType('call.arrived')[0]!.inputTokens).toBeGreaterThan(10)
      close()
    })

    test('is opened by a page with a secret, as the secret says', async () => {
      const { value } = await client.realtime.clientSecrets.create({
        session: {
          type: 'realtime',
          model: 'gpt-realtime-mini',
          output_modalities: ['text'],
          instructions: 'Be short.',
        },
      })
      expect(value).toMatch(/^ek_/)
      const page = new OpenAI({ apiKey: value, dangerouslyAllowBrowser: true })
      const { next, close } = session(new OpenAIRealtimeWebSocket({ model: 'gpt-realtime-mini' }, page) as Asked)
      const { session: told } = await next('session.created')
      expect(told).toMatchObject({ model: 'gpt-realtime-mini', output_modalities: ['text'], instructions: 'Be short.' })
      close()
    })

    test.for([
      ['ten minutes, where nobody says', {}, 600],
      ['as long as its maker says', { expires_after: { anchor: 'created_at', seconds: 60 } }, 60],
    ] as const)('is opened by a secret that is good for %s, and no longer', async ([, after, seconds], { sleep }) => {
      const { value, expires_at } = await client.realtime.clientSecrets.create({
        ...after,
        session: { type: 'realtime', model: 'gpt-realtime' },
      })
      const page = new OpenAI({ apiKey: value })
      const open = () => new OpenAIRealtimeWS({ model: 'gpt-realtime' }, page)
      const ms = expires_at * 1_000 - Date.now()
      expect(Math.ceil(ms / 1_000)).toBe(seconds)
      await sleep(ms - 1_000)
      const { next, close } = session(open() as Asked)
      await next('session.created')
      await sleep('2s')
      const refused = new Promise<{ statusCode?: number; body: string }>((told) =>
        open().socket.on('unexpected-response', (_, response) => {
          let body = ''
          response.on('data', (part) => (body += String(part)))
          response.on('end', () => told({ statusCode: response.statusCode!, body }))
        }),
      )
      const { statusCode, body } = await refused
      expect(statusCode).toBe(401)
      expect(JSON.parse(body)).toMatchObject({
        error: { code: 'invalid_api_key', message: expect.stringContaining('Incorrect API key provided') as string },
      })
      close()
    })

    test('has what a secret does not say of sound as it is by itself', async () => {
      const { session: told } = await client.realtime.clientSecrets.create({
        session: { type: 'realtime', audio: { output: { voice: 'ash' } } },
      })
      expect(told).toMatchObject({
        audio: { input: { format: { type: 'audio/pcm' } }, output: { voice: 'ash', speed: 1 } },
      })
    })

    test.for([5, 10_000, 'soon'])('is given no secret that is good for so long: %s', async (seconds) => {
      const made = client.realtime.clientSecrets.create({ expires_after: { anchor: 'created_at', seconds } } as never)
      await expect(made).rejects.toMatchObject({ status: 400, param: 'expires_after.seconds' })
    })

    test('is there at Azure too', async ({ trace }) => {
      const azure = new AzureOpenAI({
        apiKey: 'test',
        endpoint: 'https://mine.openai.azure.com',
        apiVersion: '2025-04-01-preview',
      })
      const { send, next, close } = await begun(
        session((await OpenAIRealtimeWS.azure(azure, { deploymentName: 'gpt-realtime' })) as Asked),
      )
      send({ type: 'response.create' })
      await next('response.done')
      expect(trace.ofType('call.arrived')).toMatchObject([{ provider: 'azure', model: 'gpt-realtime' }])
      close()
    })
  },
)

/** What a connection is refused with. */
const refusalOf = (url: string): Promise<{ status: number; body: string }> =>
  new Promise((told) =>
    new WebSocketOfWs(url, { headers: { authorization: 'Bearer test' } }).on('unexpected-response', (_, response) => {
      let body = ''
      response.on('data', (part) => (body += String(part)))
      response.on('end', () => told({ status: response.statusCode!, body }))
    }),
  )

describeOrchestration(
  'what longhaul lacks of WebSockets',
  { system, checks: { unsimulated: false }, provider: { latency: '1s', replies: 'Hi.' } },
  (test) => {
    test.for([
      ['openai', 'api.openai.com/v1/realtime?intent=transcription', 'for transcripts only'],
      ['openai', 'api.openai.com/v1/realtime?call_id=rtc_1', 'by WebRTC or SIP'],
      [
        'openai',
        'api.openai.com/v1/realtime/translations?model=gpt-realtime-translate',
        'it simulates wss://api.openai.com',
      ],
      ['openai', 'api.openai.com/v1/live/sessions', 'WebSocket at /v1/live/sessions of openai'],
      ['openai', 'api.openai.com/v1/live/sessions/s/attach', 'of openai'],
      [
        'azure',
        'mine.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-realtime&intent=transcription',
        'for transcripts only',
      ],
      ['azure', 'mine.services.ai.azure.com/voice-live/realtime?api-version=2025-10-01&model=m', 'of azure'],
      ['xai', 'api.x.ai/v1/realtime?model=grok-voice', 'it simulates wss://api.x.ai/v1/responses'],
      ['groq', 'api.groq.com/openai/v1/responses', 'it simulates none of that service'],
      ['mistral', 'api.mistral.ai/v1/audio/transcriptions/realtime', 'it simulates none of that service'],
      [
        'google',
        'generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateMusic',
        'of google',
      ],
    ] as const)('is refused in clear words at %s: %s', async ([provider, address, words], { trace }) => {
      const { status, body } = await refusalOf(`wss://${address}`)
      expect(status).toBe(501)
      expect(body).toContain('longhaul does not simulate')
      expect(body).toContain(words)
      expect(trace.ofType('call.refused')).toMatchObject([{ provider, reason: 'unsimulated' }])
    })

    test('a call by WebRTC is refused in clear words', async () => {
      const call = client.realtime.calls.create({ sdp: 'v=0', session: { type: 'realtime', model: 'gpt-realtime' } })
      await expect(call).rejects.toThrow('longhaul does not simulate POST /v1/realtime/calls')
    })

    test('there is no secret for transcripts only', async ({ trace }) => {
      const made = client.realtime.clientSecrets.create({ session: { type: 'transcription' } })
      await expect(made).rejects.toThrow('for transcripts only')
      expect(trace.ofType('call.refused')).toMatchObject([{ reason: 'unsimulated', status: 501 }])
    })

    test('no session becomes one for transcripts only', async ({ trace }) => {
      const { send, next, close } = await begun()
      send({ type: 'session.update', session: { type: 'transcription' } })
      expect((await next('error')).error.message).toContain('for transcripts only')
      expect(trace.ofType('call.refused')).toMatchObject([{ reason: 'unsimulated' }])
      close()
    })

    test.for([
      ['where nobody says otherwise', {}],
      ['by silence', { turn_detection: { type: 'server_vad' } }],
      ['by words', { turn_detection: { type: 'semantic_vad', eagerness: 'high' } }],
    ] as const)(
      'the end of a turn is not detected %s: who waits for it is told so',
      async ([, input], { trace, clock }) => {
        const { send, next, close } = await begun()
        send({ type: 'session.update', session: { type: 'realtime', audio: { input } } })
        send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(64_000) })
        const { error } = await next('error')
        expect(error).toMatchObject({ code: 'LONGHAUL_UNSIMULATED' })
        expect(error.message).toContain('input_audio_buffer.commit')
        expect(clock.now()).toBe(30_000)
        expect(trace.ofType('call.refused')).toMatchObject([{ reason: 'unsimulated' }])
        close()
      },
    )

    test.for([
      ['commits itself', { type: 'input_audio_buffer.commit' }, {}],
      ['throws them away', { type: 'input_audio_buffer.clear' }, {}],
      ['wants no detection', undefined, { turn_detection: null }],
    ] as const)('nothing is told of sounds to who %s', async ([, event, input], { trace, sleep }) => {
      const { events, send, close } = await begun()
      send({ type: 'session.update', session: { type: 'realtime', audio: { input } } })
      send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(64_000) })
      if (event) send(event)
      await sleep('5m')
      expect(events.map(({ type }) => type)).not.toContain('error')
      expect(trace.ofType('call.refused')).toEqual([])
      close()
    })

    test('sounds are not transcribed, and a session that wants it is told so', async () => {
      const { send, next, close } = await begun()
      const transcription = { model: 'gpt-4o-mini-transcribe' } as const
      send({ type: 'session.update', session: { type: 'realtime', audio: { input: { transcription } } } })
      send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(64_000) })
      send({ type: 'input_audio_buffer.commit' })
      const [{ item_id }, failed] = await Promise.all([
        next('input_audio_buffer.committed'),
        next('conversation.item.input_audio_transcription.failed'),
      ])
      expect(failed).toMatchObject({
        item_id,
        error: { message: expect.stringContaining('transcribes none') as string },
      })
      close()
    })
  },
)

describeOrchestration(
  'a session in which an event cannot be read',
  { system, provider: { latency: '1s', replies: 'Hi.' } },
  (test) => {
    test('goes on with the next response', async ({ provider }) => {
      provider.failNext(1, 'malformed_json')
      const { send, next, close } = await begun()
      send({ type: 'response.create' })
      expect((await next('response.done')).response).toMatchObject({ status: 'failed' })
      send({ type: 'response.create' })
      expect((await next('response.output_text.done')).text).toBe('Hi.')
      expect((await next('response.done')).response).toMatchObject({ status: 'completed' })
      close()
    })
  },
)

describeOrchestration('more sessions than can be held', { system, provider: {} }, (test) => {
  test('are refused in clear words, until one of them is closed', { timeout: 60_000 }, async ({ trace, waive }) => {
    waive('unsimulated')
    const open = () =>
      new Promise<{ status: number; socket?: Socket; body: string }>((told, reject) => {
        const key = Buffer.alloc(16).toString('base64')
        const headers = { 'sec-websocket-key': key, 'sec-websocket-version': '13', authorization: 'Bearer test' }
        const request = get('https://api.openai.com/v1/realtime?model=gpt-realtime', {
          agent: false,
          headers: { ...headers, connection: 'upgrade', upgrade: 'websocket' },
        })
        request.once('error', reject)
        request.once('upgrade', (_, socket) => told({ status: 101, socket: socket as Socket, body: '' }))
        request.once('response', (response) => {
          let body = ''
          response.on('data', (part) => (body += String(part)))
          response.on('end', () => told({ status: response.statusCode!, body }))
        })
      })
    const held: Socket[] = []
    for (let nth = 0; nth < 1_000; nth++) held.push((await open()).socket!)
    const refused = await open()
    expect(refused).toMatchObject({
      status: 503,
      body: expect.stringContaining('longhaul holds 1000 WebSocket sessions at most') as string,
    })
    expect(trace.ofType('call.refused')).toMatchObject([{ status: 503 }])
    const closed = new Promise((resolve) => held[0]!.once('close', resolve))
    held[0]!.destroy()
    await closed
    await new Promise((resolve) => setImmediate(resolve))
    const next = await open()
    expect(next.status).toBe(101)
    for (const socket of [...held, next.socket!]) socket.destroy()
  })
})

describeOrchestration(
  'a session over a real socket',
  { system, time: 'real', provider: { latency: '10ms', replies: 'Hi.' } },
  (test) => {
    test('is held by the server, and ends with it', async ({ provider }) => {
      const server = await startServer(provider)
      const { port } = new URL(server.url)
      const away = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })
      // The SDK knows `wss:` alone, and the server speaks plainly.
      const options = { createConnection: () => connect(Number(port), '127.0.0.1') }
      const socket = new OpenAIRealtimeWS({ model: 'gpt-realtime', options }, away)
      const { send, next } = await begun(session(socket as Asked))
      send({ type: 'response.create' })
      expect((await next('response.output_text.done')).text).toBe('Hi.')
      const closed = new Promise((resolve) => socket.socket.on('close', resolve))
      await server.close()
      await closed
    })

    test('is cut where its client reads nothing of what it asks for', async ({ provider, trace }) => {
      const server = await startServer(provider)
      const { hostname, port } = new URL(server.url)
      let raw!: Socket
      const createConnection = () => (raw = connect(Number(port), hostname))
      const away = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })
      const socket = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { createConnection } }, away)
      const { send, next } = session(socket as Asked)
      await next('session.created')
      send({
        type: 'conversation.item.create',
        item: {
          id: 'long',
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: 'x'.repeat(8_000_000) }],
        },
      })
      await next('conversation.item.done')
      raw.pause()
      for (let nth = 0; nth < 20; nth++) send({ type: 'conversation.item.retrieve', item_id: 'long' })
      await expect
        .poll(
          () =>
            trace
              .ofType('note')
              .map(({ text }) => text)
              .join(''),
          { timeout: 20_000 },
        )
        .toContain('did not read')
      raw.destroy()
      await server.close()
    })
  },
)
