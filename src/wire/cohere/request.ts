import { ANY, textOrBlocks, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://docs.cohere.com/reference/chat.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }
const CONTENT = textOrBlocks({ text: TEXT, image_url: OPEN, document: OPEN, thinking: OPEN })
const said = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { role: ANY, content: CONTENT, ...fields },
  open: true,
})
const CALL: Shape = {
  type: 'object',
  fields: {
    id: { type: 'string', required: true },
    function: {
      type: 'object',
      fields: { name: { type: 'string', required: true }, arguments: { type: 'string', required: true } },
      open: true,
      required: true,
    },
  },
  open: true,
}
const PASSED_ON = ['safety_mode', 'strict_tools', 'logprobs', 'priority', 'raw_prompting']

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
          system: said({ content: { ...CONTENT, required: true } }),
          user: said({ content: { ...CONTENT, required: true } }),
          assistant: said({ tool_calls: { type: 'array', items: CALL }, tool_plan: { type: 'string' } }),
          tool: said({ content: { ...CONTENT, required: true }, tool_call_id: { type: 'string', required: true } }),
        },
      },
      least: 1,
      required: true,
    },
    stream: { type: 'boolean' },
    tools: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          type: { type: 'string', among: ['function'], required: true },
          function: {
            type: 'object',
            fields: {
              name: { type: 'string', required: true },
              description: { type: 'string' },
              parameters: OPEN,
            },
            open: true,
            required: true,
          },
        },
      },
    },
    documents: { type: 'array', items: { type: 'either', of: [{ type: 'string' }, OPEN] } },
    citation_options: OPEN,
    response_format: { type: 'tagged', tag: 'type', of: { text: OPEN, json_object: OPEN } },
    max_tokens: { type: 'integer', min: 0 },
    stop_sequences: { type: 'array', items: { type: 'string' }, most: 5 },
    temperature: { type: 'number', min: 0, max: 1 },
    seed: { type: 'integer' },
    frequency_penalty: { type: 'number', min: 0, max: 1 },
    presence_penalty: { type: 'number', min: 0, max: 1 },
    k: { type: 'number', min: 0, max: 500 },
    p: { type: 'number', min: 0, max: 1 },
    tool_choice: { type: 'string', among: ['REQUIRED', 'NONE'] },
    thinking: {
      type: 'object',
      fields: {
        type: { type: 'string', among: ['enabled', 'disabled'], required: true },
        token_budget: { type: 'integer', min: 1 },
      },
    },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

/** A block of a message. */
export interface Block {
  type?: string
  text?: unknown
  document?: { id?: unknown; data?: unknown } | null
}

/** A message of a chat. */
export interface ChatMessage {
  role: string
  content?: string | Block[] | null
  tool_calls?: { id: string; function: { name: string; arguments: string } }[] | null
  tool_plan?: string | null
  tool_call_id?: string
}

export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  stream?: boolean
  tools?: { function?: { name?: unknown; description?: unknown; parameters?: Record<string, unknown> } }[] | null
  documents?: (string | { id?: unknown; data?: unknown })[] | null
  citation_options?: { mode?: unknown } | null
  response_format?: { type?: string; json_schema?: Record<string, unknown>; schema?: Record<string, unknown> } | null
  max_tokens?: number | null
  stop_sequences?: string[] | null
  tool_choice?: string | null
  thinking?: { type?: string; token_budget?: number | null } | null
}
