import type { CallRequest, HostedTool } from '../../provider/index.ts'
import { chat as openaiChat } from '../openai/chat/index.ts'
import { isWithoutKey } from '../openai/errors.ts'
import { isBad, type BadRequest, type Generation, type Parsed, type WireRequest } from '../service.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { completionOf, MistralStream, type MistralAsked } from './answer.ts'
import { commonHeaders, invalidField } from './errors.ts'
import { historyProblem } from './history.ts'
import { CHAT_REQUEST, FIM_REQUEST, type ChatMessage } from './request.ts'

/** Models that think before they answer. */
const THINKS = /^magistral/
/** Tools that Mistral runs itself. */
const HOSTED: Readonly<Record<string, string>> = {
  web_search: 'web_search',
  web_search_premium: 'web_search',
  code_interpreter: 'code_interpreter',
  document_library: 'file_search',
}

const shapeProblem = ({ strict, body, header }: WireRequest, shape: Shape): BadRequest | undefined => {
  if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
  const problem = problemOf(shapeFor(shape, strict), body)
  return problem && invalidField(problem, body)
}

/** A message as OpenAI would have it: there arguments are always text. */
function translated(message: ChatMessage): object {
  if (message.role !== 'assistant') return { ...message, content: message.content ?? '', tool_calls: undefined }
  const calls = message.tool_calls?.map(({ id = '', function: { name, arguments: given } }) => ({
    id,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }))
  return { ...message, tool_calls: calls }
}

const hostedOf = (tools: unknown): HostedTool[] =>
  (Array.isArray(tools) ? (tools as { type?: unknown }[]) : []).flatMap((tool) => {
    const kind = typeof tool?.type === 'string' ? HOSTED[tool.type] : undefined
    return kind === undefined ? [] : [{ kind, name: kind }]
  })

const headOf: Generation<MistralAsked>['head'] = (reply, limits, { stream }) => ({
  status: 200,
  headers: {
    'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
    ...commonHeaders(reply.id, limits),
  },
})

/** Both ways to ask are answered alike. */
const ANSWERS = {
  kind: 'generation',
  method: 'POST',
  callerHints: openaiChat.callerHints,
  head: headOf,
  whole: (reply, asked) => JSON.stringify(completionOf(reply, asked)),
  stream: (reply, asked) => new MistralStream(reply, asked),
} as const satisfies Partial<Generation<MistralAsked>>

/** A request in Mistral's format by way of OpenAI's, which it is near to. */
function parsedAs(
  wire: WireRequest,
  operation: string,
  body: Record<string, unknown>,
): Parsed<MistralAsked> | BadRequest {
  const parsed = openaiChat.parse({ ...wire, strict: false, body })
  if (isBad(parsed)) return parsed
  const call: CallRequest = { ...parsed.call, operation }
  return { call, asked: { stream: call.stream, prefix: '' } }
}

/** Mistral's chat. */
export const chat: Generation<MistralAsked> = {
  ...ANSWERS,
  path: '/v1/chat/completions',
  operation: 'chat.completions',
  parse(wire) {
    const { body, strict } = wire
    const problem = shapeProblem(wire, CHAT_REQUEST)
    if (problem) return problem
    const messages = body['messages'] as ChatMessage[]
    const broken = strict ? historyProblem(messages) : undefined
    if (broken) return broken
    const choice = body['tool_choice'] === 'any' ? 'required' : body['tool_choice']
    const parsed = parsedAs(wire, 'chat.completions', {
      ...body,
      messages: messages.map(translated),
      tool_choice: choice,
    })
    if (isBad(parsed)) return parsed
    const { call, asked } = parsed
    const hosted = hostedOf(body['tools'])
    if (hosted.length > 0) call.hosted = hosted
    const effort = body['reasoning_effort']
    if (THINKS.test(call.model) || (typeof effort === 'string' && effort !== 'none'))
      call.reasoning = typeof effort === 'string' ? { effort } : {}
    const last = messages.at(-1)
    if (last?.role === 'assistant' && last.prefix && typeof last.content === 'string') asked.prefix = last.content
    return { call, asked }
  },
}

/** Mistral's completion of code between a beginning and an end. */
export const fim: Generation<MistralAsked> = {
  ...ANSWERS,
  path: '/v1/fim/completions',
  operation: 'fim.completions',
  parse(wire) {
    const problem = shapeProblem(wire, FIM_REQUEST)
    if (problem) return problem
    const { prompt, suffix, ...body } = wire.body
    const content = typeof suffix === 'string' ? `${String(prompt)}\n${suffix}` : prompt
    return parsedAs(wire, 'fim.completions', { ...body, messages: [{ role: 'user', content }] })
  },
}
