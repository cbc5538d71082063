import type { CallRequest, HostedTool } from './call.ts'

const MAX_CHARACTERS = 80

/** What a hosted tool is asked where nobody has said it: the beginning of the question, or a program that prints it. */
function queryOf({ kind }: HostedTool, messages: CallRequest['messages']): string {
  const question = messages.findLast(({ role, text }) => role === 'user' && text !== '')?.text ?? ''
  const [line = ''] = question.trim().split('\n', 1)
  const asked = line.length <= MAX_CHARACTERS ? line : line.slice(0, MAX_CHARACTERS).replace(/\s+\S*$/, '')
  return kind.startsWith('code') ? `print(${JSON.stringify(asked)})` : asked
}

/** The use of a hosted tool that a model makes of itself: of the first one, or of the one that it has to use. */
export function ownUse({
  hosted = [],
  messages,
  toolChoice,
}: CallRequest): { kind: string; name: string; query: string } | undefined {
  if (toolChoice.kind === 'none') return undefined
  const tool = toolChoice.kind === 'tool' ? hosted.find(({ name }) => name === toolChoice.name) : hosted[0]
  return tool && { kind: tool.kind, name: tool.name, query: queryOf(tool, messages) }
}
