import { ANY, type Field, type Shape } from '../../shape.ts'
import { TOOL_NAME } from '../tool-name.ts'

// Source of shapes: https://platform.openai.com/docs/api-reference/realtime-client-events.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const STRING: Field = { type: 'string', required: true }
const MODALITIES: Shape = { type: 'array', items: { type: 'string', among: ['text', 'audio'] } }
const LIMIT: Shape = {
  type: 'either',
  of: [
    { type: 'integer', min: 1 },
    { type: 'string', among: ['inf'] },
  ],
}

const TOOL: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    function: {
      type: 'object',
      fields: { type: ANY, name: TOOL_NAME, description: { type: 'string' }, parameters: OPEN },
      open: true,
    },
    mcp: OPEN,
  },
}
const TOOL_CHOICE: Shape = {
  type: 'either',
  of: [
    { type: 'string', among: ['none', 'auto', 'required'] },
    { type: 'tagged', tag: 'type', of: {}, others: true },
  ],
}
const SOUND: Shape = { type: 'object', fields: { input: OPEN, output: OPEN }, open: true }
const SHARED: Readonly<Record<string, Field>> = {
  instructions: { type: 'string' },
  tools: { type: 'array', items: TOOL },
  tool_choice: TOOL_CHOICE,
  output_modalities: MODALITIES,
  modalities: MODALITIES,
  max_output_tokens: LIMIT,
  max_response_output_tokens: LIMIT,
  audio: SOUND,
  parallel_tool_calls: { type: 'boolean' },
  reasoning: OPEN,
  temperature: { type: 'number' },
  ...Object.fromEntries(['prompt', 'voice', 'output_audio_format'].map((name) => [name, ANY])),
}

/** What a client may set of a session. */
export const SESSION: Shape = {
  type: 'object',
  fields: {
    ...SHARED,
    type: { type: 'string', among: ['realtime', 'transcription'] },
    model: { type: 'string' },
    ...Object.fromEntries(
      [
        ...['include', 'tracing', 'truncation', 'turn_detection', 'input_audio_format', 'input_audio_transcription'],
        ...['input_audio_noise_reduction', 'speed', 'id', 'object', 'expires_at'],
      ].map((name) => [name, ANY]),
    ),
  },
}

const part = (fields: Readonly<Record<string, Field>> = {}): Shape => ({
  type: 'object',
  fields: { type: ANY, ...fields },
  open: true,
})
const PART: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    input_text: part({ text: STRING }),
    output_text: part({ text: STRING }),
    text: part({ text: STRING }),
    input_audio: part(),
    output_audio: part(),
    audio: part(),
    input_image: part(),
  },
}
const item = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { id: { type: 'string', least: 1, most: 32 }, ...fields },
  open: true,
})
const ITEMS: Readonly<Record<string, Shape>> = {
  message: item({
    role: { type: 'string', among: ['user', 'assistant', 'system'], required: true },
    content: { type: 'array', items: PART, required: true },
  }),
  function_call: item({ call_id: { type: 'string' }, name: TOOL_NAME, arguments: STRING }),
  function_call_output: item({ call_id: STRING, output: STRING }),
  mcp_approval_response: OPEN,
}
const ITEM: Shape = { type: 'tagged', tag: 'type', of: ITEMS }
/** An item of the session by its id alone. */
const REFERENCE = { item_reference: item({ id: STRING }) }

const RESPONSE: Shape = {
  type: 'object',
  fields: {
    ...SHARED,
    conversation: { type: 'string', among: ['auto', 'none'] },
    metadata: OPEN,
    input: { type: 'array', items: { type: 'tagged', tag: 'type', of: { ...ITEMS, ...REFERENCE } } },
  },
}

const event = (fields: Readonly<Record<string, Field>> = {}): Shape => ({
  type: 'object',
  fields: { type: ANY, event_id: { type: 'string' }, ...fields },
})
const ITEM_ID = { item_id: STRING }

/** What a client may send. */
export const CLIENT_EVENT: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    'session.update': event({ session: { ...SESSION, required: true } }),
    'conversation.item.create': event({ item: { ...ITEM, required: true }, previous_item_id: { type: 'string' } }),
    'conversation.item.retrieve': event(ITEM_ID),
    'conversation.item.delete': event(ITEM_ID),
    'conversation.item.truncate': event({
      ...ITEM_ID,
      content_index: { type: 'integer', required: true },
      audio_end_ms: { type: 'integer', required: true },
    }),
    'input_audio_buffer.append': event({ audio: STRING }),
    'input_audio_buffer.commit': event(),
    'input_audio_buffer.clear': event(),
    'output_audio_buffer.clear': event(),
    'response.create': event({ response: RESPONSE }),
    'response.cancel': event({ response_id: { type: 'string' } }),
  },
}

/** An item of a conversation. */
export interface RealtimeItem {
  id: string
  object: 'realtime.item'
  type: string
  status: string
  role?: string
  content?: { type?: string; text?: string; transcript?: string | null; audio?: string }[]
  call_id?: string
  name?: string
  arguments?: string
  output?: string
}

/** A tool as a session offers it. */
export interface RealtimeTool {
  type: string
  name?: string
  description?: string
  parameters?: Record<string, unknown>
}

/** What a session, or one response of it, is set to. */
export interface RealtimeSettings {
  instructions?: string
  tools?: RealtimeTool[]
  tool_choice?: string | { type?: string; name?: unknown }
  output_modalities?: string[]
  modalities?: string[]
  max_output_tokens?: number | 'inf'
  max_response_output_tokens?: number | 'inf'
  parallel_tool_calls?: boolean
}

/** What a client has sent, when its shape is right. */
export type ClientEvent = { event_id?: string } & (
  | { type: 'session.update'; session: RealtimeSettings & Record<string, unknown> }
  | { type: 'conversation.item.create'; item: Partial<RealtimeItem>; previous_item_id?: string | null }
  | { type: 'conversation.item.retrieve' | 'conversation.item.delete'; item_id: string }
  | { type: 'conversation.item.truncate'; item_id: string; content_index: number; audio_end_ms: number }
  | { type: 'input_audio_buffer.append'; audio: string }
  | { type: 'input_audio_buffer.commit' | 'input_audio_buffer.clear' | 'output_audio_buffer.clear' }
  | { type: 'response.create'; response?: RealtimeSettings & ResponseSettings }
  | { type: 'response.cancel'; response_id?: string }
)

/** What only a response is set to. */
export interface ResponseSettings {
  conversation?: 'auto' | 'none'
  metadata?: Record<string, unknown> | null
  input?: Partial<RealtimeItem>[]
}
