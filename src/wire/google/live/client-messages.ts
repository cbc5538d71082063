import { ANY, type Field, type Shape } from '../../shape.ts'
import { CONTENT, GENERATION_CONFIG, TOOL, type Content, type ContentRequest } from '../content-request.ts'

// Source of shapes: https://ai.google.dev/api/live.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const object = (fields: Readonly<Record<string, Field>>): Shape => ({ type: 'object', fields })
const all = (names: string, shape: Shape): Record<string, Shape> =>
  Object.fromEntries(names.split(' ').map((name) => [name, shape]))

const BLOB: Shape = { type: 'object', fields: all('mimeType data', { type: 'string' }), open: true }

const SETUP = object({
  model: { type: 'string', required: true },
  generationConfig: GENERATION_CONFIG,
  systemInstruction: CONTENT,
  tools: { type: 'array', items: TOOL },
  ...all('inputAudioTranscription outputAudioTranscription', OPEN),
  ...all('realtimeInputConfig sessionResumption contextWindowCompression proactivity', ANY),
  ...all('explicitVadSignal avatarConfig safetySettings historyConfig', ANY),
})

/** What a client may send: one of these, and the first time a setup. */
export const CLIENT_MESSAGE = object({
  setup: SETUP,
  clientContent: object({ turns: { type: 'array', items: CONTENT }, turnComplete: { type: 'boolean' } }),
  realtimeInput: object({
    text: { type: 'string' },
    ...all('audio video', BLOB),
    mediaChunks: { type: 'array', items: BLOB },
    ...all('activityStart activityEnd', OPEN),
    audioStreamEnd: { type: 'boolean' },
  }),
  toolResponse: object({
    functionResponses: {
      type: 'array',
      items: object({
        id: { type: 'string' },
        name: { type: 'string' },
        response: OPEN,
        ...all('parts scheduling willContinue', ANY),
      }),
    },
  }),
})

/** How a session is set up. */
export interface Setup extends Pick<ContentRequest, 'systemInstruction' | 'tools' | 'generationConfig'> {
  model: string
  outputAudioTranscription?: object
  contextWindowCompression?: unknown
  realtimeInputConfig?: { automaticActivityDetection?: { disabled?: boolean } | null } | null
}

/** A sound or a picture. */
interface Blob {
  mimeType?: string
  data?: string
}

/** What a client has sent, when its shape is right. */
export interface ClientMessage {
  setup?: Setup
  clientContent?: { turns?: Content[]; turnComplete?: boolean }
  realtimeInput?: {
    text?: string
    audio?: Blob
    video?: Blob
    mediaChunks?: Blob[]
    activityEnd?: object
    audioStreamEnd?: boolean
  }
  toolResponse?: { functionResponses?: { id?: string; name?: string; response?: Record<string, unknown> }[] }
}
