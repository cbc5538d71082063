import type { Message, ToolCall } from '../../../provider/index.ts'
import type { BadRequest } from '../../service.ts'
import { invalid } from '../errors.ts'
import { audioTokens, fileTokens, imageTokens } from '../media.ts'
import type { ChatMessage, ChatToolCall } from './request.ts'

const firstText = (...values: unknown[]): string => values.find((value) => typeof value === 'string') ?? ''

/** Also of parts that only a vendor knows, which may be anything. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content
          .map((part: { text?: unknown; refusal?: unknown } | null) => firstText(part?.text, part?.refusal))
          .join('')
      : ''

function mediaTokensOf(content: ChatMessage['content']): number {
  if (!Array.isArray(content)) return 0
  let tokens = 0
  for (const part of content) {
    if (part?.type === 'image_url') tokens += imageTokens(part.image_url?.url, part.image_url?.detail)
    else if (part?.type === 'input_audio') tokens += audioTokens(part.input_audio?.data)
    else if (part?.type === 'file') tokens += fileTokens(part.file?.file_data)
  }
  return tokens
}

const ROLES: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

const callOf = ({ id, function: called, custom }: ChatToolCall): ToolCall =>
  custom
    ? { id, name: custom.name, arguments: custom.input, custom: true }
    : { id, name: called?.name ?? '', arguments: called?.arguments ?? '' }

const NONE: readonly ToolCall[] = []

/** A message, whatever the wire format. */
export function messageOf({ role, content, tool_calls: calls, function_call: legacy }: ChatMessage): Message {
  let toolCalls = NONE
  if (role === 'assistant' && calls) toolCalls = calls.map(callOf)
  else if (role === 'assistant' && legacy)
    toolCalls = [{ id: '', name: legacy.name ?? '', arguments: legacy.arguments ?? '' }]
  const message: Message = {
    role: Object.hasOwn(ROLES, role) ? ROLES[role]! : 'user',
    text: textOf(content),
    toolCalls,
    cacheBreakpoint: false,
  }
  const media = mediaTokensOf(content)
  if (media > 0) message.mediaTokens = media
  return message
}

/** Finds a tool's answer to which there is no call, and calls to which there is no answer. */
export function brokenPairIn(messages: readonly ChatMessage[]): BadRequest | undefined {
  let open: Set<string> | undefined
  for (let index = 0; index <= messages.length; index++) {
    const message = messages[index]
    if (message?.role === 'tool') {
      if (!open?.delete(message.tool_call_id ?? ''))
        return invalid(
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          `messages.[${index}].role`,
        )
      continue
    }
    if (open && open.size > 0)
      return invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
          `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
        `messages.[${index}].role`,
      )
    open =
      message?.role === 'assistant' && message.tool_calls ? new Set(message.tool_calls.map(({ id }) => id)) : undefined
  }
  return undefined
}
