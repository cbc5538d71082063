import { namesIn, type Block, type Condition, type Entry, type Statement, type Value } from '../strategy/index.ts'
import type { Pattern } from './load.ts'

/** What a strategy leaves to the orchestrating agent. */
export interface Asked {
  /** Lines and conditions in plain language. */
  lines: number
  /** Names that nothing defines. */
  names: readonly string[]
}

/** Names that every run has. */
const BUILT_IN = [
  'agents',
  'all_agents',
  'missing',
  'late_responses',
  'answer',
  'failure',
  'processed',
  'orchestration_id',
  'agent_id',
  '_timestamp',
  'timeout',
]

/** Names that a statement defines. */
const defined = (statement: Statement): string[] => {
  if (statement.kind === 'collect') return [statement.into]
  if (statement.kind === 'spawn' && statement.agent?.kind === 'expression')
    return [statement.name ?? statement.agent.text]
  return 'name' in statement && typeof statement.name === 'string' ? [statement.name] : []
}

/**
 * What a strategy leaves to the orchestrating agent: what is said in plain language, and in a sketch the names that nothing defines. What a
 * run is given as variables, beside those that the pattern declares, is not known here.
 */
export function askedOf({ strategy, data }: Pattern): Asked {
  let lines = 0
  const read = new Set<string>()
  const known = new Set([...BUILT_IN, ...Object.keys(data.variables ?? {}), ...Object.keys(data.agents ?? {})])

  const see = (text: string): void => {
    for (const name of namesIn(text)) read.add(name)
  }
  const seeValue = (value: Value): void => {
    if (value.kind === 'expression') see(value.text)
    else if (value.kind === 'object') seeEntries(value.entries)
    else if (value.kind === 'list') value.items.forEach(seeValue)
    else if (value.kind === 'either') value.values.forEach(seeValue)
    else {
      see(value.from.text)
      see(value.to.text)
    }
  }
  const seeEntries = (entries: readonly Entry[]): void => entries.forEach(({ value }) => seeValue(value))
  const seeCondition = (condition: Condition): void => {
    if (condition.kind === 'judgement') lines += 1
    else see(condition.text)
  }
  const seeBlock = (block: Block): void => block.forEach(seeStatement)
  const seeStatement = (statement: Statement): void => {
    for (const name of defined(statement)) known.add(name)
    if (['ask', 'stage', 'check', 'forEach'].includes(statement.kind)) lines += 1
    // Agents and events may be named without quotes.
    if ('value' in statement && statement.value) seeValue(statement.value)
    if ('message' in statement) seeValue(statement.message)
    if ('data' in statement && statement.data) seeValue(statement.data)
    if ('options' in statement) seeEntries(statement.options)
    if ('request' in statement) seeEntries(statement.request)
    if (statement.kind === 'track') seeEntries(statement.entry)
    if (statement.kind === 'for') seeValue(statement.in)
    if (statement.kind === 'call') statement.arguments.forEach(seeValue)
    if ('condition' in statement) seeCondition(statement.condition)
    if (statement.kind === 'if') {
      for (const { condition, body } of statement.branches) {
        seeCondition(condition)
        seeBlock(body)
      }
      if (statement.otherwise) seeBlock(statement.otherwise)
    } else if (statement.kind === 'guarded') {
      seeStatement(statement.body)
      seeBlock(statement.handler)
    } else if ('body' in statement) seeBlock(statement.body)
  }
  seeBlock(strategy.statements)
  return { lines, names: strategy.isSketch ? [...read].filter((name) => !known.has(name)) : [] }
}
