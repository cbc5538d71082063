import { once } from 'node:events'
import { Agent, OpenAIProvider, Runner, setTracingDisabled } from '@openai/agents'
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import type { ResponsesClientEvent, ResponsesServerEvent } from 'openai/resources/responses/responses'
import { afterEach, expect, test as plain } from 'vitest'
import WebSocket from 'ws'
import { actAs, describeOrchestration, lognormal, startServer, type Fault } from 'longhaul'
import { openSession } from '../../../src/simulation/session.ts'
import { joinSettings } from '../../../src/simulation/settings.ts'

setTracingDisabled(true)
const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const system = async () => undefined

type Create = Omit<ResponsesClientEvent.ResponseCreate, 'type'>
type Ended = Extract<ResponsesServerEvent, { type: 'response.completed' | 'response.incomplete' | 'response.failed' }>
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.steer.failed', 'error'])

const opened: ResponsesWS[] = []
afterEach(() => opened.splice(0).forEach((socket) => socket.close()))

/** A connection, and the events that have come so far. */
function connection(socket = new ResponsesWS(client)) {
  opened.push(socket)
  const events: ResponsesServerEvent[] = []
  const raw: string[] = []
  const ends: ResponsesServerEvent[] = []
  const waiting: ((event: ResponsesServerEvent) => void)[] = []
  socket.on('error', () => {})
  socket.on('raw', (data) => raw.push(String(data)))
  socket.on('event', (event) => {
    events.push(event)
    if (!ENDS.has(event.type)) return
    const told = waiting.shift()
    if (told) told(event)
    else ends.push(event)
  })
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  /** How the next response ends, or what is wrong with it. */
  const ended = (): Promise<ResponsesServerEvent> =>
    ends.length > 0 ? Promise.resolve(ends.shift()!) : new Promise((told) => waiting.push(told))
  const create = (asked: Create) => socket.send({ type: 'response.create', model: 'gpt-4o', ...asked })
  return {
    socket,
    events,
    raw,
    closed,
    ended,
    create,
    /** The response that is given to a request. */
    async answered(asked: Create) {
      create(asked)
      return ((await ended()) as Ended).response
    },
    /** The error with which a request is refused. */
    async refused(asked: Create) {
      create(asked)
      return (await ended()) as ResponsesServerEvent.ResponseWsError
    },
  }
}

const WEATHER = {
  type: 'function',
  name: 'weather',
  description: 'Tells the weather.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
} as const

describeOrchestration(
  'the Responses API over a WebSocket',
  {
    system,
    provider: {
      latency: '2s',
      replies: ({ messages, tools }) => {
        const last = messages.at(-1)
        if (last?.role === 'tool') return `It is ${last.text}.`
        if (tools.length > 0) return { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] }
        return `${messages.length} said so far.`
      },
    },
  },
  (test) => {
    test('sends the events that a stream by HTTP has, each with its number', async () => {
      const { answered, events } = connection()
      await answered({ input: 'Hello.' })
      const byHttp: { type: string }[] = []
      const stream = await client.responses.create({ model: 'gpt-4o', input: 'Hello.', stream: true })
      for await (const event of stream) byHttp.push(event)
      expect(events.map(({ type }) => type)).toEqual(byHttp.map(({ type }) => type))
      expect(events.map((event) => (event as { sequence_number?: number }).sequence_number)).toEqual(
        events.map((_, index) => index),
      )
    })

    test('holds a turn with a tool, and goes on though nothing is stored', async ({ clock, trace, provider }) => {
      const { response, first } = await actAs('speaker', async () => {
        const { answered, events } = connection()
        const first = await answered({ input: 'Weather in Paris?', tools: [WEATHER], store: false })
        const [call] = first.output
        if (call?.type !== 'function_call') throw new Error('No call.')
        expect(events.map(({ type }) => type)).toContain('response.function_call_arguments.done')
        const response = await answered({
          previous_response_id: first.id,
          store: false,
          tools: [WEATHER],
          input: [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
        })
        return { response, first }
      })
      expect(response).toMatchObject({ status: 'completed', previous_response_id: first.id, store: false })
      expect(response.output).toMatchObject([{ type: 'message', content: [{ text: 'It is sunny.' }] }])
      expect(clock.now()).toBe(4_000)
      expect(trace.ofType('call.arrived')).toMatchObject([
        { agent: 'speaker', operation: 'responses', model: 'gpt-4o' },
        { agent: 'speaker', operation: 'responses', continues: 1 },
      ])
      expect(trace.ofType('resource.answered')).toMatchObject([{ operation: 'responses.connect', status: 101 }])
      expect(provider.ledger.total.cost).toBeGreaterThan(0)
      await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
    })

    test('stores what is to be stored, for other connections too', async () => {
      const { id } = await connection().answered({ input: 'Hello.' })
      expect(await client.responses.retrieve(id)).toMatchObject({ id, status: 'completed' })
      const next = await connection().answered({ previous_response_id: id, input: 'And?' })
      expect(next.output).toMatchObject([{ content: [{ text: '3 said so far.' }] }])
    })

    test.for([
      ['another connection', async (id: string) => connection().refused({ previous_response_id: id, input: 'And?' })],
      [
        'a request by HTTP',
        async (id: string) =>
          client.responses
            .create({ model: 'gpt-4o', previous_response_id: id, input: 'And?' })
            .catch((error: unknown) => error),
      ],
    ] as const)('knows nothing of what is not stored on %s', async ([, ask]) => {
      const { id } = await connection().answered({ input: 'Hello.', store: false })
      expect(await ask(id)).toMatchObject({ status: 400, error: { code: 'previous_response_not_found' } })
    })

    test('keeps the newest response alone', async () => {
      const { answered, refused } = connection()
      const first = await answered({ input: 'Hello.', store: false })
      const second = await answered({ input: 'And?', store: false, previous_response_id: first.id })
      const again = { input: 'And?', store: false, previous_response_id: first.id }
      expect((await refused(again)).error.code).toBe('previous_response_not_found')
      expect((await answered({ ...again, previous_response_id: second.id })).status).toBe('completed')
    })

    test('forgets a response with which a request could not go on', async () => {
      const { answered, refused } = connection()
      const { id } = await answered({ input: 'Hello.', store: false })
      const wrong = [{ type: 'function_call_output', call_id: 'call_nobody', output: '1' }] as const
      const { status, error } = await refused({ previous_response_id: id, store: false, input: [...wrong] })
      expect(status).toBe(400)
      expect(error.message).toContain('No tool call found')
      const next = await refused({ previous_response_id: id, store: false, input: 'And?' })
      expect(next.error.code).toBe('previous_response_not_found')
    })

    test('is warmed up without a call, and goes on with what it was given', async ({ trace, clock }) => {
      const { answered } = connection()
      const warm = await answered({ generate: false, input: 'Remember this.', store: false })
      expect(warm).toMatchObject({ status: 'completed', output: [] })
      expect(trace.ofType('call.arrived')).toEqual([])
      expect(clock.now()).toBeLessThan(100)
      const { output } = await answered({ previous_response_id: warm.id, input: 'What?', store: false })
      expect(output).toMatchObject([{ content: [{ text: '2 said so far.' }] }])
      expect(trace.ofType('resource.answered').map(({ operation }) => operation)).toContain('responses.warm_up')
    })

    test('answers one after another what is asked at once', async ({ clock, trace }) => {
      const { create, ended } = connection()
      for (const input of ['One.', 'Two.', 'Three.']) create({ input })
      for (let nth = 1; nth <= 3; nth++) {
        expect((await ended()).type).toBe('response.completed')
        expect(clock.now()).toBe(nth * 2_000)
      }
      expect(trace.ofType('call.arrived').map(({ at }) => at)).toEqual([0, 2_000, 4_000])
    })

    test('answers on lanes of different names at once, and tells which is which', async ({ clock }) => {
      const { create, ended, events } = connection()
      for (const stream_id of ['planner', 'research']) create({ stream_id, input: 'Go.', store: false })
      const both = [(await ended()) as Ended, (await ended()) as Ended]
      expect(clock.now()).toBe(2_000)
      expect(both.map(({ stream_id }) => stream_id)).toEqual(['planner', 'research'])
      expect(events.every((event) => 'stream_id' in event)).toBe(true)
      const previous_response_id = both[0]!.response.id
      create({ stream_id: 'critic', previous_response_id, input: 'Why?', store: false })
      create({ stream_id: 'planner', previous_response_id, input: 'Go on.', store: false })
      expect([(await ended()).type, (await ended()).type]).toEqual(['response.completed', 'response.completed'])
      expect(clock.now()).toBe(4_000)
    })

    test('has sixteen responses under way at most', async ({ clock }) => {
      const { create, ended } = connection()
      for (let nth = 0; nth < 17; nth++) create({ stream_id: `lane-${nth}`, input: 'Go.', store: false })
      for (let nth = 0; nth < 16; nth++) await ended()
      expect(clock.now()).toBe(2_000)
      await ended()
      expect(clock.now()).toBe(4_000)
    })

    test('has lanes of 32 names, and no more', async () => {
      const { create, ended, refused } = connection()
      for (let nth = 0; nth < 32; nth++) create({ stream_id: `lane-${nth}`, generate: false, input: 'Go.' })
      for (let nth = 0; nth < 32; nth++) await ended()
      const { error, stream_id } = await refused({ stream_id: 'one-more', input: 'Go.' })
      expect(error.code).toBe('websocket_stream_limit_reached')
      expect(stream_id).toBe('one-more')
    })

    test('knows who asks on a connection that several share', async ({ trace }) => {
      const { socket, create, ended } = connection()
      await once(socket.socket.platformSocket, 'open')
      for (const agent of ['ann', 'ben']) actAs(agent, () => create({ input: `I am ${agent}.` }))
      create({ input: 'I am cem.', metadata: { agent: 'cem' } })
      for (let nth = 0; nth < 3; nth++) await ended()
      expect(trace.ofType('call.arrived').map(({ agent }) => agent)).toEqual(['ann', 'ben', 'cem'])
    })

    test('knows the agents of the Agents SDK, which share one connection', async ({ trace }) => {
      const modelProvider = new OpenAIProvider({ apiKey: 'test', useResponses: true, useResponsesWebSocket: true })
      const agent = new Agent({ name: 'Helper', model: 'gpt-4o' })
      const work = async (): Promise<unknown> => new Runner({ modelProvider }).run(agent, 'Hello.')
      await Promise.all(['ann', 'ben'].map((name) => actAs(name, work)))
      await modelProvider.close()
      expect(trace.ofType('call.arrived').map((call) => call.agent)).toEqual(['ann', 'ben'])
      expect(trace.ofType('resource.answered')).toHaveLength(1)
    })

    test('is used by the Agents SDK', async ({ trace }) => {
      const modelProvider = new OpenAIProvider({ apiKey: 'test', useResponses: true, useResponsesWebSocket: true })
      const agent = new Agent({ name: 'Helper', model: 'gpt-4o' })
      const { finalOutput } = await new Runner({ modelProvider }).run(agent, 'Hello.')
      await modelProvider.close()
      expect(finalOutput).toBe('1 said so far.')
      expect(trace.ofType('resource.answered').map(({ operation }) => operation)).toEqual(['responses.connect'])
    })

    test.for([
      ['xai', 'https://api.x.ai/v1', 'grok-4'],
      ['azure', 'https://mine.openai.azure.com/openai/v1', 'gpt-4o'],
      ['vercel', 'https://ai-gateway.vercel.sh/v1', 'openai/gpt-4o'],
    ] as const)('is there at %s too', async ([provider, baseURL, model], { trace }) => {
      const { answered } = connection(new ResponsesWS(new OpenAI({ apiKey: 'test', baseURL })))
      expect((await answered({ model, input: 'Hello.' })).status).toBe('completed')
      expect(trace.ofType('call.arrived')).toMatchObject([{ provider, model }])
    })
  },
)

describeOrchestration(
  'what goes wrong on a connection',
  { system, provider: { latency: '10s', replies: 'Good morning, my dear friend.' } },
  (test) => {
    test.for([
      [{ type: 'nonsense' }, 'invalid_value', "Supported values are: 'response.create', and 'response.steer'"],
      [{ type: 'response.create', model: 'gpt-4o', input: 5 }, 'invalid_type', "'input'"],
      [{ type: 'response.create', model: 'gpt-4o', input: 'Hi.', colour: 1 }, 'unknown_parameter', 'colour'],
      [{ type: 'response.create', input: 'Hi.' }, 'missing_required_parameter', 'model'],
      [{ type: 'response.create', model: 'gpt-4o', input: 'Hi.', background: true }, 'unsupported_parameter', 'backg'],
      [{ type: 'response.create', model: 'gpt-4o', input: 'Hi.', stream_id: 'a b' }, 'invalid_stream_id', 'stream_id'],
      [{ type: 'response.create', model: 'nobody-1', input: 'Hi.' }, 'model_not_found', 'nobody-1'],
      [{ type: 'response.create', model: 'nobody-1', input: 'Hi.', generate: false }, 'model_not_found', 'nobody-1'],
      [
        { type: 'response.create', model: 'gpt-4o', input: 'Hi.', previous_response_id: 'resp_1' },
        'previous_response_not_found',
        "'resp_1' not found",
      ],
    ] as const)('is told as an error, and the connection goes on: %j', async ([event, code, message], { trace }) => {
      const { socket, ended, answered } = connection()
      socket.send(event as never)
      const { status, error } = (await ended()) as ResponsesServerEvent.ResponseWsError
      expect(status).toBe(code === 'model_not_found' ? 404 : 400)
      expect(error).toMatchObject({ type: 'invalid_request_error', code })
      expect(error.message).toContain(message)
      expect([...trace.ofType('call.refused'), ...trace.ofType('call.failed')]).toHaveLength(1)
      expect((await answered({ input: 'Hello.' })).status).toBe('completed')
    })

    test('what is no JSON is told too', async () => {
      const { socket, ended, answered } = connection()
      socket.sendRaw('{"type": "resp')
      expect(await ended()).toMatchObject({
        status: 400,
        error: { message: expect.stringContaining('JSON') as string },
      })
      expect((await answered({ input: 'Hello.' })).status).toBe('completed')
    })

    test('input for a response that is under way is refused in clear words', async ({ waive, trace }) => {
      waive('unsimulated')
      const { socket, create, ended } = connection()
      create({ input: 'Hello.', stream_id: 'main' })
      const { response } = await new Promise<{ response: { id: string } }>((told) =>
        socket.on('response.in_progress', told),
      )
      socket.send({ type: 'response.steer', previous_response_id: response.id, input: 'Be short.' })
      expect(await ended()).toMatchObject({
        type: 'response.steer.failed',
        stream_id: 'main',
        error: { code: 'steering_not_supported' },
        steer: { input: 'Be short.', previous_response_id: response.id },
      })
      expect(trace.ofType('call.refused')[0]!.message).toContain('longhaul does not simulate response.steer')
      expect((await ended()).type).toBe('response.completed')
    })

    test('a client that goes away ends its calls, and those that wait are never made', async ({
      provider,
      sleep,
      trace,
    }) => {
      const { socket, create } = connection()
      create({ input: 'One.' })
      create({ input: 'Two.' })
      await new Promise((told) => socket.on('response.output_text.delta', told))
      socket.close()
      await sleep('1m')
      expect(provider.openCalls).toBe(0)
      expect(trace.ofType('call.arrived')).toHaveLength(1)
      expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
    })

    test('a request that waited and has values of wrong types is refused, and the connection goes on', async () => {
      const { socket, create, ended, answered } = connection()
      create({ input: 'Hi.', background: true })
      socket.send({
        type: 'response.create',
        model: 'gpt-4o',
        input: 'Hi.',
        tools: [WEATHER],
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [null] },
      } as never)
      expect(await ended()).toMatchObject({ status: 400, error: { code: 'unsupported_parameter' } })
      expect(await ended()).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } })
      expect((await answered({ input: 'Hello.' })).status).toBe('completed')
    })

    test.for(['bad_gateway', 'truncated'] as const)(
      'no call is made for what comes while the service closes the connection: %s',
      async (fault, { provider, sleep, trace }) => {
        const socket = new WebSocket('wss://api.openai.com/v1/responses', { headers: { authorization: 'Bearer test' } })
        await once(socket, 'open')
        const create = (more: object) =>
          socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-4o', input: 'Hello.', ...more }))
        const closed = once(socket, 'close')
        provider.failNext(1, fault)
        create({})
        await sleep('1s')
        // Who does not read does not know yet that the service closes.
        socket.pause()
        await sleep('20s')
        create({ stream_id: 'other' })
        await sleep('1s')
        socket.resume()
        await closed
        expect(trace.ofType('call.arrived')).toHaveLength(1)
      },
    )

    test('a connection ends after an hour', async ({ sleep }) => {
      const { answered, ended, closed, socket } = connection()
      const { id } = await answered({ input: 'Hello.' })
      await sleep('59m')
      expect(socket.socket.readyState).toBe(1)
      await sleep('1m')
      expect(await ended()).toMatchObject({ status: 400, error: { code: 'websocket_connection_limit_reached' } })
      expect(await closed).toBe(1_000)
      const next = await connection().answered({ previous_response_id: id, input: 'And?' })
      expect(next.status).toBe('completed')
    })

    test('without a key there is none', async ({ trace }) => {
      const refused = new Promise<string>((told) =>
        new WebSocket('wss://api.openai.com/v1/responses').addEventListener('error', () => told('refused')),
      )
      expect(await refused).toBe('refused')
      expect(trace.ofType('call.refused')[0]).toMatchObject({ path: '/v1/responses', status: 401 })
    })

    test('a request by HTTP is told to connect by WebSocket', async () => {
      const response = await fetch('https://api.openai.com/v1/responses', { headers: { authorization: 'Bearer test' } })
      expect(response.status).toBe(400)
      expect(await response.text()).toContain('is a WebSocket')
    })
  },
)

/** How each fault of a call shows: the code of an error with its status, how the response ends, or how the connection does. */
const FAULTS: Readonly<
  Record<Fault, { error: string | null; status: number } | { ends: string } | { closes: number } | 'silent'>
> = {
  rate_limited: { error: 'rate_limit_exceeded', status: 429 },
  overloaded: { error: null, status: 503 },
  server_error: { error: null, status: 500 },
  quota_exhausted: { error: 'insufficient_quota', status: 429 },
  unauthorized: { error: 'invalid_api_key', status: 401 },
  model_retired: { error: 'model_not_found', status: 404 },
  prompt_filtered: { error: 'invalid_prompt', status: 400 },
  stream_error: { ends: 'response.failed' },
  malformed_json: { ends: 'response.failed' },
  empty: { ends: 'response.completed' },
  refusal: { ends: 'response.completed' },
  slow: { ends: 'response.completed' },
  content_filter: { ends: 'response.incomplete' },
  max_tokens: { ends: 'response.incomplete' },
  bad_gateway: { closes: 1_014 },
  reset: { closes: 1_006 },
  reset_midway: { closes: 1_006 },
  html_page: { closes: 1_006 },
  truncated: { closes: 1_000 },
  connection_refused: { closes: 1_006 },
  connection_timeout: { closes: 1_006 },
  dns_not_found: { closes: 1_006 },
  dns_unavailable: { closes: 1_006 },
  certificate_expired: { closes: 1_006 },
  stream_error_first: { error: null, status: 503 },
  fragmented: { ends: 'response.completed' },
  hang: 'silent',
  stall: 'silent',
  stall_with_pings: 'silent',
}

describeOrchestration(
  'a fault on a connection',
  { system, provider: { latency: '10s', replies: 'Good morning, my dear friend.' } },
  (test) => {
    test.for(Object.entries(FAULTS))(
      'shows as the service shows it: %s',
      async ([fault, shows], { provider, sleep }) => {
        const { socket, answered, create, ended, closed, raw, events } = connection()
        const { id } = await answered({ input: 'Hello.', store: false })
        const before = events.length
        provider.failNext(1, fault as Fault)
        create({ previous_response_id: id, input: 'And?', store: false })
        if (shows === 'silent') {
          await sleep('30m')
          expect(events.slice(before).map(({ type }) => type)).not.toContain('response.completed')
          socket.close()
          await sleep('1s')
          expect(provider.openCalls).toBe(0)
          return
        }
        if ('closes' in shows) return void expect(await closed).toBe(shows.closes)
        const end = await ended()
        if ('error' in shows)
          expect(end).toMatchObject({ type: 'error', status: shows.status, error: { code: shows.error } })
        else expect(end.type).toBe(shows.ends)
        expect(raw).toHaveLength(fault === 'malformed_json' ? 1 : 0)
        // The connection goes on. A response with which none could go on is forgotten, and so is one that is no more the newest.
        create({ previous_response_id: id, input: 'And?', store: false })
        expect(await ended()).toMatchObject({ error: { code: 'previous_response_not_found' } })
        expect((await answered({ input: 'Hello.' })).status).toBe('completed')
      },
    )

    test('tells in an error how long to wait', async ({ provider }) => {
      const { refused } = connection()
      provider.failNext(1, 'rate_limited')
      const { error } = await refused({ input: 'Hello.' })
      expect(Number(error.headers?.['retry-after'])).toBeGreaterThan(0)
    })
  },
)

describeOrchestration(
  'limits on a connection',
  { system, provider: { latency: '1s', replies: 'Hi.', rateLimits: { requestsPerMinute: 2 } } },
  (test) => {
    test('are those of the account', async () => {
      const { answered, refused } = connection()
      await answered({ input: 'One.' })
      await answered({ input: 'Two.' })
      expect(await refused({ input: 'Three.' })).toMatchObject({ status: 429, error: { code: 'rate_limit_exceeded' } })
    })
  },
)

plain('two runs over a connection with one seed give the same bytes', async () => {
  const once = async (): Promise<string> => {
    const told: string[] = []
    const talk = async (): Promise<void> => {
      for (let nth = 0; nth < 6; nth++) {
        const { socket, create, ended, closed } = connection()
        socket.on('event', (event) => told.push(JSON.stringify(event)))
        for (const input of [`Question ${nth}.`, 'And?']) create({ input, store: false })
        await Promise.race([Promise.all([ended(), ended()]), closed])
      }
    }
    const latency = lognormal({ median: '4s', p95: '12s' })
    const faults = { rate_limited: 1, reset: 1, stream_error: 1, truncated: 1, max_tokens: 1 }
    const session = openSession(
      'connection',
      {
        agents: [],
        provider: { latency, failRate: 0.4, faults },
        system: talk,
        clock: { epoch: Date.UTC(2031, 0, 1) },
      },
      joinSettings({ seed: 7 }),
    )
    try {
      const { error } = await session.run()
      expect(error).toBeUndefined()
      return session.trace.toNDJSON() + told.join('\n')
    } finally {
      await session.close()
    }
  }
  const first = await once()
  expect(first).toContain('response.completed')
  expect(await once()).toBe(first)
})

describeOrchestration(
  'a connection over a real socket',
  { system, time: 'real', provider: { latency: '10ms', replies: 'Hi.', retryAfter: '2m' } },
  (test) => {
    test('is held by the server, and ends with it', async ({ provider }) => {
      const server = await startServer(provider)
      const away = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })
      const { answered, closed } = connection(new ResponsesWS(away))
      expect((await answered({ input: 'Hello.' })).output).toMatchObject([{ content: [{ text: 'Hi.' }] }])
      await server.close()
      expect(await closed).toBe(1_006)
    })

    test('tells in an error how long to wait by the clock of its client', async ({ provider }) => {
      const server = await startServer(provider, { pace: 60 })
      const away = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })
      const { refused } = connection(new ResponsesWS(away))
      provider.failNext(1, 'rate_limited')
      expect((await refused({ input: 'Hello.' })).error.headers?.['retry-after']).toBe('2')
      await server.close()
    })

    test('takes no message that is larger than a request may be', async ({ provider }) => {
      const server = await startServer(provider)
      const away = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })
      const { closed, create, socket } = connection(new ResponsesWS(away))
      await once(socket.socket.platformSocket, 'open')
      create({ input: 'x'.repeat(33 * 1024 * 1024) })
      expect(await closed).toBe(1_009)
      await server.close()
    })
  },
)
