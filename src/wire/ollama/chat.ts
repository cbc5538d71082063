import type { Message, ToolCall, ToolDefinition } from '../../provider/index.ts'
import type { Generation } from '../service.ts'
import { problemOf } from '../shape.ts'
import { fieldProblem } from './errors.ts'
import { callOf, CHAT_REQUEST, messageOf } from './request.ts'
import { answersIn, type OllamaAsked } from './stream.ts'

interface ChatMessage {
  role: string
  content?: string | null
  images?: string[] | null
  tool_calls?: { id?: unknown; function?: { name?: unknown; arguments?: unknown } }[] | null
}

const ROLES: Readonly<Record<string, Message['role']>> = { system: 'system', assistant: 'assistant', tool: 'tool' }

/** Calls have no ids here. */
const calledIn = ({ tool_calls: calls }: ChatMessage): ToolCall[] =>
  (calls ?? []).map(({ id, function: called }, index) => ({
    id: typeof id === 'string' ? id : String(index),
    name: typeof called?.name === 'string' ? called.name : '',
    arguments: JSON.stringify(called?.arguments ?? {}),
  }))

const saidIn = (message: ChatMessage): Message => ({
  ...messageOf(ROLES[message.role] ?? 'user', message.content ?? '', message.images),
  toolCalls: message.role === 'assistant' ? calledIn(message) : [],
})

const toolsOf = (tools: unknown): ToolDefinition[] =>
  ((tools ?? []) as { function?: { name?: unknown; description?: unknown; parameters?: unknown } | null }[]).flatMap(
    ({ function: tool }) =>
      typeof tool?.name === 'string'
        ? [
            {
              name: tool.name,
              description: typeof tool.description === 'string' ? tool.description : '',
              parameters: (typeof tool.parameters === 'object' && tool.parameters
                ? tool.parameters
                : {}) as ToolDefinition['parameters'],
            },
          ]
        : [],
  )

/** What a tool is called with; nothing where the answer was cut within it. */
function inputOf({ arguments: text }: ToolCall): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return {}
  }
}

const calledOf = (call: ToolCall, index: number) => ({
  id: `call_${call.id}`,
  function: { index, name: call.name, arguments: inputOf(call) },
})

/** Ollama's chat. */
export const chat: Generation<OllamaAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/api/chat',
  operation: 'chat',
  callerHints: () => [],
  parse(wire) {
    const problem = problemOf(CHAT_REQUEST, wire.body)
    if (problem) return fieldProblem(problem)
    const messages = (wire.body['messages'] ?? []) as ChatMessage[]
    const call = callOf(wire, 'chat', messages.map(saidIn), toolsOf(wire.body['tools']))
    const loads = messages.length === 0
    if (loads) call.maxOutputTokens = 0
    return { call, asked: { stream: call.stream, loads } }
  },
  ...answersIn({
    part: ({ text = '', thinking, calls }) => ({
      message: {
        role: 'assistant',
        content: text,
        ...(thinking !== undefined && { thinking }),
        ...(calls && { tool_calls: calls.map(calledOf) }),
      },
    }),
    end: {},
  }),
}
