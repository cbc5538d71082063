import { ANY, type Field, type Shape } from '../../shape.ts'
import { EFFORTS } from '../model-rules.ts'
import { TOOL_NAME } from '../tool-name.ts'

// Source of shapes: https://platform.openai.com/docs/api-reference/responses/create.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const TEXT: Shape = { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } }, open: true }

/** Parts of a message. */
const PART: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    input_text: TEXT,
    output_text: TEXT,
    refusal: { type: 'object', fields: { type: ANY, refusal: { type: 'string', required: true } }, open: true },
    input_image: OPEN,
    input_file: OPEN,
    input_audio: OPEN,
    summary_text: TEXT,
    reasoning_text: TEXT,
    computer_screenshot: OPEN,
  },
}
const CONTENT: Shape = { type: 'either', of: [{ type: 'string' }, { type: 'array', items: PART }] }

const item = (fields: Readonly<Record<string, Field>>): Shape => ({
  type: 'object',
  fields: { type: ANY, ...fields },
  open: true,
})
const STRING: Field = { type: 'string', required: true }
const CALL_ID_TEXT: Shape = { type: 'string', least: 1, most: 64 }
const CALL_ID: Field = { ...CALL_ID_TEXT, required: true }
const OUTPUT: Field = { type: 'either', of: [{ type: 'string' }, { type: 'array', items: OPEN }], required: true }

/** Items that are read; others are let through as they are. */
const ITEMS: Readonly<Record<string, Shape>> = {
  message: item({
    role: { type: 'string', among: ['assistant', 'system', 'developer', 'user'], required: true },
    content: { ...CONTENT, required: true },
  }),
  function_call: item({ call_id: CALL_ID, name: TOOL_NAME, arguments: STRING }),
  // One that a tool gives of itself answers no call, and names its tool.
  function_call_output: item({ call_id: CALL_ID_TEXT, output: OUTPUT }),
  custom_tool_call: item({ call_id: CALL_ID, name: TOOL_NAME, input: STRING }),
  custom_tool_call_output: item({ call_id: CALL_ID, output: OUTPUT }),
  reasoning: item({ summary: { type: 'array', items: OPEN, required: true } }),
  item_reference: item({ id: STRING }),
}
const OTHER_ITEMS = [
  ...['file_search_call', 'web_search_call', 'computer_call', 'computer_call_output', 'image_generation_call'],
  ...['code_interpreter_call', 'local_shell_call', 'local_shell_call_output', 'shell_call', 'shell_call_output'],
  ...['apply_patch_call', 'apply_patch_call_output', 'mcp_list_tools', 'mcp_approval_request', 'mcp_approval_response'],
  ...['mcp_call', 'compaction', 'compaction_trigger', 'tool_search_call', 'tool_search_output', 'additional_tools'],
  ...['program', 'program_output', 'configuration_update'],
]
/** One item of an input, or of a conversation. */
export const INPUT_ITEM: Shape = {
  type: 'tagged',
  tag: 'type',
  of: { ...ITEMS, ...Object.fromEntries(OTHER_ITEMS.map((name) => [name, OPEN])) },
  untagged: [ITEMS['message']!, ITEMS['item_reference']!],
}

const TOOL: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    function: {
      type: 'object',
      fields: {
        type: ANY,
        name: TOOL_NAME,
        description: { type: 'string' },
        parameters: OPEN,
        strict: { type: 'boolean' },
        async: { type: 'boolean' },
        defer_loading: { type: 'boolean' },
        output_schema: OPEN,
        allowed_callers: ANY,
      },
    },
    custom: item({ name: TOOL_NAME }),
    ...Object.fromEntries(
      [
        ...['file_search', 'computer', 'computer_use_preview', 'web_search', 'web_search_2025_08_26', 'mcp'],
        ...['web_search_preview', 'web_search_preview_2025_03_11', 'code_interpreter', 'programmatic_tool_calling'],
        ...['image_generation', 'local_shell', 'shell', 'namespace', 'tool_search', 'apply_patch'],
      ].map((name) => [name, OPEN]),
    ),
  },
}

const FORMAT: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    text: OPEN,
    json_object: OPEN,
    json_schema: {
      type: 'object',
      fields: {
        type: ANY,
        name: STRING,
        description: { type: 'string' },
        schema: { ...OPEN, required: true },
        strict: { type: 'boolean' },
      },
    },
  },
}

const PASSED_ON = [
  ...['access_programs', 'context_management', 'conversation', 'image', 'metadata', 'moderation', 'prompt'],
  ...['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'safety_identifier', 'service_tier'],
  ...['stream_options', 'user', 'client_metadata'],
]

/** Characters of a key or value, and the number of pairs, are the service's own business. */
const MIN_OUTPUT_TOKENS = 16

/** What a request must be. */
export const RESPONSES_REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string' },
    input: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: INPUT_ITEM }] },
    instructions: { type: 'string' },
    background: { type: 'boolean' },
    include: { type: 'array', items: { type: 'string' } },
    max_output_tokens: { type: 'integer', min: MIN_OUTPUT_TOKENS },
    max_tool_calls: { type: 'integer', min: 1 },
    parallel_tool_calls: { type: 'boolean' },
    previous_response_id: { type: 'string' },
    reasoning: {
      type: 'object',
      fields: {
        effort: { type: 'string', among: EFFORTS },
        summary: { type: 'string', among: ['auto', 'concise', 'detailed'] },
        generate_summary: { type: 'string', among: ['auto', 'concise', 'detailed'] },
        context: ANY,
        mode: ANY,
      },
    },
    store: { type: 'boolean' },
    stream: { type: 'boolean' },
    temperature: { type: 'number', min: 0, max: 2 },
    top_p: { type: 'number', min: 0, max: 1 },
    top_logprobs: { type: 'integer', min: 0, max: 20 },
    text: {
      type: 'object',
      fields: { format: FORMAT, verbosity: { type: 'string', among: ['low', 'medium', 'high'] } },
    },
    tool_choice: {
      type: 'either',
      of: [
        { type: 'string', among: ['none', 'auto', 'required'] },
        { type: 'tagged', tag: 'type', of: {}, others: true },
      ],
    },
    tools: { type: 'array', items: TOOL },
    truncation: { type: 'string', among: ['auto', 'disabled'] },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}

/** A part of a message. */
export interface ContentPart {
  type?: string
  text?: unknown
  refusal?: unknown
  image_url?: unknown
  detail?: unknown
  file_data?: unknown
  annotations?: unknown
}

/** Something in a conversation: said, called, answered, thought. */
export interface Item {
  type?: string
  id?: string
  role?: string
  status?: string
  content?: string | ContentPart[]
  call_id?: string
  name?: string
  arguments?: string
  input?: string
  output?: string | ContentPart[]
  summary?: ContentPart[]
}

/** A tool as it is offered. */
export interface OfferedTool {
  type: string
  name?: string
  description?: string
  parameters?: Record<string, unknown> | null
  strict?: boolean | null
  server_label?: string
}

/** A request that has the right shape. */
export interface ResponsesRequest {
  model?: string
  input?: string | Item[] | null
  instructions?: string | null
  background?: boolean | null
  conversation?: string | { id?: unknown } | null
  include?: string[] | null
  max_output_tokens?: number | null
  max_tool_calls?: number | null
  metadata?: Record<string, unknown> | null
  parallel_tool_calls?: boolean | null
  previous_response_id?: string | null
  prompt_cache_key?: string | null
  prompt_cache_retention?: string | null
  reasoning?: { effort?: string | null; summary?: string | null } | null
  safety_identifier?: string | null
  service_tier?: string | null
  store?: boolean | null
  stream?: boolean | null
  temperature?: number | null
  text?: {
    format?: { type: string; name?: string; schema?: Record<string, unknown>; strict?: boolean | null }
    verbosity?: string | null
  } | null
  tool_choice?:
    string | { type?: string; name?: unknown; mode?: unknown; tools?: { type?: string; name?: string }[] } | null
  tools?: OfferedTool[] | null
  top_logprobs?: number | null
  top_p?: number | null
  truncation?: string | null
  user?: string | null
}
