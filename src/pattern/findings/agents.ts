import { isMistake, suggestion } from '../../options/index.ts'
import {
  constantOf,
  expressionsIn,
  partsOf,
  statementsIn,
  type Expression,
  type Statement,
  type Value,
} from '../../strategy/index.ts'
import type { Pattern } from '../pattern.ts'
import { resolveAgents, resolveVariables } from '../settings.ts'
import type { PatternCheck } from './finding.ts'
import { variablesOf } from './variables.ts'

/** Words that mean no one agent. */
const GROUPS: ReadonlySet<string> = new Set(['all', 'all_agents', 'each_agent', 'every_agent', 'agents', 'strategy'])
const isOpen = (name: string): boolean => /[*!{]/.test(name) || GROUPS.has(name)

/** The names of the agents that a run begins with; nothing where that takes variables which are not given. */
function agentNames(pattern: Pattern): string[] | undefined {
  try {
    return resolveAgents(pattern, resolveVariables(pattern, {})).map(({ name }) => name)
  } catch {
    return undefined
  }
}

/** Whether the pattern itself makes agents. */
export const spawns = ({ strategy, data }: Pattern): boolean =>
  [...statementsIn(strategy.statements)].some(({ kind }) => kind === 'spawn') ||
  (data.transformers ?? []).some(({ target }) => target === 'agent:spawn')

/** Where a statement names agents. */
function namedIn(statement: Statement): readonly Value[] {
  const { symbols, entries } = partsOf(statement)
  if (statement.kind === 'events' || statement.kind === 'coordinate')
    return entries.filter(({ name }) => name === 'from' || name === 'agents').map(({ value }) => value)
  return statement.kind === 'spawn' ? [] : symbols
}

/** The agents that SPAWN starts from. */
const templatesIn = (statement: Statement): readonly Value[] =>
  statement.kind === 'spawn'
    ? partsOf(statement)
        .entries.filter(({ name }) => name === 'template')
        .map(({ value }) => value)
    : []

/** Templates of agents that the pattern does not have, and that are no agents which the strategy makes. */
const checkTemplates: PatternCheck = ({ pattern, found }) => {
  const names = Object.keys(pattern.data.agents ?? {})
  const numbered = agentNames(pattern) ?? []
  for (const statement of statementsIn(pattern.strategy.statements))
    for (const value of templatesIn(statement)) {
      const said = value.kind === 'expression' ? constantOf(value.text)?.value : undefined
      if (typeof said !== 'string' || names.includes(said) || numbered.includes(said) || !isMistake(said, names))
        continue
      found(
        'error',
        { in: value as Expression, of: statement },
        `There is no agent "${said}" to serve as a template.`,
        suggestion(said, names),
      )
    }
}

/** Agents that there are not. */
export const checkAgents: PatternCheck = (checking) => {
  const { pattern, found } = checking
  checkTemplates(checking)
  const names = agentNames(pattern)
  if (!names) return
  const variables = variablesOf(pattern)
  // A model may know of agents that a sketch names.
  const isOpenEnded = pattern.strategy.isSketch === true || spawns(pattern)
  for (const statement of statementsIn(pattern.strategy.statements))
    for (const value of namedIn(statement).flatMap((each) => (each.kind === 'list' ? each.items : [each]))) {
      // What agents have is no name of one.
      if (value.kind === 'object') continue
      for (const expression of expressionsIn(value)) {
        const isPlain = /^[A-Za-z_]\w*$/.test(expression.text)
        const said = isPlain && !variables.has(expression.text) ? expression.text : constantOf(expression.text)?.value
        if (typeof said !== 'string' || isOpen(said) || names.includes(said)) continue
        if (isOpenEnded && !isMistake(said, names)) continue
        // An id begins with that of the run.
        if (names.some((name) => said.endsWith(`_${name}`))) continue
        found(
          'error',
          { in: expression, of: statement },
          `There is no agent "${said}".`,
          suggestion(said, [...names, ...(isPlain ? variables : [])]) || 'The pattern has no agents.',
        )
      }
    }
}
