import type { CallRequest, ReasoningRequest, ToolChoice, ToolDefinition } from '../../../provider/index.ts'
import { retryCountOf, type Generation } from '../../service.ts'
import { problemOf, shapeFor } from '../../shape.ts'
import { isWithoutKey, openaiProblem } from '../errors.ts'
import { chatHints } from '../hints.ts'
import { defaultEffort, isReasoningModel } from '../model-rules.ts'
import { completionOf, type ChatAsked } from './answer.ts'
import { messageOf } from './history.ts'
import { CHAT_REQUEST, MAX_CHOICES, type ChatRequest } from './request.ts'
import { contradictionIn } from './rules.ts'
import { keepChat } from './stored.ts'
import { ChatStream } from './stream.ts'
import { answerHead } from '../answer-head.ts'

// Source: https://platform.openai.com/docs/api-reference/chat (create, streaming).

/** Alternatives that are told of a token, whatever a vendor lets through. */
const MAX_ALTERNATIVES = 20
const NONE: readonly ToolDefinition[] = []

function toolsOf({ tools, functions }: ChatRequest): readonly ToolDefinition[] {
  if (!tools && !functions) return NONE
  const definition = ({ name, description = '', parameters }: NonNullable<ChatRequest['functions']>[number]) => ({
    name,
    description,
    parameters: parameters ?? {},
  })
  if (!tools) return (functions ?? []).map(definition)
  return tools.flatMap(({ type = 'function', function: tool, custom }): ToolDefinition[] => {
    if (type === 'custom' && typeof custom?.name === 'string')
      return [{ name: custom.name, description: custom.description ?? '', parameters: {}, custom: true }]
    return type === 'function' && typeof tool?.name === 'string' ? [definition(tool)] : []
  })
}

function toolChoiceOf({ tool_choice: choice, function_call: legacy }: ChatRequest): ToolChoice {
  if (typeof legacy === 'object' && typeof legacy?.name === 'string') return { kind: 'tool', name: legacy.name }
  if (legacy === 'none') return { kind: 'none' }
  if (choice === 'none' || choice === 'required') return { kind: choice }
  if (typeof choice !== 'object' || choice === null) return { kind: 'auto' }
  const allowed = choice.allowed_tools
  if (allowed) {
    const among = (Array.isArray(allowed.tools) ? allowed.tools : []).flatMap(
      (tool) => tool?.function?.name ?? tool?.custom?.name ?? [],
    )
    return { kind: allowed.mode === 'required' ? 'required' : 'auto', among }
  }
  const name = choice.function?.name ?? choice.custom?.name
  return typeof name === 'string' ? { kind: 'tool', name } : { kind: 'auto' }
}

function schemaOf(format: ChatRequest['response_format']): CallRequest['responseSchema'] {
  if (format?.type === 'json_object') return true
  return format?.type === 'json_schema' ? (format.json_schema?.schema ?? true) : undefined
}

/** Some vendors take a limit of -1 for none. */
const limitOf = (tokens: number | null | undefined): number | undefined =>
  tokens != null && tokens > 0 ? tokens : undefined

function reasoningOf({ model, reasoning_effort: given }: ChatRequest): ReasoningRequest | undefined {
  if (!isReasoningModel(model)) return undefined
  const effort = given ?? defaultEffort(model)
  return effort === 'none' ? undefined : { effort }
}

/** OpenAI Chat Completions. */
export const chat: Generation<ChatAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/chat/completions',
  operation: 'chat.completions',
  callerHints: chatHints,

  parse({ provider, body, strict, fingerprint, header }) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(shapeFor(CHAT_REQUEST, strict), body)
    if (problem) return openaiProblem(problem)
    const request = body as unknown as ChatRequest
    const wrong = strict ? contradictionIn(request) : undefined
    if (wrong) return wrong
    const { stop, logprobs, top_logprobs: alternatives = 0 } = request
    const stream = request.stream ?? false
    const reasoning = reasoningOf(request)
    const call: CallRequest = {
      provider,
      operation: chat.operation,
      model: request.model,
      messages: request.messages.map(messageOf),
      tools: toolsOf(request),
      toolChoice: toolChoiceOf(request),
      responseSchema: schemaOf(request.response_format),
      stream,
      maxOutputTokens: limitOf(request.max_completion_tokens ?? request.max_tokens),
      stop: typeof stop === 'string' ? [stop] : (stop ?? []),
      choices: Math.min(Math.max(1, request.n ?? 1), MAX_CHOICES),
      callerHints: chatHints(body),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
    const strictTools = (request.tools ?? []).flatMap(({ function: tool }) => (tool?.strict ? tool.name : []))
    const isStrict = request.response_format?.json_schema?.strict === true
    if (isStrict || strictTools.length > 0) call.strict = { response: isStrict, tools: strictTools }
    if (request.parallel_tool_calls === false || request.functions) call.parallelToolCalls = false
    if (request.web_search_options) call.hosted = [{ kind: 'web_search', name: 'web_search' }]
    if (reasoning) call.reasoning = reasoning
    const asked: ChatAsked = {
      stream,
      streamUsage: request.stream_options?.include_usage ?? false,
      functions: Boolean(request.functions),
      logprobs: logprobs ? Math.min(MAX_ALTERNATIVES, Math.max(0, alternatives ?? 0)) : undefined,
      stored: request.store ? { messages: request.messages, metadata: body['metadata'] ?? null } : undefined,
      serviceTier: request.service_tier && request.service_tier !== 'auto' ? request.service_tier : 'default',
    }
    return { call, asked }
  },

  head: answerHead,

  whole: (reply, asked) => JSON.stringify(completionOf(reply, asked)),
  stream: (reply, asked) => new ChatStream(reply, asked),
  keep: keepChat,
}
