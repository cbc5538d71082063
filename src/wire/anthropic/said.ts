import type { Message, ToolCall } from '../../provider/index.ts'
import { mediaTokens } from './media.ts'
import { blocksOf, type Block, type MessagesRequest } from './messages-request.ts'

/** The text of a message, with that of its tools' results and of what was searched. */
const textOf = (given: string | Block[] | undefined): string =>
  blocksOf(given)
    .map(({ type, text, content }) =>
      typeof text === 'string' ? text : type === 'tool_result' || type === 'search_result' ? textOf(content) : '',
    )
    .join('')

const roleOf = (role: string): Message['role'] => (role === 'assistant' || role === 'system' ? role : 'user')

function messageOf(role: string, content: string | Block[] | undefined): Message {
  const blocks = blocksOf(content)
  const toolCalls: ToolCall[] = blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id = '', name = '', input }) => ({ id, name, arguments: JSON.stringify(input) }))
  const results = blocks.length > 0 && blocks.every(({ type }) => type === 'tool_result')
  const media = mediaTokens(blocks)
  const message: Message = {
    role: results ? 'tool' : roleOf(role),
    text: textOf(content),
    toolCalls,
    cacheBreakpoint: blocks.some(({ cache_control: marked }) => marked),
  }
  return media > 0 ? { ...message, mediaTokens: media } : message
}

/** What was said so far, the system's prompt first. */
export function saidOf({ system, messages, tools, cache_control: last }: MessagesRequest): Message[] {
  const said = [
    ...(system === undefined ? [] : [messageOf('system', system)]),
    ...messages.map(({ role, content }) => messageOf(role, content)),
  ]
  const mark = (index: number): void => {
    if (said[index]) said[index] = { ...said[index], cacheBreakpoint: true }
  }
  if (tools?.some(({ cache_control: marked }) => marked)) mark(0)
  if (last) mark(said.length - 1)
  return said
}
