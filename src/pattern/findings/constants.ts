import { suggestion } from '../../options/index.ts'
import {
  constantOf,
  CRITERIA,
  expressionsIn,
  partsOf,
  statementsIn,
  type Entry,
  type Expression,
  type Statement,
  type Value,
} from '../../strategy/index.ts'
import type { Checking, PatternCheck } from './finding.ts'

/** Values that are known before anything runs, and that their statement cannot do with. */
export const checkConstants: PatternCheck = (checking) => {
  for (const statement of statementsIn(checking.pattern.strategy.statements)) {
    const { values, entries, symbols } = partsOf(statement)
    if (statement.kind === 'for') checkItems(statement as Statement & { name: string; in: Value }, checking)
    for (const value of symbols) checkAgentNames(value, statement, checking)
    for (const value of values) checkTwice(value, statement, checking)
    for (const { value } of entries) checkTwice(value, statement, checking)
  }
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60)

/** What FOR goes over. */
function checkItems(statement: Statement & { name: string; in: Value }, { found }: Checking): void {
  const { name, in: items } = statement
  if (items.kind === 'range') {
    for (const end of [items.from, items.to]) {
      const known = constantOf(end.text)
      if (known && !Number.isSafeInteger(known.value))
        found('refused', { in: end, of: statement }, `A range needs two whole numbers, not ${shown(known.value)}.`)
    }
    return
  }
  const known = items.kind === 'expression' ? constantOf(items.text) : undefined
  if ((known && !Array.isArray(known.value)) || items.kind === 'object')
    found(
      'refused',
      items.kind === 'expression' ? { in: items, of: statement } : { statement },
      `FOR ${name} IN needs a list, not ${known ? shown(known.value) : 'an object'}.`,
      'Write a list in brackets, or a range such as 1..10.',
    )
}

/** Agents are chosen by what they have; an object that names one may say anything beside. */
function checkCriteria(value: Value, of: Statement, { pattern, found }: Checking): void {
  // In a sketch, the orchestrating agent is asked what is meant.
  if (value.kind !== 'object' || pattern.strategy.isSketch) return
  const entries = value.entries as readonly Entry[]
  if (entries.some(({ name, key }) => key !== undefined || name === 'agent' || name === 'agent_id')) return
  const names = Object.keys(CRITERIA)
  for (const entry of entries)
    if (!names.includes(entry.name))
      found('error', { in: entry, of }, `Agents have no criterion "${entry.name}".`, suggestion(entry.name, names))
}

/** Whoever is named is named by a text. */
function checkAgentNames(value: Value, of: Statement, checking: Checking): void {
  const isWrong = ({ text }: Expression): boolean => {
    const known = constantOf(text)
    const names = known && (Array.isArray(known.value) ? (known.value as readonly unknown[]) : [known.value])
    return names?.some((name) => typeof name !== 'string' || name === '') ?? false
  }
  if (value.kind === 'list') for (const item of value.items) checkCriteria(item, of, checking)
  if (value.kind === 'object') return checkCriteria(value, of, checking)
  for (const expression of expressionsIn(value))
    if (isWrong(expression))
      checking.found('refused', { in: expression, of }, `Give the name of an agent, not ${expression.text}.`)
}

/** The same name twice in an object: only one of them would stay. */
function checkTwice(value: Value, of: Statement, checking: Checking): void {
  if (value.kind === 'list') for (const item of value.items) checkTwice(item, of, checking)
  if (value.kind !== 'object') return
  const seen = new Set<string>()
  for (const entry of value.entries as readonly Entry[]) {
    const { name, key } = entry
    if (!key && seen.has(name))
      checking.found('refused', { in: entry, of }, `The object contains the name "${name}" twice.`)
    if (!key) seen.add(name)
    checkTwice(entry.value, of, checking)
  }
}
