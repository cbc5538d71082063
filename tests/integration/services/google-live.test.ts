import { GoogleGenAI, Modality, type LiveConnectConfig, type LiveServerMessage } from '@google/genai'
import { expect } from 'vitest'
import { actAs, describeOrchestration, startServer } from 'longhaul'

const ai = new GoogleGenAI({ apiKey: 'test' })
const system = async () => undefined
const MODEL = 'gemini-live-2.5-flash'
const WEATHER = {
  functionDeclarations: [
    {
      name: 'weather',
      parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  ],
}

/** A session, whose messages are taken one by one. */
async function connected(
  config: LiveConnectConfig = { responseModalities: [Modality.TEXT] },
  client = ai,
  model = MODEL,
) {
  const messages: LiveServerMessage[] = []
  let wake = (): void => {}
  let ended: (end: { code: number; reason: string }) => void = () => {}
  const closed = new Promise<{ code: number; reason: string }>((resolve) => (ended = resolve))
  const session = await client.live.connect({
    model,
    config,
    callbacks: {
      onmessage(message) {
        messages.push(message)
        wake()
      },
      onclose: ({ code, reason }) => ended({ code, reason }),
    },
  })
  /** All messages up to one that is as it is wanted. */
  const until = async (wanted: (message: LiveServerMessage) => unknown): Promise<LiveServerMessage[]> => {
    for (;;) {
      const at = messages.findIndex((message) => wanted(message))
      if (at >= 0) return messages.splice(0, at + 1)
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const say = (text: string) => session.sendClientContent({ turns: text, turnComplete: true })
  return { session, say, until, closed, turn: () => until(({ serverContent }) => serverContent?.turnComplete) }
}

const textOf = (messages: readonly LiveServerMessage[]) =>
  messages.flatMap(({ serverContent }) => serverContent?.modelTurn?.parts?.map(({ text = '' }) => text) ?? []).join('')

describeOrchestration(
  'a session of Gemini Live',
  {
    system,
    provider: {
      latency: '2s',
      replies: ({ messages }) =>
        messages.at(-1)?.role === 'tool'
          ? `It is ${messages.at(-1)!.text}.`
          : messages.at(-1)?.text.includes('Weather')
            ? { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] }
            : 'Good morning, my dear friend.',
    },
  },
  (test) => {
    test('holds a turn with a tool', async ({ clock, trace, provider }) => {
      await actAs('speaker', async () => {
        const { session, say, until, turn } = await connected({
          responseModalities: [Modality.TEXT],
          systemInstruction: 'Be short.',
          tools: [WEATHER],
        })
        say('Weather in Paris?')
        const { toolCall } = (await until((message) => message.toolCall)).at(-1)!
        const [call] = toolCall!.functionCalls!
        expect(call).toMatchObject({ name: 'weather', args: { city: 'Paris' } })
        session.sendToolResponse({
          functionResponses: [{ id: call!.id!, name: 'weather', response: { output: 'sunny' } }],
        })
        const messages = await turn()
        expect(textOf(messages)).toBe('It is {"output":"sunny"}.')
        expect(messages.at(-1)!.usageMetadata).toMatchObject({ responseTokenCount: expect.any(Number) })
        session.close()
      })
      expect(clock.now()).toBe(4_000)
      expect(trace.ofType('call.arrived')[1]).toMatchObject({ agent: 'speaker', provider: 'google', continues: 1 })
      expect(provider.ledger.total.cost).toBeGreaterThan(0)
    })

    test('is interrupted by whoever speaks', async ({ trace, sleep }) => {
      const { say, until, turn, session } = await connected()
      say('Hello.')
      await until(({ serverContent }) => serverContent?.modelTurn)
      say('Wait.')
      await until(({ serverContent }) => serverContent?.interrupted)
      await turn()
      expect(textOf(await turn())).toBe('Good morning, my dear friend.')
      expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
      session.close()
      await sleep('1s')
    })

    test('speaks, and is told by its transcript', async () => {
      const { session, turn } = await connected({
        responseModalities: [Modality.AUDIO],
        outputAudioTranscription: {},
      })
      session.sendRealtimeInput({ text: 'Hello.' })
      const messages = await turn()
      const spoken = messages.map(({ serverContent }) => serverContent?.outputTranscription?.text ?? '').join('')
      expect(spoken).toBe('Good morning, my dear friend.')
      session.close()
    })

    test('hears many small pieces of sound as one, before what is said with them', async ({ trace }) => {
      const { session, turn } = await connected()
      const piece = { data: 'A'.repeat(2_100), mimeType: 'audio/pcm;rate=16000' }
      for (let nth = 0; nth < 100; nth++) session.sendRealtimeInput({ audio: piece })
      session.sendRealtimeInput({ text: 'Did you hear it?' })
      await turn()
      session.close()
      // Ten seconds of 32 tokens each.
      const { inputTokens } = trace.ofType('call.arrived')[0]!
      expect(inputTokens).toBeGreaterThan(320)
      expect(inputTokens).toBeLessThan(350)
    })

    test('does not detect the end of a turn in sounds, and says so to who waits for it', async ({
      waive,
      trace,
      clock,
    }) => {
      waive('unsimulated')
      const { session, closed } = await connected()
      session.sendRealtimeInput({ audio: { data: 'A'.repeat(2_100), mimeType: 'audio/pcm;rate=16000' } })
      expect(await closed).toMatchObject({ code: 1_008, reason: expect.stringContaining('does not detect') as string })
      expect(clock.now()).toBe(30_000)
      expect(trace.ofType('call.refused')).toMatchObject([
        { reason: 'unsimulated', message: expect.stringContaining('audioStreamEnd') as string },
      ])
      session.close()
    })

    test('waits for who says themselves when their turn ends', async ({ sleep, trace }) => {
      const { session, turn } = await connected({
        responseModalities: [Modality.TEXT],
        realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
      })
      session.sendRealtimeInput({ activityStart: {} })
      session.sendRealtimeInput({ audio: { data: 'A'.repeat(2_100), mimeType: 'audio/pcm;rate=16000' } })
      await sleep('2m')
      session.sendRealtimeInput({ activityEnd: {} })
      expect(textOf(await turn())).toContain('Good morning')
      expect(trace.ofType('call.refused')).toEqual([])
      session.close()
    })

    test('lets the oldest go of more than one request could bring', async ({ trace }) => {
      const { session, turn } = await connected()
      const picture = { data: 'A'.repeat(4 * 1024 * 1024), mimeType: 'image/png' }
      for (let nth = 0; nth < 10; nth++) session.sendRealtimeInput({ video: picture })
      session.sendRealtimeInput({ text: 'What was there?' })
      await turn()
      session.close()
      // A picture that cannot be read is one tile.
      const { inputTokens } = trace.ofType('call.arrived')[0]!
      expect(inputTokens).toBeGreaterThan(8 * 258)
      expect(inputTokens).toBeLessThan(9 * 258)
    })

    test('answers what is said last, whatever it was saying itself', async ({ trace }) => {
      const { session, say, until, turn } = await connected({
        responseModalities: [Modality.TEXT],
        tools: [WEATHER],
      })
      say('Hello.')
      await until(({ serverContent }) => serverContent?.modelTurn)
      session.sendRealtimeInput({ text: 'Weather in Paris?' })
      await until(({ serverContent }) => serverContent?.interrupted)
      const { toolCall } = (await until((message) => message.toolCall)).at(-1)!
      const [{ id }] = toolCall!.functionCalls as [{ id: string }]
      session.sendToolResponse({ functionResponses: [{ id, name: 'weather', response: { output: 'sunny' } }] })
      expect(textOf(await turn())).toContain('sunny')
      session.close()
      expect(trace.ofType('call.arrived')).toHaveLength(3)
    })

    test('begins no second answer beside the one that it gives by results that are none', async ({
      provider,
      sleep,
    }) => {
      const { session, say, until, turn } = await connected()
      say('Hello.')
      await until(({ serverContent }) => serverContent?.modelTurn)
      // The SDK sends none itself.
      session.conn.send(JSON.stringify({ toolResponse: {} }))
      await turn()
      session.close()
      await sleep('1s')
      expect(provider.ledger.total.calls).toBe(1)
    })

    test('says why it ends in as many bytes as may be', async () => {
      const { session, closed } = await connected()
      session.sendToolResponse({ functionResponses: [{ id: '天'.repeat(100), name: 'weather', response: {} }] })
      const { code, reason } = await closed
      expect(code).toBe(1_007)
      expect(reason).toMatch(/^No function call has the id 天+$/)
    })

    test.for([
      ['rate_limited', 1_011],
      ['server_error', 1_011],
      ['unauthorized', 1_008],
      ['reset_midway', 1_006],
      ['truncated', 1_000],
    ] as const)('ends by the fault %s with %i', async ([fault, code], { provider }) => {
      const { say, closed } = await connected()
      provider.failNext(1, fault)
      say('Hello.')
      expect((await closed).code).toBe(code)
    })

    test('goes on with the next turn behind a message that cannot be read', async ({ provider }) => {
      const host = 'generativelanguage.googleapis.com'
      const method = 'google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
      const socket = new WebSocket(`wss://${host}/ws/${method}?key=test`)
      const texts: string[] = []
      const turns = { next: () => {} }
      socket.onmessage = async ({ data }) => {
        const text = typeof data === 'string' ? data : await (data as Blob).text()
        texts.push(text)
        if (text.includes('setupComplete') || text.includes('turnComplete')) turns.next()
      }
      const turn = (message: object) =>
        new Promise<void>((over) => {
          turns.next = over
          socket.send(JSON.stringify(message))
        })
      await new Promise((open) => (socket.onopen = open))
      await turn({ setup: { model: `models/${MODEL}`, generationConfig: { responseModalities: ['TEXT'] } } })
      provider.failNext(1, 'malformed_json')
      const said = { clientContent: { turns: [{ role: 'user', parts: [{ text: 'Hello.' }] }], turnComplete: true } }
      await turn(said)
      expect(() => texts.map((text) => JSON.parse(text) as unknown)).toThrow(SyntaxError)
      texts.length = 0
      await turn(said)
      expect(texts.join('')).not.toContain('interrupted')
      expect(texts.join('')).toContain('generationComplete')
      socket.close()
    })

    test('ends at a model that nobody has, and at what nobody understands', async () => {
      await expect(connected(undefined, ai, 'gemini-nobody')).rejects.toThrow('gemini-nobody is not found')
      const { session, closed } = await connected()
      session.sendToolResponse({ functionResponses: [{ id: 'x', name: 'weather', response: {} }] })
      expect(await closed).toMatchObject({ code: 1_007, reason: 'No function call has the id x.' })
    })
  },
)

describeOrchestration(
  'a session of Gemini Live over a real socket',
  { system, time: 'real', provider: { latency: '10ms', replies: 'Hi.' } },
  (test) => {
    test('is held by the server', async ({ provider }) => {
      const server = await startServer(provider)
      const away = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: server.baseURLs['google']! } })
      const { say, turn, session } = await connected(undefined, away)
      say('Hello.')
      expect(textOf(await turn())).toBe('Hi.')
      session.close()
      await server.close()
    })
  },
)
