import { isMistake, suggestion } from '../../options/index.ts'
import { FORBIDDEN_NAMES } from '../forbidden.ts'
import type { Json } from '../json.ts'
import { Unfit } from './errors.ts'
import { described, kindOf } from './kinds.ts'

/** What stands behind a dot. An object gives null for what it does not have: a model may have left it out. */
export function memberOf(value: Json, name: string, isNeeded = false): Json {
  if (FORBIDDEN_NAMES.has(name)) throw new Unfit(`there is no "${name}" in a value`, 'name')
  if (typeof value === 'string' || Array.isArray(value)) {
    if (name === 'length' || name === 'count') return value.length
    if (name === 'empty') return value.length === 0
    throw new Unfit(`there is no "${name}" in a ${kindOf(value)}. There are: length, count, empty`)
  }
  if (typeof value !== 'object' || value === null)
    throw new Unfit(`there is no "${name}" in ${value === null ? 'nothing (null)' : described(value)}`)
  const known = value as Readonly<Record<string, Json>>
  if (Object.hasOwn(known, name)) return known[name]!
  const names = Object.keys(known)
  if (isMistake(name, names))
    throw new Unfit(
      `there is no "${name}". ${suggestion(name, names)} get(…, "${name}") returns null if the name is missing`,
      'name',
    )
  if (isNeeded) throw new Unfit(`there is no "${name}" in ${described(value)}`)
  return null
}

/** What stands in brackets behind a list, a text or an object. Below 0 it counts from the end. */
export function itemOf(value: Json, index: Json): Json {
  if (typeof value === 'string' || Array.isArray(value)) {
    if (typeof index !== 'number' || !Number.isInteger(index))
      throw new Unfit(`a ${kindOf(value)} has items at whole numbers from 0, not at ${described(index)}`)
    const found = (value as readonly Json[]).at(index)
    if (index >= value.length || index < -value.length || found === undefined)
      throw new Unfit(
        `there is no item ${index}: the ${kindOf(value)} ${value.length === 0 ? 'is empty' : `has ${value.length}, the first of them at 0`}`,
        'value',
      )
    return typeof value === 'string' ? value.at(index)! : found
  }
  if (typeof value !== 'object' || value === null)
    throw new Unfit(`a list, a text or an object has items, not ${described(value)}`)
  if (typeof index !== 'string') throw new Unfit(`an object has texts as names, not ${described(index)}`)
  if (FORBIDDEN_NAMES.has(index)) throw new Unfit(`"${index}" cannot be a name`, 'name')
  return Object.hasOwn(value, index) ? (value as Readonly<Record<string, Json>>)[index]! : null
}
