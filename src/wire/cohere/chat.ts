import type { CallRequest, Message, ToolChoice, ToolDefinition } from '../../provider/index.ts'
import { isWithoutKey } from '../openai/errors.ts'
import { retryCountOf, type Generation } from '../service.ts'
import { problemOf, shapeFor } from '../shape.ts'
import { FINISH, messageOf as answeredOf, usageOf, type CitedDocument, type CohereAsked } from './answer.ts'
import { commonHeaders, fieldProblem } from './errors.ts'
import { historyProblem } from './history.ts'
import { CHAT_REQUEST, type Block, type ChatMessage, type ChatRequest } from './request.ts'
import { CohereStream } from './stream.ts'

/** Tokens of an image: https://docs.cohere.com/docs/image-inputs, at high detail. */
const IMAGE_TOKENS = 1_280

/** Models that think unless they are told not to. */
const THINKS = /reasoning/

const textOfDocument = (document: Block['document']): string => {
  const { data } = document ?? {}
  return typeof data === 'string' ? data : data === undefined ? '' : JSON.stringify(data)
}

/** Messages in roles that only a vendor knows may hold anything. */
const isList = (content: unknown): content is Block[] =>
  Array.isArray(content) && content.every((block) => typeof block === 'object' && block !== null)

const blocksOf = (content: ChatMessage['content']): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : isList(content) ? content : []

const ROLES: Readonly<Record<string, Message['role']>> = { system: 'system', assistant: 'assistant', tool: 'tool' }

function messageOf({ role, content, tool_calls: calls, tool_plan: plan }: ChatMessage): Message {
  const blocks = blocksOf(content)
  const text = blocks
    .map((block) => (typeof block.text === 'string' ? block.text : textOfDocument(block.document)))
    .join('')
  const images = blocks.filter(({ type }) => type === 'image_url').length
  const toolCalls = role === 'assistant' ? (calls ?? []).map(({ id, function: called }) => ({ id, ...called })) : []
  const message: Message = {
    role: ROLES[role] ?? 'user',
    text: typeof plan === 'string' ? plan + text : text,
    toolCalls,
    cacheBreakpoint: false,
  }
  return images > 0 ? { ...message, mediaTokens: images * IMAGE_TOKENS } : message
}

function toolsOf({ tools }: ChatRequest): ToolDefinition[] {
  return (tools ?? []).flatMap(({ function: tool }) =>
    typeof tool?.name === 'string'
      ? [
          {
            name: tool.name,
            description: typeof tool.description === 'string' ? tool.description : '',
            parameters: tool.parameters ?? {},
          },
        ]
      : [],
  )
}

const toolChoiceOf = ({ tool_choice: choice }: ChatRequest): ToolChoice =>
  choice === 'REQUIRED' ? { kind: 'required' } : { kind: choice === 'NONE' ? 'none' : 'auto' }

function documentsOf({ documents, citation_options: options, messages }: ChatRequest): CitedDocument[] {
  if (typeof options?.mode === 'string' && options.mode.toUpperCase() === 'OFF') return []
  const given = (documents ?? []).map((document, index): CitedDocument => {
    const id = typeof document === 'object' && typeof document.id === 'string' ? document.id : `doc:${index}`
    const data = typeof document === 'string' ? { content: document } : (document.data ?? document)
    return { id, document: typeof data === 'object' ? { id, ...data } : { id, content: data } }
  })
  const last = messages.at(-1)
  const ofTool = last?.role === 'tool' ? blocksOf(last.content).filter(({ type }) => type === 'document') : []
  const found = ofTool.map(({ document }, index): CitedDocument => {
    const id = `${last!.tool_call_id}:${index}`
    return { id, document: { id, content: textOfDocument(document) } }
  })
  return [...given, ...found]
}

/** What is read before the conversation: documents are part of the prompt. */
const documentsText = ({ documents }: ChatRequest): string =>
  (documents ?? []).map((document) => (typeof document === 'string' ? document : JSON.stringify(document))).join('\n')

/** Cohere's chat. */
export const chat: Generation<CohereAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/v2/chat',
  operation: 'chat',
  callerHints: () => [],

  parse({ provider, body, strict, header, fingerprint }) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(shapeFor(CHAT_REQUEST, strict), body)
    if (problem) return fieldProblem(problem)
    const request = body as unknown as ChatRequest
    const broken = strict ? historyProblem(request.messages) : undefined
    if (broken) return broken
    const { response_format: format, thinking, max_tokens: limit } = request
    const read = documentsText(request)
    const said = request.messages.map(messageOf)
    const stream = request.stream ?? false
    const call: CallRequest = {
      provider,
      operation: chat.operation,
      model: request.model,
      messages: read === '' ? said : [{ role: 'system', text: read, toolCalls: [], cacheBreakpoint: false }, ...said],
      tools: toolsOf(request),
      toolChoice: toolChoiceOf(request),
      responseSchema: format?.type === 'json_object' ? (format.json_schema ?? format.schema ?? true) : undefined,
      stream,
      maxOutputTokens: limit != null && limit > 0 ? limit : undefined,
      stop: request.stop_sequences ?? [],
      choices: 1,
      callerHints: [],
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
    const budget = thinking?.token_budget
    if (thinking?.type === 'enabled' || (thinking?.type !== 'disabled' && THINKS.test(request.model)))
      call.reasoning = budget == null ? {} : { budget }
    return { call, asked: { stream, documents: documentsOf(request) } }
  },

  head: (reply, _limits, { stream }) => ({
    status: 200,
    headers: {
      'content-type': stream ? 'text/event-stream' : 'application/json',
      ...commonHeaders(reply.id),
    },
  }),

  whole(reply, asked) {
    const [choice] = reply.choices
    return JSON.stringify({
      id: reply.id,
      finish_reason: FINISH[choice.finish],
      message: answeredOf(choice, asked),
      usage: usageOf(reply),
    })
  },

  stream: (reply, asked) => new CohereStream(reply, asked),
}
