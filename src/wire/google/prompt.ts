import type { Message } from '../../provider/index.ts'
import type { Content, ContentRequest, Part } from './content-request.ts'
import { mediaTokensOf } from './media.ts'

const jsonOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value))

/** What a part says. Thoughts of the model are its own. */
function textOf({ text, thought, functionResponse, executableCode, codeExecutionResult }: Part): string {
  if (thought) return ''
  if (functionResponse) return jsonOf(functionResponse.response ?? {})
  return text ?? jsonOf(executableCode ?? codeExecutionResult)
}

function roleOf({ role, parts = [] }: Content): Message['role'] {
  if (role === 'model') return 'assistant'
  return parts.length > 0 && parts.every(({ functionResponse }) => functionResponse) ? 'tool' : 'user'
}

/** A turn as a message. */
export function messageOf(content: Content, role = roleOf(content)): Message {
  const parts = content.parts ?? []
  const mediaTokens = parts.reduce((sum, part) => sum + mediaTokensOf(part), 0)
  return {
    role,
    text: parts.map(textOf).join(''),
    toolCalls: parts.flatMap(({ functionCall: call }) =>
      call ? [{ id: call.id ?? '', name: call.name, arguments: JSON.stringify(call.args ?? {}) }] : [],
    ),
    cacheBreakpoint: false,
    ...(mediaTokens > 0 && { mediaTokens }),
  }
}

/** All of a prompt. */
export const promptOf = ({ systemInstruction, contents }: ContentRequest): Message[] => [
  ...(systemInstruction ? [messageOf(systemInstruction, 'system')] : []),
  ...contents.map((content) => messageOf(content)),
]
