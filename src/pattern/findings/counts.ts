import { constantOf, statementsIn, type Entry, type Statement, type Value } from '../../strategy/index.ts'
import { isOrchestrating, resolveAgents, resolveVariables } from '../settings.ts'
import type { Pattern } from '../pattern.ts'
import { spawns } from './agents.ts'
import type { PatternCheck } from './finding.ts'

/** How many agents a value means; nothing where that is not known. */
function countOf(value: Value, pattern: Pattern): number | undefined {
  if (value.kind === 'list') return value.items.length
  if (value.kind !== 'expression') return undefined
  if (['agents', 'all_agents', '"all"'].includes(value.text)) {
    if (spawns(pattern) || Object.hasOwn(pattern.data.variables ?? {}, 'agents')) return undefined
    try {
      return resolveAgents(pattern, resolveVariables(pattern, {})).filter((agent) => !isOrchestrating(agent)).length
    } catch {
      return undefined
    }
  }
  const known = constantOf(value.text)?.value
  return Array.isArray(known) ? known.length : typeof known === 'string' && !/[*!]/.test(known) ? 1 : undefined
}

const WANTED = ['at_least', 'enough', 'extend_for']

/** More answers are wanted than there are agents to give them. */
export const checkCounts: PatternCheck = ({ pattern, found }) => {
  for (const statement of statementsIn(pattern.strategy.statements)) {
    if (statement.kind !== 'gather') continue
    const { from, options } = statement as Statement & { from: Value; options: readonly Entry[] }
    if (options.some(({ name }) => name === 'tasks')) continue
    const agents = countOf(from, pattern)
    if (agents === undefined) continue
    for (const option of options) {
      if (!WANTED.includes(option.name) || option.value.kind !== 'expression') continue
      const wanted = constantOf(option.value.text)?.value
      if (typeof wanted !== 'number' || wanted <= agents) continue
      found(
        option.name === 'at_least' ? 'error' : 'warning',
        { in: option, of: statement },
        `${option.name} is ${wanted}, but GATHER asks only ${agents === 1 ? 'one agent' : `${agents} agents`}: this number of answers can never arrive.`,
        `Give a number up to ${agents}.`,
      )
    }
  }
}
