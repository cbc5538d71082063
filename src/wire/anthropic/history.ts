import { isUnreadable } from './media.ts'
import { blocksOf, type Block, type MessagesRequest } from './messages-request.ts'
import type { ModelRules } from './model-rules.ts'
import { pairingProblem } from './pairing.ts'
import { isTampered } from './signature.ts'
import { turnsOf, type Turn } from './turns.ts'

// Source: https://docs.anthropic.com/en/api/messages, …/api/errors (prefill not supported), …/extended-thinking.

/** What is wrong with a conversation though each of its blocks is right. */
export function historyProblem(request: MessagesRequest, rules: ModelRules): string | undefined {
  const { messages } = request
  const turns = turnsOf(messages)
  if (turns[0]?.role === 'assistant') return 'messages: first message must use the "user" role'
  return (
    emptinessIn(request) ??
    pairingProblem(turns) ??
    thoughtsProblem(request, turns) ??
    lastTurnProblem(turns, rules) ??
    unreadableIn(messages)
  )
}

function emptinessIn({ messages, system }: MessagesRequest): string | undefined {
  for (const [index, { role, content }] of messages.entries()) {
    // One without a word says how the turn is answered.
    if (role === 'system' && content === undefined) continue
    const blocks = blocksOf(content)
    if (blocks.length === 0 || content === '') {
      if (role === 'user') return `messages.${index}: user messages must have non-empty content`
      if (index < messages.length - 1)
        return `messages.${index}: all messages must have non-empty content except for the optional final assistant message`
      continue
    }
    const problem = textProblem(blocks, 'messages')
    if (problem) return problem
  }
  return typeof system === 'string' ? undefined : textProblem(blocksOf(system), 'system')
}

function textProblem(blocks: readonly Block[], where: string): string | undefined {
  for (const { type, text } of blocks) {
    if (type !== 'text' || typeof text !== 'string' || text.trim() !== '') continue
    return text === ''
      ? `${where}: text content blocks must be non-empty`
      : `${where}: text content blocks must contain non-whitespace text`
  }
  return undefined
}

const isThought = ({ type }: Block): boolean => type === 'thinking' || type === 'redacted_thinking'

function thoughtsProblem({ thinking }: MessagesRequest, turns: readonly Turn[]): string | undefined {
  for (const { blocks } of turns)
    for (const { block, path } of blocks)
      if (block.type === 'thinking' && isTampered(block.thinking, block.signature))
        return `${path}: Invalid \`signature\` in \`thinking\` block`
  if (thinking?.type !== 'enabled') return undefined
  // A turn that goes on after the results of its tools has to begin with the thoughts that it began with.
  const [before, last] = turns.slice(-2)
  const goesOn = last?.role === 'user' && last.blocks.some(({ block }) => block.type === 'tool_result')
  const first = goesOn ? before?.blocks[0] : undefined
  if (!first || isThought(first.block)) return undefined
  return (
    `${first.path}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.block.type}\`. When \`thinking\` is ` +
    'enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and ' +
    '`tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable ' +
    '`thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking'
  )
}

/** A turn of the assistant at the end is to be gone on with: it has been paused, or the client has put words into its mouth. */
function lastTurnProblem(turns: readonly Turn[], { prefill }: ModelRules): string | undefined {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return undefined
  const end = last.blocks.at(-1)?.block
  if (!prefill && (!end || end.type === 'text'))
    return 'This model does not support assistant message prefill. The conversation must end with a user message.'
  return typeof end?.text === 'string' && /\s$/.test(end.text)
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : undefined
}

function unreadableIn(messages: MessagesRequest['messages']): string | undefined {
  const unreadable = (blocks: readonly Block[]): boolean =>
    blocks.some((block) => isUnreadable(block) || (block.type === 'tool_result' && unreadable(blocksOf(block.content))))
  return messages.some(({ content }) => unreadable(blocksOf(content))) ? 'Could not process image' : undefined
}
