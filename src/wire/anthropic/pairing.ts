import type { Turn } from './turns.ts'

// Source of texts: https://github.com/anthropics/anthropic-sdk-typescript/issues, as the service sends them.

const isOfType = (type: string) => (placed: Turn['blocks'][number]) => placed.block.type === type

/** What is wrong with how calls of tools and their results are paired. */
export function pairingProblem(turns: readonly Turn[]): string | undefined {
  const used = new Set<string>()
  for (const [index, turn] of turns.entries()) {
    const problem =
      turn.role === 'assistant' ? callsProblem(turn, turns[index + 1], used) : resultsProblem(turn, turns[index - 1])
    if (problem) return problem
  }
  return undefined
}

/** Each call has an id of its own, and a result at the beginning of the turn that follows. */
function callsProblem({ at, blocks }: Turn, next: Turn | undefined, used: Set<string>): string | undefined {
  const strange = blocks.find(isOfType('tool_result'))
  if (strange) return `${strange.path}: \`tool_result\` blocks can only be in \`user\` messages`
  const calls = blocks.filter(isOfType('tool_use'))
  for (const { block, path } of calls) {
    if (used.has(block.id!)) return `${path}: \`tool_use\` ids must be unique`
    used.add(block.id!)
  }
  const answered = new Set(leadingResults(next).map(({ block }) => block.tool_use_id))
  const open = calls.flatMap(({ block }) => (answered.has(block.id) ? [] : [block.id!]))
  if (open.length === 0) return undefined
  return (
    `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. ` +
    'Each `tool_use` block must have a corresponding `tool_result` block in the next message.'
  )
}

/** Results that come before all else that a turn says. */
function leadingResults(turn: Turn | undefined): Turn['blocks'] {
  const blocks = turn?.blocks ?? []
  const end = blocks.findIndex(({ block }) => block.type !== 'tool_result')
  return end < 0 ? blocks : blocks.slice(0, end)
}

/** Each result is of a call of the turn before, and the only one of it. */
function resultsProblem({ blocks }: Turn, before: Turn | undefined): string | undefined {
  const strange = blocks.find(isOfType('tool_use'))
  if (strange) return `${strange.path}: \`tool_use\` blocks can only be in \`assistant\` messages`
  const asked = new Set(before?.blocks.filter(isOfType('tool_use')).map(({ block }) => block.id))
  const seen = new Set<string>()
  for (const { block, path } of blocks.filter(isOfType('tool_result'))) {
    const id = block.tool_use_id!
    if (!asked.has(id))
      return (
        `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
        'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.'
      )
    if (seen.has(id))
      return `${path}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`
    seen.add(id)
  }
  return undefined
}
