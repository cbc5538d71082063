import { unfitOption, unknownOption } from '../options/index.ts'
import { constantOf } from './expression/index.ts'
import type { Json } from './json.ts'
import { errorIn } from './places.ts'
import type { OptionsOf } from './statement.ts'
import type { Statement, Value } from './tree.ts'

/** What a value is before anything runs; nothing where that depends on variables. */
function constantValue(value: Value): { value: Json } | undefined {
  if (value.kind === 'expression') return constantOf(value.text)
  if (value.kind === 'list') {
    const items = value.items.map(constantValue)
    return items.every((item) => item !== undefined) ? { value: items.map((item) => item.value) } : undefined
  }
  // A list, whatever is in it.
  if (value.kind === 'range') return { value: [] }
  if (value.kind !== 'object') return undefined
  const entries = value.entries.map(({ name, key, value: each }) => ({ name, key, found: constantValue(each) }))
  if (entries.some(({ key, found }) => key || !found)) return undefined
  return { value: Object.fromEntries(entries.map(({ name, found }) => [name, found!.value])) }
}

const LIST = { called: 'a list', empty: [] }
/** A list or an object is one, whatever is in it. */
const KINDS: { readonly [Kind in Value['kind']]?: { called: string; empty: Json } } = {
  list: LIST,
  range: LIST,
  object: { called: 'an object', empty: {} },
}

/** @throws PatternError for an option that a statement does not know, has twice, or whose value is known and does not fit */
export function checkOptions(
  statement: Statement,
  { word, of, table, together }: OptionsOf<Statement>,
  origin: { file: string; source: string | undefined },
): void {
  const seen = new Set<string>()
  const given: Record<string, Json> = {}
  for (const entry of of(statement)) {
    const { name, key, value } = entry
    const fail = (problem: string, hint?: string): never => {
      throw errorIn(entry, { problem, hint, line: statement.line, ...origin })
    }
    if (key) fail(`The options of ${word} need literal names, not [${key.text}].`)
    const unknown = unknownOption(word, name, table)
    if (unknown) fail(unknown.problem, unknown.hint)
    if (seen.has(name)) fail(`${word} has the option "${name}" twice.`, 'Remove one of them.')
    seen.add(name)
    const known = value.kind === 'range' ? undefined : constantValue(value)
    const found = known && unfitOption(word, name, known.value, table)
    if (found) fail(found.problem, found.hint)
    if (known) given[name] = known.value
    const kind = KINDS[value.kind]
    const { needs, fits } = table[name]!
    if (!known && kind && !fits(kind.empty)) fail(`${name} of ${word} is ${kind.called}; it needs ${needs}.`)
  }
  const found = together?.(given)
  const entry = of(statement).find(({ name }) => name === 'options')
  if (found && entry)
    throw errorIn(entry, { problem: found.problem, hint: found.hint, line: statement.line, ...origin })
}
