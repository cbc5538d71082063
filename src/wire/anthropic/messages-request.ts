import { ANY, relaxed, textOrBlocks, type Shape } from '../shape.ts'

// Source of shapes: https://docs.anthropic.com/en/api/messages.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }
const OTHER_BLOCKS = [
  'image',
  'document',
  'search_result',
  'thinking',
  'redacted_thinking',
  'server_tool_use',
  'web_search_tool_result',
]
const BLOCKS: Readonly<Record<string, Shape>> = {
  text: TEXT,
  tool_use: {
    type: 'object',
    fields: {
      type: ANY,
      id: { type: 'string', required: true },
      name: { type: 'string', required: true },
      input: { ...OPEN, required: true },
    },
    open: true,
  },
  tool_result: {
    type: 'object',
    fields: {
      type: ANY,
      tool_use_id: { type: 'string', required: true },
      content: textOrBlocks({ text: TEXT, image: OPEN, document: OPEN, search_result: OPEN }),
    },
    open: true,
  },
  ...Object.fromEntries(OTHER_BLOCKS.map((name) => [name, OPEN])),
}
const PASSED_ON = [
  'container',
  'context_management',
  'inference_geo',
  'mcp_servers',
  'cache_control',
  'speed',
  'diagnostics',
  'fallbacks',
]
const FORMAT: Shape = {
  type: 'object',
  fields: { type: { type: 'string', among: ['json_schema'], required: true }, schema: { ...OPEN, required: true } },
}
/** What a request must be. */
export const MESSAGES_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    messages: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          role: { type: 'string', among: ['user', 'assistant', 'system'], required: true },
          content: { ...textOrBlocks(BLOCKS), required: true },
        },
      },
      least: 1,
      required: true,
    },
    max_tokens: { type: 'integer', min: 1, required: true },
    metadata: { type: 'object', fields: { user_id: { type: 'string' } } },
    service_tier: { type: 'string', among: ['auto', 'standard_only'] },
    stop_sequences: { type: 'array', items: { type: 'string' } },
    stream: { type: 'boolean' },
    system: textOrBlocks({ text: TEXT }),
    temperature: { type: 'number', min: 0, max: 1 },
    top_k: { type: 'integer', min: 0 },
    top_p: { type: 'number', min: 0, max: 1 },
    thinking: { type: 'tagged', tag: 'type', of: { enabled: OPEN, disabled: OPEN, adaptive: OPEN } },
    tools: {
      type: 'array',
      items: { type: 'object', fields: { name: { type: 'string', required: true } }, open: true },
    },
    tool_choice: { type: 'tagged', tag: 'type', of: { auto: OPEN, any: OPEN, tool: OPEN, none: OPEN } },
    output_config: { type: 'object', fields: { format: FORMAT, effort: { type: 'string' } }, open: true },
    output_format: FORMAT,
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

/** The same where a vendor is only compatible. */
export const COMPATIBLE_MESSAGES_REQUEST = relaxed(MESSAGES_REQUEST)

export interface Block {
  type?: string
  text?: unknown
  id?: string
  name?: string
  input?: unknown
  tool_use_id?: string
  content?: string | Block[]
  cache_control?: unknown
}

export interface MessagesRequest {
  model: string
  messages: { role: string; content: string | Block[] }[]
  max_tokens: number
  system?: string | Block[]
  stop_sequences?: string[]
  stream?: boolean
  tools?: { name: string; description?: string; input_schema?: Record<string, unknown>; cache_control?: unknown }[]
  tool_choice?: { type: 'auto' | 'any' | 'tool' | 'none'; name?: string }
  output_config?: { format?: { schema: Record<string, unknown> } }
  output_format?: { schema: Record<string, unknown> }
}
