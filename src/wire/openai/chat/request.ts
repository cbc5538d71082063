import { ANY, textOrBlocks, type Field, type Shape } from '../../shape.ts'
import { EFFORTS } from '../model-rules.ts'
import { RETENTIONS } from '../retentions.ts'
import { TOOL_NAME } from '../tool-name.ts'

// Source of shapes: https://platform.openai.com/docs/api-reference/chat/create.

const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }
const OPEN: Shape = { type: 'object', fields: {}, open: true }
const CONTENT = textOrBlocks({ text: TEXT, image_url: OPEN, input_audio: OPEN, file: OPEN, refusal: OPEN })
const STRING: Field = { type: 'string', required: true }
const CALL: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    function: {
      type: 'object',
      fields: {
        id: STRING,
        type: ANY,
        function: { type: 'object', fields: { name: TOOL_NAME, arguments: STRING }, open: true, required: true },
      },
      open: true,
    },
    custom: {
      type: 'object',
      fields: {
        id: STRING,
        type: ANY,
        custom: { type: 'object', fields: { name: TOOL_NAME, input: STRING }, open: true, required: true },
      },
      open: true,
    },
  },
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
    function: said({ content: CONTENT, name: { type: 'string', required: true } }),
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
            name: TOOL_NAME,
            description: { type: 'string' },
            parameters: { ...OPEN },
            strict: { type: 'boolean' },
          },
          required: true,
        },
      },
    },
    custom: {
      type: 'object',
      fields: {
        type: ANY,
        custom: { type: 'object', fields: { name: TOOL_NAME }, open: true, required: true },
      },
    },
  },
}
const FUNCTION: Shape = {
  type: 'object',
  fields: { name: TOOL_NAME, description: { type: 'string' }, parameters: { type: 'object', fields: {}, open: true } },
}
const PASSED_ON = [
  ...['audio', 'function_call', 'logit_bias', 'moderation', 'prediction', 'prompt_cache_key', 'prompt_cache_options'],
  ...['safety_identifier', 'web_search_options'],
]
/** Answers to one request. */
export const MAX_CHOICES = 128
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
    n: { type: 'integer', min: 1, max: MAX_CHOICES },
    seed: { type: 'integer' },
    stop: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, most: 4 }] },
    stream: { type: 'boolean' },
    stream_options: {
      type: 'object',
      fields: { include_usage: { type: 'boolean' }, include_obfuscation: { type: 'boolean' } },
    },
    store: { type: 'boolean' },
    modalities: { type: 'array', items: { type: 'string', among: ['text', 'audio'] } },
    prompt_cache_retention: { type: 'string', among: RETENTIONS },
    service_tier: { type: 'string', among: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'] },
    verbosity: { type: 'string', among: ['low', 'medium', 'high'] },
    user: { type: 'string' },
    metadata: { type: 'object', fields: {}, open: true },
    logprobs: { type: 'boolean' },
    reasoning_effort: { type: 'string', among: EFFORTS },
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
    tools: { type: 'array', items: TOOL, most: 128 },
    functions: { type: 'array', items: FUNCTION, least: 1, most: 128 },
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

/** A message as it comes. */
export interface ChatMessage {
  role: string
  content?: string | ChatPart[] | null
  tool_calls?: ChatToolCall[] | null
  function_call?: { name?: string; arguments?: string } | null
  tool_call_id?: string
}

/** A part of a message. */
export interface ChatPart {
  type?: string
  text?: unknown
  refusal?: unknown
  image_url?: { url?: unknown; detail?: unknown }
  input_audio?: { data?: unknown }
  file?: { file_data?: unknown }
}

/** A call of a tool, in a message. */
export interface ChatToolCall {
  id: string
  type?: string
  function?: { name: string; arguments: string }
  custom?: { name: string; input: string }
}

/** A function as it is offered. */
export interface ChatFunction {
  name: string
  description?: string
  parameters?: Record<string, unknown> | null
  strict?: boolean | null
}

/** A request that has the right shape. */
export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  n?: number | null
  tools?: { type?: string; function?: ChatFunction; custom?: { name: string; description?: string } }[] | null
  functions?: ChatFunction[] | null
  function_call?: string | { name?: unknown } | null
  tool_choice?:
    | string
    | {
        type?: string
        function?: { name?: unknown }
        custom?: { name?: unknown }
        allowed_tools?: { mode?: unknown; tools?: { function?: { name?: string }; custom?: { name?: string } }[] }
      }
    | null
  parallel_tool_calls?: boolean | null
  response_format?: {
    type: string
    json_schema?: { name?: string; schema?: Record<string, unknown>; strict?: boolean | null }
  } | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean } | null
  stop?: string | string[] | null
  max_tokens?: number | null
  max_completion_tokens?: number | null
  temperature?: number | null
  top_p?: number | null
  presence_penalty?: number | null
  frequency_penalty?: number | null
  logprobs?: boolean | null
  top_logprobs?: number | null
  reasoning_effort?: string | null
  modalities?: string[] | null
  web_search_options?: object | null
  service_tier?: string | null
  store?: boolean | null
}
