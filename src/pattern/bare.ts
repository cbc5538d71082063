import { basename } from 'node:path'
import { parseStrategy, type Strategy } from '../strategy/index.ts'
import type { PatternData } from './schema.ts'

/** The name of a pattern that has none of its own: its file's. */
export const nameOfFile = (file: string): string =>
  basename(file)
    .replace(/\.ya?ml$/, '')
    .replaceAll(/[^\w-]/g, '_')
    .replace(/^(?=[\d-])/, '_') || 'pattern'

/** How many agents a strategy has that says nothing of them. */
const AGENTS = 10

/**
 * A file that holds nothing but a strategy, each line of which is a statement: it is run by ten agents, or by as many as the variable
 * `agent_count` says.
 */
export function bareStrategy(file: string, text: string): { data: PatternData; strategy: Strategy } | undefined {
  let strategy: Strategy
  try {
    strategy = parseStrategy(text, { file, strict: true })
  } catch {
    return undefined
  }
  if (strategy.statements.length === 0) return undefined
  return {
    data: {
      name: nameOfFile(file),
      variables: { agent_count: { type: 'integer', default: AGENTS } },
      agents: { agent: { count: '{{agent_count}}' } },
    },
    strategy,
  }
}
