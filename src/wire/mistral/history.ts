import type { BadRequest } from '../service.ts'
import { invalid } from './errors.ts'
import type { ChatMessage } from './request.ts'

// Source of texts: https://github.com/mistralai/mistral-common (validator), as the service sends them.

const TOOL_ID = /^[a-zA-Z0-9]{9}$/

/** Roles that may follow a role. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  system: ['system', 'user', 'assistant'],
  user: ['system', 'user', 'assistant'],
  assistant: ['assistant', 'user', 'tool'],
  tool: ['assistant', 'tool'],
}

const isEmpty = (content: unknown): boolean =>
  content == null || content === '' || (Array.isArray(content) && content.length === 0)

/** What is wrong with a conversation though each of its messages is right. */
export function historyProblem(messages: readonly ChatMessage[]): BadRequest | undefined {
  let open: Set<string> | undefined
  for (const [index, message] of messages.entries()) {
    const { role, tool_calls: calls, content } = message
    const before = messages[index - 1]?.role
    if (before !== undefined && !NEXT[before]!.includes(role))
      return invalid(`Unexpected role '${role}' after role '${before}'`, '3230')
    if (before === undefined && role === 'tool') return invalid(`Unexpected role 'tool' at the beginning`, '3230')
    if (role === 'tool') {
      if (!open?.delete(message.tool_call_id ?? ''))
        return invalid(`Unexpected tool call id ${message.tool_call_id ?? ''} in tool results`, '3230')
      continue
    }
    if (open && open.size > 0) return invalid('Not the same number of function calls and responses', '3230')
    open = undefined
    if (role !== 'assistant') continue
    if (isEmpty(content) && !calls?.length)
      return invalid('Assistant message must have either content or tool_calls, but not none.', '3240')
    const wrong = calls?.find(({ id }) => !TOOL_ID.test(id ?? ''))
    if (wrong)
      return invalid(
        `Tool call id was ${wrong.id ?? 'null'} but must be a-z, A-Z, 0-9, with a length of 9.`,
        '3280',
        'invalid_function_call',
      )
    if (calls?.length) open = new Set(calls.map(({ id }) => id!))
  }
  if (open && open.size > 0) return invalid('Not the same number of function calls and responses', '3230')
  const last = messages.at(-1)!
  return last.role === 'user' || last.role === 'tool' || last.prefix
    ? undefined
    : invalid(
        `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${last.role}`,
        '3230',
      )
}
