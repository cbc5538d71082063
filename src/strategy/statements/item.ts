import { kindOf, shown } from '../expression/index.ts'
import { Failed } from '../failed.ts'
import { FORBIDDEN_NAMES } from '../forbidden.ts'
import type { Json } from '../json.ts'
import { placeIn } from '../places.ts'
import type { Expression } from '../tree.ts'
import type { Values } from '../values.ts'

/**
 * A variable with another value at one place in it. What it was stays as it is for whoever holds it.
 *
 * @throws Failed for a place that there is not
 */
export function withItem(variable: Expression, path: readonly Expression[], value: Json, values: Values): Json {
  const put = (into: Json, [at, ...rest]: readonly Expression[], said: string): Json => {
    if (!at) return value
    const key = values.expression(at)
    const name = `${said}[${at.text}]`
    const refuse = (problem: string): never => {
      throw new Failed('type', `SET ${name}: ${problem}`, { place: placeIn(at) })
    }
    if (Array.isArray(into)) {
      const items = into as readonly Json[]
      if (typeof key !== 'number' || !Number.isInteger(key))
        return refuse(`a list has items at whole numbers from 0, not at ${shown(key)}.`)
      const index = key < 0 ? items.length + key : key
      if (index < 0 || index >= items.length)
        return refuse(`the list has ${items.length} items, and no item at ${key}. To add an item, use COLLECT … INTO.`)
      values.work.copied(items.length)
      return items.with(index, put(items[index]!, rest, name))
    }
    if (kindOf(into) !== 'object') return refuse(`${said} is not an object or a list, but ${shown(into)}.`)
    const named = typeof key === 'number' ? String(key) : key
    if (typeof named !== 'string') return refuse(`an object has texts as names, not ${shown(key)}.`)
    if (FORBIDDEN_NAMES.has(named)) return refuse(`"${named}" cannot be a name.`)
    const members = into as Readonly<Record<string, Json>>
    // Members are copied one by one.
    values.work.add(2 * Object.keys(members).length)
    const inner = Object.hasOwn(members, named) ? members[named]! : null
    return { ...members, [named]: put(inner, rest, name) }
  }
  return put(values.expression(variable), path, variable.text)
}
