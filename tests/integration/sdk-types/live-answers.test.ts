import { setTimeout as wait } from 'node:timers/promises'
import WebSocket from 'ws'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { Holding } from './holding.ts'

const OPENAI = new Holding(
  `
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime'
export type Event = RealtimeServerEvent
`,
  {
    ...Object.fromEntries(
      [
        'surplus RealtimeSessionCreateRequest.object',
        'surplus RealtimeSessionCreateRequest.id',
        'surplus RealtimeSessionCreateRequest.expires_at',
        'RealtimeSessionCreateRequest.include is null',
        'RealtimeAudioConfigInput.transcription is null',
        'RealtimeAudioConfigInput.noise_reduction is null',
        'RealtimeResponse.usage is null',
        'RealtimeResponse.status_details is null',
        'Content.transcript is null',
      ].map((what) => [
        what,
        'As in the reference: https://platform.openai.com/docs/api-reference/realtime-server-events.',
      ]),
    ),
  },
)
const GOOGLE = new Holding(
  `
import type { LiveServerMessage } from '@google/genai'
export type Message = LiveServerMessage
`,
  {},
)

/** Sends messages to a session, one after another, and gives all that comes. */
async function talk(url: string, said: readonly object[], headers: Record<string, string> = {}): Promise<any[]> {
  const socket = new WebSocket(url, { headers })
  const events: any[] = []
  socket.on('message', (data) => events.push(JSON.parse(String(data))))
  await new Promise((open, fail) => socket.on('open', open).on('error', fail))
  for (const message of said) {
    await wait(20_000)
    socket.send(JSON.stringify(message))
  }
  await wait(60_000)
  socket.close()
  return events
}

const TOOL = { type: 'function', name: 'dock', parameters: { type: 'object', properties: {} } }
const said = (text: string): object => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
})

describeOrchestration(
  'what live sessions tell is as the types of the SDKs declare it',
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: [
        { content: 'Call', reply: { toolCalls: [{ name: 'dock' }] } },
        { content: 'Think', reply: { text: 'So it is.', reasoning: 'Is it?' } },
      ],
    },
  },
  (test) => {
    for (const modality of ['text', 'audio'])
      test(`by OpenAI, as ${modality}`, async () => {
        const events = await talk(
          'wss://api.openai.com/v1/realtime?model=gpt-realtime',
          [
            { type: 'session.update', session: { type: 'realtime', output_modalities: [modality], tools: [TOOL] } },
            said('Say it.'),
            { type: 'response.create' },
            said('Call it.'),
            { type: 'response.create' },
            { type: 'input_audio_buffer.append', audio: Buffer.alloc(48_000).toString('base64') },
            { type: 'input_audio_buffer.commit' },
            { type: 'input_audio_buffer.clear' },
            { type: 'response.cancel' },
            { type: 'conversation.item.delete', item_id: 'x' },
            { type: 'no.such.event' },
          ],
          { authorization: 'Bearer test' },
        )
        const types = new Set(events.map(({ type }) => type))
        expect([...types]).toEqual(expect.arrayContaining(['session.updated', 'response.done', 'error']))
        OPENAI.hold('Event', ...events)
      })

    for (const modality of ['TEXT', 'AUDIO'])
      test(`by Google, as ${modality}`, async () => {
        const turn = (text: string): object => ({
          clientContent: { turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true },
        })
        const method = 'google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
        const messages = await talk(`wss://generativelanguage.googleapis.com/ws/${method}?key=test`, [
          {
            setup: {
              model: 'models/gemini-2.5-flash',
              generationConfig: { responseModalities: [modality] },
              outputAudioTranscription: {},
              sessionResumption: {},
              tools: [{ functionDeclarations: [{ name: 'dock' }] }],
            },
          },
          turn('Say it.'),
          turn('Call it.'),
        ])
        expect(messages.some(({ toolCall }) => toolCall)).toBe(true)
        GOOGLE.hold('Message', ...messages)
      })

    test('exceptions that no answer needs are none', () => {
      expect([...OPENAI.idle, ...GOOGLE.idle]).toEqual([])
    })
  },
)
