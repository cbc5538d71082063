import type { CallRequest, Reply } from './call.ts'

/** Names of all tools that a request offers. */
export const offeredTools = ({ tools, hosted = [] }: Pick<CallRequest, 'tools' | 'hosted'>): string[] => [
  ...tools.map(({ name }) => name),
  ...hosted.map(({ name }) => name),
]

const NONE: readonly string[] = []

/** Names of tools that an answer uses although its request has not offered them. */
export function unofferedTools(
  request: Pick<CallRequest, 'tools' | 'hosted'>,
  { choices }: Pick<Reply, 'choices'>,
): readonly string[] {
  if (choices.every(({ toolCalls, hosted }) => toolCalls.length === 0 && hosted === undefined)) return NONE
  const offered = new Set(offeredTools(request))
  const used = choices.flatMap(({ toolCalls, hosted = [] }) => [...hosted, ...toolCalls].map(({ name }) => name))
  return [...new Set(used)].filter((name) => !offered.has(name))
}
