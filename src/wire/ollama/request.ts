import type { CallRequest, Message, ReasoningRequest, ToolDefinition } from '../../provider/index.ts'
import { retryCountOf, type WireRequest } from '../service.ts'
import { ANY, relaxed, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://github.com/ollama/ollama/blob/main/docs/api.md.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const IMAGES: Field = { type: 'array', items: { type: 'string' } }
const COMMON: Readonly<Record<string, Field>> = {
  model: { type: 'string', required: true },
  stream: { type: 'boolean' },
  format: { type: 'either', of: [{ type: 'string' }, OPEN] },
  think: { type: 'either', of: [{ type: 'boolean' }, { type: 'string' }] },
  options: {
    type: 'object',
    fields: {
      num_predict: { type: 'integer' },
      stop: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    },
    open: true,
  },
}

/** What a request for a chat must be. Ollama itself does not mind fields that it does not know. */
export const CHAT_REQUEST: Shape = relaxed({
  type: 'object',
  fields: {
    ...COMMON,
    messages: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          role: { type: 'string', required: true },
          content: { type: 'string' },
          images: IMAGES,
          tool_calls: { type: 'array', items: OPEN },
          tool_name: { type: 'string' },
          thinking: { type: 'string' },
        },
      },
    },
    tools: { type: 'array', items: { type: 'object', fields: { type: ANY, function: OPEN } } },
  },
})

/** What a request for a text must be. */
export const GENERATE_REQUEST: Shape = relaxed({
  type: 'object',
  fields: {
    ...COMMON,
    prompt: { type: 'string' },
    suffix: { type: 'string' },
    system: { type: 'string' },
    images: IMAGES,
  },
})

/** Tokens of an image: that of most models that see. */
const IMAGE_TOKENS = 576

/** What both ways to ask have in common. */
export interface CommonRequest {
  model: string
  stream?: boolean | null
  format?: string | Record<string, unknown> | null
  think?: boolean | string | null
  options?: { num_predict?: number | null; stop?: string | string[] | null } | null
}

/** A message, with its images. */
export const messageOf = (
  role: Message['role'],
  text: string,
  images: readonly string[] | null | undefined,
): Message => ({
  role,
  text,
  toolCalls: [],
  cacheBreakpoint: false,
  ...(images?.length && { mediaTokens: images.length * IMAGE_TOKENS }),
})

const reasoningOf = (think: CommonRequest['think']): ReasoningRequest | undefined => {
  if (!think) return undefined
  return typeof think === 'string' ? { effort: think } : {}
}

/** A request as the provider takes it. */
export function callOf(
  { provider, header, fingerprint, body }: WireRequest,
  operation: string,
  messages: readonly Message[],
  tools: readonly ToolDefinition[] = [],
): CallRequest {
  const { model, stream, format, think, options } = body as unknown as CommonRequest
  const { num_predict: limit, stop } = options ?? {}
  const reasoning = reasoningOf(think)
  return {
    provider,
    operation,
    model,
    messages,
    tools,
    toolChoice: { kind: 'auto' },
    responseSchema: format === 'json' ? true : typeof format === 'object' ? (format ?? undefined) : undefined,
    // An answer is streamed unless the request says otherwise.
    stream: stream ?? true,
    ...(reasoning && { reasoning }),
    maxOutputTokens: limit != null && limit > 0 ? limit : undefined,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    choices: 1,
    callerHints: [],
    retryCount: retryCountOf(header),
    fingerprint,
  }
}
