import type { Message, ToolCall } from '../../provider/index.ts'

// Source: https://github.com/vercel/ai/tree/main/packages/provider/src/language-model (prompt).

/** Tokens of a file: those of a large image. */
const FILE_TOKENS = 1_000

/** A part of a message. */
interface Part {
  type?: unknown
  text?: unknown
  toolCallId?: unknown
  toolName?: unknown
  input?: unknown
  output?: { value?: unknown; reason?: unknown } | null
}

/** A message of a prompt. */
export interface PromptMessage {
  role: string
  content: string | Part[]
}

const partsOf = (content: PromptMessage['content']): Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))

const textOf = (part: Part): string => {
  if (part.type === 'text' && typeof part.text === 'string') return part.text
  return part.type === 'tool-result' ? valueText(part.output?.value ?? part.output?.reason) : ''
}

const name = (value: unknown): string => (typeof value === 'string' ? value : '')

const calledIn = (parts: readonly Part[]): ToolCall[] =>
  parts
    .filter(({ type }) => type === 'tool-call')
    .map(({ toolCallId: id, toolName, input }) => ({
      id: name(id),
      name: name(toolName),
      arguments: typeof input === 'string' ? input : JSON.stringify(input ?? {}),
    }))

const ROLES: Readonly<Record<string, Message['role']>> = { system: 'system', assistant: 'assistant', tool: 'tool' }

/** A message of the AI SDK's prompt as the provider takes it. */
export function messageOf({ role, content }: PromptMessage): Message {
  const parts = partsOf(content)
  const files = parts.filter(({ type }) => type === 'file' || type === 'image').length
  const message: Message = {
    role: ROLES[role] ?? 'user',
    text: parts.map(textOf).join(''),
    toolCalls: role === 'assistant' ? calledIn(parts) : [],
    cacheBreakpoint: false,
  }
  return files > 0 ? { ...message, mediaTokens: files * FILE_TOKENS } : message
}

/** Finds a result to which there is no call, or a call to which there is no result. */
export function brokenPairIn(prompt: readonly PromptMessage[]): string | undefined {
  let open = new Set<unknown>()
  for (const { role, content } of prompt) {
    const parts = partsOf(content)
    if (role === 'tool') {
      for (const { type, toolCallId: id } of parts)
        if (type === 'tool-result' && !open.delete(id)) return `There is no tool call for the tool result ${name(id)}.`
      continue
    }
    if (open.size > 0) break
    const settled = new Set(parts.filter(({ type }) => type === 'tool-result').map(({ toolCallId: id }) => id))
    open = new Set(calledIn(role === 'assistant' ? parts : []).flatMap(({ id }) => (settled.has(id) ? [] : [id])))
  }
  return open.size > 0 ? `There is no tool result for the tool calls ${[...open].map(name).join(', ')}.` : undefined
}
