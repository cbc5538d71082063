import { ANY, having, type Field, type Shape } from '../../shape.ts'
import { EFFORTS } from '../model-rules.ts'
import { RETENTIONS } from '../retentions.ts'
import { TOOL_NAME } from '../tool-name.ts'

// Source of shapes: https://platform.openai.com/docs/api-reference/responses/create.

const OPEN: Shape = { type: 'object', fields: {}, open: true }

/** An object with these fields beside its type. Values of those that are not read are the client's own. */
const typed = (names: string, read: Readonly<Record<string, Field>> = {}): Shape => having(`type ${names}`, read)
const eachTyped = (kinds: Readonly<Record<string, string>>): Record<string, Shape> =>
  Object.fromEntries(Object.entries(kinds).map(([kind, names]) => [kind, typed(names)]))

const STRING: Field = { type: 'string', required: true }

/** Parts of a message. */
const PART: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    input_text: typed('prompt_cache_breakpoint', { text: STRING }),
    output_text: typed('annotations logprobs', { text: STRING }),
    refusal: typed('', { refusal: STRING }),
    input_image: typed('detail file_id image_url prompt_cache_breakpoint'),
    input_file: typed('detail file_data file_id file_url filename prompt_cache_breakpoint'),
    input_audio: typed('input_audio'),
    summary_text: typed('', { text: STRING }),
    reasoning_text: typed('', { text: STRING }),
    computer_screenshot: typed('detail file_id image_url'),
  },
}
const CONTENT: Shape = { type: 'either', of: [{ type: 'string' }, { type: 'array', items: PART }] }

const CALL_ID_TEXT: Shape = { type: 'string', least: 1, most: 64 }
const CALL_ID: Field = { ...CALL_ID_TEXT, required: true }
const OUTPUT: Field = { type: 'either', of: [{ type: 'string' }, { type: 'array', items: OPEN }], required: true }

/** Items that are read. */
const ITEMS: Readonly<Record<string, Shape>> = {
  message: typed('id phase status', {
    role: { type: 'string', among: ['assistant', 'system', 'developer', 'user'], required: true },
    content: { ...CONTENT, required: true },
  }),
  function_call: typed('id async caller namespace status', { call_id: CALL_ID, name: TOOL_NAME, arguments: STRING }),
  // One that a tool gives of itself answers no call, and names its tool.
  function_call_output: typed('id caller name namespace status', { call_id: CALL_ID_TEXT, output: OUTPUT }),
  custom_tool_call: typed('id async caller namespace status', { call_id: CALL_ID, name: TOOL_NAME, input: STRING }),
  custom_tool_call_output: typed('id caller status', { call_id: CALL_ID, output: OUTPUT }),
  reasoning: typed('id content encrypted_content status', {
    summary: { type: 'array', items: OPEN, required: true },
  }),
  item_reference: typed('', { id: STRING }),
}
/** Items that are let through as they are. */
const OTHER_ITEMS = eachTyped({
  file_search_call: 'id queries status results',
  computer_call: 'id call_id pending_safety_checks status action actions',
  computer_call_output: 'call_id output id acknowledged_safety_checks status',
  web_search_call: 'id action status',
  tool_search_call: 'arguments id call_id execution status',
  tool_search_output: 'tools id call_id execution status',
  additional_tools: 'role tools id',
  configuration_update: 'id reasoning text',
  compaction: 'encrypted_content id',
  compaction_trigger: 'id',
  image_generation_call: 'id result status action background error output_format quality revised_prompt size svg_usage',
  code_interpreter_call: 'id code container_id outputs status',
  local_shell_call: 'id action call_id status',
  local_shell_call_output: 'id output status call_id',
  shell_call: 'action call_id id caller environment status',
  shell_call_output: 'call_id output id caller max_output_length status',
  apply_patch_call: 'call_id operation status id caller',
  apply_patch_call_output: 'call_id status id caller output',
  mcp_list_tools: 'id server_label tools error',
  mcp_approval_request: 'id arguments name server_label',
  mcp_approval_response: 'approval_request_id approve id reason request_id',
  mcp_call: 'id arguments name server_label approval_request_id error output status',
  program: 'id call_id code fingerprint',
  program_output: 'id call_id result status',
})
/** One item of an input, or of a conversation. */
export const INPUT_ITEM: Shape = {
  type: 'tagged',
  tag: 'type',
  of: { ...ITEMS, ...OTHER_ITEMS },
  untagged: [ITEMS['message']!, ITEMS['item_reference']!],
}

const WEB_SEARCH = 'external_web_access filters search_content_types search_context_size user_location'
const WEB_SEARCH_PREVIEW = 'search_content_types search_context_size user_location'

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
    custom: typed('allowed_callers async defer_loading description format', { name: TOOL_NAME }),
    ...eachTyped({
      file_search: 'vector_store_ids filters max_num_results ranking_options',
      computer: '',
      computer_use_preview: 'display_height display_width environment',
      web_search: WEB_SEARCH,
      web_search_2025_08_26: WEB_SEARCH,
      web_search_preview: WEB_SEARCH_PREVIEW,
      web_search_preview_2025_03_11: WEB_SEARCH_PREVIEW,
      mcp:
        'server_label allowed_callers allowed_tools authorization connector_id defer_loading headers require_approval ' +
        'server_description server_url tunnel_id',
      code_interpreter: 'container allowed_callers',
      programmatic_tool_calling: '',
      image_generation:
        'action background complexity frame_count frame_duration_ms input_fidelity input_image_mask model moderation ' +
        'output_compression output_format partial_images quality size svg',
      local_shell: '',
      shell: 'allowed_callers environment',
      namespace: 'description name tools',
      tool_search: 'description execution parameters',
      apply_patch: 'allowed_callers',
    }),
  },
}

/** Which tool the model is to call. */
const CHOICE: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    allowed_tools: typed('mode', { tools: { type: 'array', items: OPEN } }),
    ...eachTyped({
      function: 'name',
      custom: 'name',
      mcp: 'server_label name',
      file_search: '',
      computer: '',
      computer_use: '',
      computer_use_preview: '',
      code_interpreter: '',
      image_generation: '',
      web_search: '',
      web_search_preview: '',
      web_search_preview_2025_03_11: '',
      programmatic_tool_calling: '',
      apply_patch: '',
      shell: '',
    }),
  },
}

const FORMAT: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    text: typed(''),
    json_object: typed(''),
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
  ...['prompt_cache_key', 'prompt_cache_options', 'safety_identifier'],
  ...['stream_options', 'user', 'client_metadata'],
]

/** What an answer may bring beside what it always has. */
const INCLUDABLE = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
]

/** Characters of a key or value, and the number of pairs, are the service's own business. */
const MIN_OUTPUT_TOKENS = 16

/** What a request must be. */
export const RESPONSES_REQUEST = {
  type: 'object',
  fields: {
    model: { type: 'string' },
    input: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: INPUT_ITEM }] },
    instructions: { type: 'string' },
    background: { type: 'boolean' },
    include: { type: 'array', items: { type: 'string', among: INCLUDABLE } },
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
      of: [{ type: 'string', among: ['none', 'auto', 'required'] }, CHOICE],
    },
    tools: { type: 'array', items: TOOL },
    service_tier: {
      type: 'string',
      among: ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'],
    },
    prompt_cache_retention: { type: 'string', among: RETENTIONS },
    truncation: { type: 'string', among: ['auto', 'disabled'] },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
} satisfies Shape

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
