import type { BadRequest } from '../service.ts'
import { invalid } from './errors.ts'
import type { ChatMessage } from './request.ts'

const isEmpty = ({ content }: ChatMessage): boolean =>
  content == null || content === '' || (Array.isArray(content) && content.length === 0)

/** What is wrong with a conversation though each of its messages is right. */
export function historyProblem(messages: readonly ChatMessage[]): BadRequest | undefined {
  let open = new Set<string>()
  for (const [index, message] of messages.entries()) {
    const { role, tool_calls: calls, tool_call_id: id } = message
    if (role === 'tool') {
      if (!open.delete(id ?? ''))
        return invalid(`invalid request: tool call id not found in previous tool calls: ${id} (messages[${index}])`)
      continue
    }
    if (open.size > 0) return invalid(missing(open))
    if (role === 'assistant' ? isEmpty(message) && !calls?.length : isEmpty(message))
      return invalid('invalid request: all elements in history must have a message.')
    open = new Set(role === 'assistant' ? calls?.map((call) => call.id) : [])
  }
  if (open.size > 0) return invalid(missing(open))
  return messages.at(-1)?.role === 'assistant'
    ? invalid('invalid request: the last message must be from the user or from a tool.')
    : undefined
}

const missing = (open: ReadonlySet<string>): string =>
  `invalid request: tool calls must be followed by their results, but there are none for: ${[...open].join(', ')}`
