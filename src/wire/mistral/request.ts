import { ANY, textOrBlocks, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://docs.mistral.ai/api/endpoint/chat.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const CHUNKS = [
  'image_url',
  'document_url',
  'reference',
  'file',
  'thinking',
  'input_audio',
  'tool_reference',
  'tool_file',
]
const CONTENT = textOrBlocks({
  text: { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true },
  ...Object.fromEntries(CHUNKS.map((name) => [name, OPEN])),
})
const said = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { role: ANY, content: CONTENT, ...fields },
})
const CALL: Shape = {
  type: 'object',
  fields: {
    id: { type: 'string' },
    type: { type: 'string' },
    index: { type: 'integer' },
    function: {
      type: 'object',
      fields: {
        name: { type: 'string', required: true },
        arguments: { type: 'either', of: [{ type: 'string' }, OPEN], required: true },
      },
      required: true,
    },
  },
}
const SAMPLING: Readonly<Record<string, Field>> = {
  temperature: { type: 'number', min: 0, max: 1.5 },
  top_p: { type: 'number', min: 0, max: 1 },
  max_tokens: { type: 'integer', min: 0 },
  stream: { type: 'boolean' },
  stop: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  random_seed: { type: 'integer', min: 0 },
  metadata: OPEN,
}
const PASSED_ON = ['prediction', 'guardrails', 'reasoning_effort', 'prompt_cache_key', 'service_tier', 'prompt_mode']

/** What a request for a chat must be. */
export const CHAT_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    messages: {
      type: 'array',
      items: {
        type: 'tagged',
        tag: 'role',
        of: {
          system: said({}),
          user: said({}),
          assistant: said({ tool_calls: { type: 'array', items: CALL }, prefix: { type: 'boolean' } }),
          tool: said({ tool_call_id: { type: 'string' }, name: { type: 'string' } }),
        },
      },
      least: 1,
      required: true,
    },
    ...SAMPLING,
    presence_penalty: { type: 'number', min: -2, max: 2 },
    frequency_penalty: { type: 'number', min: -2, max: 2 },
    n: { type: 'integer', min: 1 },
    response_format: {
      type: 'object',
      fields: {
        type: { type: 'string', among: ['text', 'json_object', 'json_schema'] },
        json_schema: {
          type: 'object',
          fields: {
            name: { type: 'string', required: true },
            description: { type: 'string' },
            schema: { ...OPEN, required: true },
            strict: { type: 'boolean' },
          },
        },
      },
    },
    tools: { type: 'array', items: OPEN },
    tool_choice: {
      type: 'either',
      of: [{ type: 'string', among: ['auto', 'none', 'any', 'required'] }, OPEN],
    },
    parallel_tool_calls: { type: 'boolean' },
    safe_prompt: { type: 'boolean' },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

/** What a request to fill in the middle must be. */
export const FIM_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    prompt: { type: 'string', required: true },
    suffix: { type: 'string' },
    min_tokens: { type: 'integer', min: 0 },
    prompt_cache_key: { type: 'string' },
    ...SAMPLING,
  },
}

/** A message of a chat. */
export interface ChatMessage {
  role: string
  content?: unknown
  tool_calls?: { id?: string; function: { name: string; arguments: unknown } }[] | null
  tool_call_id?: string | null
  prefix?: boolean
}
