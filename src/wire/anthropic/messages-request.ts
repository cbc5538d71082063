import { ANY, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://docs.anthropic.com/en/api/messages.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const TEXT_FIELD: Field = { type: 'string', required: true }
const tagged = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { type: ANY, ...fields },
  open: true,
})
const TEXT = tagged({ text: TEXT_FIELD })
const IMAGE = tagged({
  source: {
    type: 'tagged',
    tag: 'type',
    of: {
      base64: tagged({
        data: TEXT_FIELD,
        media_type: {
          type: 'string',
          among: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
          required: true,
        },
      }),
      url: tagged({ url: TEXT_FIELD }),
      file: tagged({ file_id: TEXT_FIELD }),
    },
    required: true,
  },
})
const DOCUMENT = tagged({
  source: {
    type: 'tagged',
    tag: 'type',
    of: { base64: OPEN, text: OPEN, content: OPEN, url: OPEN, file: OPEN },
    required: true,
  },
})
const THINKING_BLOCK = tagged({ thinking: TEXT_FIELD, signature: TEXT_FIELD })
/** Blocks of the service's own tools, which come back as they were told. */
const HOSTED_BLOCKS = [
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'container_upload',
]
const FORMAT: Shape = {
  type: 'object',
  fields: { type: { type: 'string', among: ['json_schema'], required: true }, schema: { ...OPEN, required: true } },
}
const PASSED_ON = ['cache_control', 'container', 'diagnostics', 'inference_geo', 'speed']

/** Tools that Anthropic has made: what their `type` may be, its date aside. */
const OWN_TOOLS =
  /^(bash|text_editor|computer|memory|browser_toolset|computer_toolset|web_search|web_fetch|code_execution|tool_search_tool_(bm25|regex))_\d{8}$|^tool_search_tool_(bm25|regex)$/

/** Whether a tool is one of those that Anthropic has made. */
export const isOwnTool = (type: unknown): type is string => typeof type === 'string' && OWN_TOOLS.test(type)

/**
 * The shape of a request.
 *
 * @param more `open` and `others` where fields, and kinds of blocks, that the reference does not name are let through
 */
function requestShape(more: { open?: true; others?: true }): Shape {
  const { open, others } = more
  const mayBeOpen = open && { open }
  const blocks = (of: Readonly<Record<string, Shape>>): Shape => ({
    type: 'either',
    of: [{ type: 'string' }, { type: 'array', items: { type: 'tagged', tag: 'type', of, ...(others && { others }) } }],
  })
  const content = blocks({
    text: TEXT,
    image: IMAGE,
    document: DOCUMENT,
    search_result: OPEN,
    thinking: THINKING_BLOCK,
    redacted_thinking: tagged({ data: TEXT_FIELD }),
    tool_use: tagged({ id: TEXT_FIELD, name: TEXT_FIELD, input: { ...OPEN, required: true } }),
    tool_result: tagged({
      tool_use_id: TEXT_FIELD,
      content: blocks({
        text: TEXT,
        image: IMAGE,
        document: DOCUMENT,
        search_result: OPEN,
        tool_reference: OPEN,
        browser_state: OPEN,
      }),
      is_error: { type: 'boolean' },
    }),
    ...Object.fromEntries(HOSTED_BLOCKS.map((name) => [name, OPEN])),
  })
  return {
    type: 'object',
    ...mayBeOpen,
    fields: {
      model: { type: 'string', required: true },
      messages: {
        type: 'array',
        items: {
          type: 'object',
          ...mayBeOpen,
          fields: {
            role: { type: 'string', among: ['user', 'assistant', 'system'], required: true },
            // With a beta, a turn of the system without a word sets how it is answered.
            content: others ? content : { ...content, required: true },
          },
        },
        least: 1,
        required: true,
      },
      max_tokens: { type: 'integer', min: 0, required: true },
      metadata: { type: 'object', fields: { user_id: { type: 'string' } }, ...mayBeOpen },
      service_tier: { type: 'string', among: ['auto', 'standard_only'] },
      stop_sequences: { type: 'array', items: { type: 'string' } },
      stream: { type: 'boolean' },
      system: blocks({ text: TEXT }),
      temperature: { type: 'number', min: 0, max: 1 },
      top_k: { type: 'integer', min: 0 },
      top_p: { type: 'number', min: 0, max: 1 },
      thinking: {
        type: 'tagged',
        tag: 'type',
        of: {
          enabled: tagged({ budget_tokens: { type: 'integer', min: 1_024, required: true } }),
          disabled: OPEN,
          adaptive: OPEN,
          between_tools: OPEN,
        },
      },
      tools: { type: 'array', items: OPEN },
      tool_choice: {
        type: 'tagged',
        tag: 'type',
        of: {
          auto: tagged({ disable_parallel_tool_use: { type: 'boolean' } }),
          any: tagged({ disable_parallel_tool_use: { type: 'boolean' } }),
          tool: tagged({ name: TEXT_FIELD, disable_parallel_tool_use: { type: 'boolean' } }),
          none: OPEN,
        },
      },
      output_config: {
        type: 'object',
        fields: { format: FORMAT, effort: { type: 'string', among: ['low', 'medium', 'high', 'xhigh', 'max'] } },
        ...mayBeOpen,
      },
      ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
    },
  }
}

/** What a request must be. */
export const MESSAGES_REQUEST = requestShape({})

/** The same where the request announces a beta, which may bring fields and blocks that no reference names. */
export const BETA_MESSAGES_REQUEST = requestShape({ open: true, others: true })

/** A block of a message, or of a tool's result. */
export interface Block {
  type?: string
  text?: unknown
  id?: string
  name?: string
  input?: unknown
  tool_use_id?: string
  content?: string | Block[]
  cache_control?: { ttl?: unknown } | null
  source?: object | null
  title?: unknown
  citations?: { enabled?: unknown } | null
  thinking?: unknown
  signature?: unknown
}

/** A tool, of the client's or of Anthropic's own. */
export interface Tool {
  type?: string | null
  name?: string
  description?: string
  input_schema?: Record<string, unknown>
  cache_control?: unknown
  mcp_server_name?: string
  defer_loading?: boolean | null
}

export interface MessagesRequest {
  model: string
  messages: { role: string; content?: string | Block[] }[]
  max_tokens: number
  system?: string | Block[]
  stop_sequences?: string[]
  stream?: boolean
  temperature?: number
  top_k?: number
  top_p?: number
  thinking?: { type?: string; budget_tokens?: number; display?: unknown } | null
  tools?: Tool[]
  tool_choice?: { type: string; name?: string; disable_parallel_tool_use?: boolean } | null
  output_config?: { format?: { schema: Record<string, unknown> } | null; effort?: string | null } | null
  output_format?: { schema: Record<string, unknown> } | null
  container?: string | { id?: string | null } | null
  cache_control?: { ttl?: unknown } | null
  mcp_servers?: { name?: unknown }[] | null
}

/** Whether a request announces a beta. */
export const announcesBeta = (header: (name: string) => string | undefined, query: URLSearchParams): boolean =>
  (header('anthropic-beta') ?? '').trim() !== '' || query.get('beta') === 'true'

/** The blocks of a message; a text is one block. */
export const blocksOf = (content: string | Block[] | undefined | null): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : Array.isArray(content) ? content : []
