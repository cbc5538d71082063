import { ANY, relaxed, textOrBlocks, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://platform.openai.com/docs/api-reference/chat/create.

const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }
const OPEN: Shape = { type: 'object', fields: {}, open: true }
const CONTENT = textOrBlocks({ text: TEXT, image_url: OPEN, input_audio: OPEN, file: OPEN, refusal: OPEN })
const CALL: Shape = {
  type: 'object',
  fields: {
    id: { type: 'string', required: true },
    type: { type: 'string', among: ['function', 'custom'], required: true },
    function: {
      type: 'object',
      fields: { name: { type: 'string', required: true }, arguments: { type: 'string', required: true } },
      open: true,
    },
  },
  open: true,
}
const said = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { role: ANY, name: { type: 'string' }, ...fields },
  open: true,
})
const MESSAGE: Shape = {
  type: 'tagged',
  tag: 'role',
  of: {
    system: said({ content: { ...CONTENT, required: true } }),
    developer: said({ content: { ...CONTENT, required: true } }),
    user: said({ content: { ...CONTENT, required: true } }),
    assistant: said({
      content: CONTENT,
      tool_calls: { type: 'array', items: CALL, least: 1 },
      refusal: { type: 'string' },
    }),
    tool: said({ content: { ...CONTENT, required: true }, tool_call_id: { type: 'string', required: true } }),
    function: said({ content: CONTENT }),
  },
}
const TOOL: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    function: {
      type: 'object',
      fields: {
        type: ANY,
        function: {
          type: 'object',
          fields: {
            name: { type: 'string', required: true },
            description: { type: 'string' },
            parameters: { ...OPEN },
            strict: { type: 'boolean' },
          },
          required: true,
        },
      },
    },
    custom: OPEN,
  },
}
const PASSED_ON = [
  ...[
    'audio',
    'function_call',
    'functions',
    'logit_bias',
    'modalities',
    'moderation',
    'prediction',
    'prompt_cache_key',
    'prompt_cache_options',
  ],
  ...[
    'prompt_cache_retention',
    'reasoning_effort',
    'safety_identifier',
    'service_tier',
    'verbosity',
    'web_search_options',
  ],
]
/** Answers to one request. */
export const MOST_CHOICES = 128
/** What a request must be. */
export const CHAT_REQUEST: Shape = {
  type: 'object',
  fields: {
    messages: { type: 'array', items: MESSAGE, least: 1, required: true },
    model: { type: 'string', required: true },
    frequency_penalty: { type: 'number', min: -2, max: 2 },
    presence_penalty: { type: 'number', min: -2, max: 2 },
    temperature: { type: 'number', min: 0, max: 2 },
    top_p: { type: 'number', min: 0, max: 1 },
    n: { type: 'integer', min: 1, max: MOST_CHOICES },
    seed: { type: 'integer' },
    stop: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    stream: { type: 'boolean' },
    stream_options: {
      type: 'object',
      fields: { include_usage: { type: 'boolean' }, include_obfuscation: { type: 'boolean' } },
    },
    store: { type: 'boolean' },
    user: { type: 'string' },
    metadata: { type: 'object', fields: {}, open: true },
    logprobs: { type: 'boolean' },
    top_logprobs: { type: 'integer', min: 0, max: 20 },
    max_tokens: { type: 'integer', min: 1 },
    max_completion_tokens: { type: 'integer', min: 1 },
    parallel_tool_calls: { type: 'boolean' },
    response_format: {
      type: 'tagged',
      tag: 'type',
      of: {
        text: OPEN,
        json_object: OPEN,
        json_schema: {
          type: 'object',
          fields: {
            type: ANY,
            json_schema: {
              type: 'object',
              fields: {
                name: { type: 'string', required: true },
                description: { type: 'string' },
                schema: { ...OPEN },
                strict: { type: 'boolean' },
              },
              required: true,
            },
          },
        },
      },
    },
    tools: { type: 'array', items: TOOL },
    tool_choice: {
      type: 'either',
      of: [
        { type: 'string', among: ['none', 'auto', 'required'] },
        { type: 'tagged', tag: 'type', of: { function: OPEN, allowed_tools: OPEN, custom: OPEN } },
      ],
    },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

/** The same where a vendor is only compatible. */
export const COMPATIBLE_CHAT_REQUEST = relaxed(CHAT_REQUEST)

export interface ChatMessage {
  role: string
  content?: string | { type: string; text?: unknown; refusal?: unknown }[] | null
  tool_calls?: { id: string; function?: { name: string; arguments: string } }[]
  tool_call_id?: string
}

export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  n?: number | null
  tools?: { type?: string; function?: { name: string; description?: string; parameters?: Record<string, unknown> } }[]
  tool_choice?: string | { type?: string; function?: { name?: unknown } } | null
  response_format?: { type: string; json_schema?: { schema?: Record<string, unknown> } }
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  stop?: string | string[] | null
  max_tokens?: number
  max_completion_tokens?: number
  user?: string
  metadata?: Record<string, unknown>
}
