import type { Slot } from './slots.ts'
import type { Parts } from './statement.ts'
import { definitionOf } from './statements/index.ts'
import type { Block, Condition, Entry, Expression, Statement, Value } from './tree.ts'

/** What a statement is made of. */
export function partsOf(statement: Statement): Required<Parts> {
  const definition = definitionOf(statement)
  const found: { -readonly [Name in keyof Parts]-?: NonNullable<Parts[Name]>[number][] } = {
    values: [],
    symbols: [],
    entries: [],
    conditions: [],
    expressions: [],
    blocks: [],
  }
  const { syntax } = definition
  if (definition.parts) return { ...found, ...definition.parts(statement) }
  const node = statement as unknown as Readonly<Record<string, unknown>>
  const see = (slots: readonly Slot[]): void => {
    for (const each of slots) {
      if (each.slot === 'maybe') see(each.of)
      if (!('as' in each)) continue
      const held = node[each.as]
      if (held === null || held === undefined) continue
      if (each.slot === 'value') found.values.push(held as Value)
      else if (each.slot === 'agents') found.symbols.push(held as Value)
      else if (each.slot === 'options' || each.slot === 'object') found.entries.push(...(held as Entry[]))
      else if (each.slot === 'condition') found.conditions.push(held as Condition)
      else if (each.slot === 'expression' || each.slot === 'certain') found.expressions.push(held as Expression)
      else if (each.slot === 'block') found.blocks.push(held as Block)
    }
  }
  if ('slots' in syntax) see(syntax.slots)
  return found
}

/** The variables that a statement sets. */
export function setBy(statement: Statement): readonly string[] {
  const { sets } = definitionOf(statement)
  if (sets) return sets(statement)
  const { name } = statement as { name?: unknown }
  return typeof name === 'string' ? [name] : []
}

/** Every statement of a block and of those within, from the first line to the last. */
export function* statementsIn(block: Block): Generator<Statement> {
  for (const statement of block) {
    yield statement
    for (const inner of partsOf(statement).blocks) yield* statementsIn(inner)
  }
}

/** All expressions within a value. */
export function* expressionsIn(value: Value): Generator<Expression> {
  if (value.kind === 'expression') yield value
  else if (value.kind === 'object') for (const entry of value.entries) yield* expressionsOf(entry)
  else if (value.kind === 'list') for (const item of value.items) yield* expressionsIn(item)
  else if (value.kind === 'either') yield* value.values
  else {
    yield value.from
    yield value.to
  }
}

/** … within an entry. */
export function* expressionsOf({ key, value }: Entry): Generator<Expression> {
  if (key) yield key
  yield* expressionsIn(value)
}
