import type { Message, ToolCall } from '../../../provider/index.ts'
import type { BadRequest } from '../../service.ts'
import { invalid } from '../errors.ts'
import { audioTokens, fileTokens, imageTokens } from '../media.ts'
import type { ContentPart, Item } from './request.ts'

/** The items of an input, which may be a text. */
export const itemsOf = (input: string | readonly Item[] | null | undefined): readonly Item[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : (input ?? [])

const textOf = (content: string | readonly ContentPart[] | undefined): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? (content as ContentPart[])
          .map((part) =>
            typeof part?.text === 'string' ? part.text : typeof part?.refusal === 'string' ? part.refusal : '',
          )
          .join('')
      : ''

function mediaTokensOf(content: Item['content']): number {
  if (!Array.isArray(content)) return 0
  let tokens = 0
  for (const part of content) {
    if (part?.type === 'input_image') tokens += imageTokens(part.image_url, part.detail)
    else if (part?.type === 'input_file') tokens += fileTokens(part.file_data)
    else if (part?.type === 'input_audio')
      tokens += audioTokens((part as { input_audio?: { data?: unknown } }).input_audio?.data)
  }
  return tokens
}

const ROLES: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
}

const isCall = ({ type }: Item): boolean => type === 'function_call' || type === 'custom_tool_call'
const isOutput = ({ type }: Item): boolean => type === 'function_call_output' || type === 'custom_tool_call_output'
const isSaid = ({ type, role }: Item): boolean => type === 'message' || (type == null && role !== undefined)

const callOf = ({ type, call_id: id = '', name = '', arguments: given = '', input = '' }: Item): ToolCall =>
  type === 'custom_tool_call' ? { id, name, arguments: input, custom: true } : { id, name, arguments: given }

/** A conversation as messages: what an assistant said and called in one turn is one of them. */
export function messagesOf(instructions: string | null | undefined, items: readonly Item[]): Message[] {
  const messages: Message[] = instructions ? [said('system', instructions)] : []
  let turn: { text: string; toolCalls: ToolCall[] } | undefined
  const close = (): void => {
    if (turn) messages.push({ role: 'assistant', ...turn, cacheBreakpoint: false })
    turn = undefined
  }
  for (const item of items) {
    if (isCall(item)) {
      turn ??= { text: '', toolCalls: [] }
      turn.toolCalls.push(callOf(item))
    } else if (isSaid(item) && item.role === 'assistant') {
      // A second text is a second turn.
      if (turn && (turn.text !== '' || turn.toolCalls.length > 0)) close()
      turn = { text: textOf(item.content), toolCalls: [] }
    } else if (isSaid(item)) {
      close()
      const media = mediaTokensOf(item.content)
      const message = said(ROLES[item.role ?? 'user'] ?? 'user', textOf(item.content))
      messages.push(media > 0 ? { ...message, mediaTokens: media } : message)
    } else if (isOutput(item)) {
      close()
      messages.push(said('tool', textOf(item.output)))
    }
  }
  close()
  return messages
}

const said = (role: Message['role'], text: string): Message => ({ role, text, toolCalls: [], cacheBreakpoint: false })

/** Finds an output that says neither which call it answers nor which tool it is of. */
export function namelessIn(items: readonly Item[]): BadRequest | undefined {
  const index = items.findIndex((item) => isOutput(item) && item.call_id == null && item.name == null)
  const param = `input[${index}].call_id`
  return index < 0 ? undefined : invalid(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter')
}

/** Finds a call without an output, or an output without a call. Outputs may come in any order, but after the call. */
export function brokenPairIn(items: readonly Item[]): BadRequest | undefined {
  const open = new Map<string, 'function' | 'custom'>()
  const called = new Set<string>()
  for (const item of items) {
    // What a tool gives of itself answers no call.
    if (isOutput(item) && item.call_id == null) continue
    const id = item.call_id ?? ''
    const kind = item.type?.startsWith('custom') ? 'custom' : 'function'
    if (isCall(item)) {
      open.set(id, kind)
      called.add(id)
    } else if (isOutput(item)) {
      if (!called.has(id)) {
        const what = kind === 'custom' ? 'custom tool call' : 'function call'
        return invalid(`No tool call found for ${what} output with call_id ${id}.`, 'input')
      }
      open.delete(id)
    }
  }
  for (const [id, kind] of open)
    return invalid(
      `No tool output found for ${kind === 'custom' ? 'custom tool call' : 'function call'} ${id}.`,
      'input',
    )
  return undefined
}
