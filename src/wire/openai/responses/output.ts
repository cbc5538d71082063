import type { Choice, HostedUse, Reply, ToolCall } from '../../../provider/index.ts'
import type { KeptItems } from '../kept-items.ts'
import type { Item, OfferedTool, ResponsesRequest } from './request.ts'
import { callId } from '../call-id.ts'
import { pagesFor } from '../found.ts'

// Source: https://platform.openai.com/docs/api-reference/responses/object.

/** What an answer has to know of its request. */
export interface ResponsesAsked {
  request: ResponsesRequest
  /** The model, which may come from the conversation before. */
  model: string
  stream: boolean
  /** All items of the conversation before the answer. */
  items: readonly Item[]
  /** Those of them that stood before the request. */
  before: KeptItems | undefined
  /** The items that the request itself has brought. */
  added: readonly Item[]
  /** When the request came. Unix time in milliseconds. */
  createdAt: number
  /** The conversation that it goes on with. */
  conversation: string | undefined
  /** Whether a reasoning item says in a code what the model thought, so that a client may send it back. */
  encrypted: boolean
  /** Of an answer that is fetched later; else made of the answer's own id. */
  id: string | undefined
}

/** An item of the answer. */
export type OutputItem = Readonly<Record<string, unknown>> & { type: string; id: string }

/** How far an item has come. */
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** The id of a response. */
export const responseId = (reply: Pick<Reply, 'id'>, { id }: Pick<ResponsesAsked, 'id'>): string =>
  id ?? `resp_${reply.id}`

/** Opaque, and of the length that such texts have. */
const sealed = (id: string): string => `gAAAAAB${Buffer.from(`${id}${id}${id}${id}`).toString('base64url')}`

/** What the model thought. */
export const reasoningItem = (
  reply: Reply,
  { request, encrypted }: ResponsesAsked,
  text: string | undefined,
  status?: ItemStatus,
): OutputItem => ({
  id: `rs_${reply.id}`,
  type: 'reasoning',
  summary: text !== undefined && request.reasoning?.summary ? [{ type: 'summary_text', text }] : [],
  ...(encrypted && { encrypted_content: sealed(reply.id) }),
  ...(status && { status }),
})

/** What a tool of the service did. */
export function hostedItem({ kind, id, name, query }: HostedUse, status: string): OutputItem {
  switch (kind) {
    case 'file_search':
      return { id: `fs_${id}`, type: 'file_search_call', status, queries: [query], results: null }
    case 'code_interpreter':
      return {
        id: `ci_${id}`,
        type: 'code_interpreter_call',
        status,
        code: query,
        container_id: `cntr_${id}`,
        outputs: null,
      }
    case 'mcp':
      return {
        id: `mcp_${id}`,
        type: 'mcp_call',
        status,
        server_label: name,
        name: 'search',
        arguments: JSON.stringify({ query }),
        output: status === 'completed' ? JSON.stringify({ results: [] }) : null,
        error: null,
        approval_request_id: null,
      }
    case 'image_generation':
      return { id: `ig_${id}`, type: 'image_generation_call', status, result: status === 'completed' ? PIXEL : null }
    default:
      return {
        id: `ws_${id}`,
        type: 'web_search_call',
        status,
        action: { type: 'search', query, queries: [query] },
      }
  }
}

/** A picture of one pixel, in base64. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Sources of a text for which the web was searched. */
export const annotationsOf = (choice: Pick<Choice, 'text' | 'hosted'>): object[] =>
  choice.text === '' ? [] : pagesFor(choice).map((page) => ({ type: 'url_citation', ...page }))

/** A part of a message: a text, or a refusal. */
export const contentPart = (refused: boolean, text: string, annotations: readonly object[]): object =>
  refused ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations, logprobs: [] }

/** What the model says. */
export const messageItem = (reply: Reply, content: readonly object[], status: ItemStatus): OutputItem => ({
  id: `msg_${reply.id}`,
  type: 'message',
  status,
  role: 'assistant',
  content,
})

/** A tool that the client is to run. */
export const callItem = (reply: Reply, index: number, call: ToolCall, given: string, status: ItemStatus): OutputItem =>
  call.custom
    ? {
        id: `ctc_${reply.id}${index}`,
        type: 'custom_tool_call',
        status,
        call_id: callId(call),
        name: call.name,
        input: given,
      }
    : {
        id: `fc_${reply.id}${index}`,
        type: 'function_call',
        status,
        call_id: callId(call),
        name: call.name,
        arguments: given,
      }

/** Whether an answer has ended before it was whole. */
const isCut = ({ finish }: Choice): boolean => finish === 'length' || finish === 'content_filter'

/** Whether the model has thought, told or not. */
export const hasThought = ({ reasoning, reasoningTokens = 0 }: Choice): boolean =>
  reasoning !== undefined || reasoningTokens > 0

/** All items of an answer. */
export function outputOf(reply: Reply, asked: ResponsesAsked): OutputItem[] {
  const [choice] = reply.choices
  const { text, toolCalls, hosted = [], finish } = choice
  const last: ItemStatus = isCut(choice) ? 'incomplete' : 'completed'
  return [
    ...(hasThought(choice) ? [reasoningItem(reply, asked, choice.reasoning)] : []),
    ...hosted.map((use) => hostedItem(use, 'completed')),
    ...(text === ''
      ? []
      : [
          messageItem(
            reply,
            [contentPart(finish === 'refusal', text, annotationsOf(choice))],
            toolCalls.length > 0 ? 'completed' : last,
          ),
        ]),
    ...toolCalls.map((call, index) =>
      callItem(reply, index, call, call.arguments, index === toolCalls.length - 1 ? last : 'completed'),
    ),
  ]
}

/** Tokens, as Responses tell of them. */
export const usageOf = ({ usage }: Reply): object => ({
  input_tokens: usage.input,
  input_tokens_details: { cache_write_tokens: 0, cached_tokens: usage.cachedInput },
  output_tokens: usage.output,
  output_tokens_details: { reasoning_tokens: usage.reasoning },
  total_tokens: usage.input + usage.output,
})

/** How a response stands. */
export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled'

/** A tool as a response repeats it: the service fills in what a function leaves out. */
const asOffered = (tool: OfferedTool): OfferedTool =>
  tool.type === 'function' ? { ...tool, strict: tool.strict ?? true } : tool

/** The response without what the model has said: it repeats what was asked. */
export function responseBody(
  id: string,
  { request, model, conversation, createdAt }: ResponsesAsked,
  status: ResponseStatus,
): Record<string, unknown> & { status: ResponseStatus } {
  return {
    id,
    object: 'response',
    created_at: Math.floor(createdAt / 1_000),
    status,
    background: request.background ?? false,
    completed_at: null,
    access_programs: null,
    error: null,
    frequency_penalty: 0,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: request.previous_response_id ?? null,
    ...(conversation !== undefined && { conversation: { id: conversation } }),
    prompt_cache_key: request.prompt_cache_key ?? null,
    prompt_cache_retention: request.prompt_cache_retention ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: request.service_tier ?? 'default',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' }, verbosity: request.text?.verbosity ?? 'medium' },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map(asOffered),
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? 1,
    truncation: request.truncation ?? 'disabled',
    usage: null,
    user: request.user ?? null,
    metadata: request.metadata ?? {},
  }
}

/** The whole response. */
export function finishedBody(reply: Reply, asked: ResponsesAsked): Record<string, unknown> {
  const [choice] = reply.choices
  const body = responseBody(responseId(reply, asked), asked, isCut(choice) ? 'incomplete' : 'completed')
  const reason = choice.finish === 'length' ? 'max_output_tokens' : 'content_filter'
  return {
    ...body,
    completed_at: isCut(choice) ? null : Math.floor((reply.endedAt ?? reply.createdAt) / 1_000),
    incomplete_details: isCut(choice) ? { reason } : null,
    output: outputOf(reply, asked),
    usage: usageOf(reply),
  }
}
