import type { CallRequest, ToolCall } from './call.ts'

/** Names of tools that an answer calls although its request has not offered them. */
export function unofferedTools({ tools }: Pick<CallRequest, 'tools'>, calls: readonly ToolCall[]): string[] {
  if (calls.length === 0) return []
  const offered = new Set(tools.map(({ name }) => name))
  return [...new Set(calls.map(({ name }) => name))].filter((name) => !offered.has(name))
}
