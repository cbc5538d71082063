import { isSchema, referredIn, type Schema } from './schema-reference.ts'

const IS_OF_TYPE: ReadonlyMap<unknown, (value: unknown) => boolean> = new Map([
  ['object', isSchema],
  ['array', Array.isArray],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['integer', Number.isInteger],
  ['boolean', (value) => typeof value === 'boolean'],
  ['null', (value) => value === null],
])

/** A schema that refers to itself without an object between has no end. */
const MAX_LEVELS = 100

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60)
const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/**
 * The first thing by which a value does not fit a schema, of what services enforce: types, required and additional
 * properties, listed values. Keywords that are not known here fit everything.
 *
 * @param value of JSON
 * @param whole how the value is called
 * @example
 * ```ts
 * misfitOf({ type: 'object', required: ['ok'] }, {}) // 'ok is missing'
 * ```
 */
export function misfitOf(root: Schema, value: unknown, whole = 'the answer'): string | undefined {
  /** What was found of a part by a schema: alternatives that refer to each other look at the same again and again. */
  const known = new Map<Schema, Map<string, string | undefined>>()
  const look = (given: unknown, part: unknown, path: string, level: number): string | undefined => {
    if (!isSchema(given) || level > MAX_LEVELS) return undefined
    const found = known.get(given) ?? new Map<string, string | undefined>()
    known.set(given, found)
    if (!found.has(path)) found.set(path, lookAt(given, part, path, level))
    return found.get(path)
  }
  const lookAt = (given: Schema, part: unknown, path: string, level: number): string | undefined => {
    if (typeof given['$ref'] === 'string') return look(referredIn(root, given['$ref']), part, path, level + 1)
    const name = path || whole
    const { type, enum: listed, anyOf, allOf } = given
    const types = (Array.isArray(type) ? type : type === undefined ? [] : [type]) as readonly string[]
    if (types.length > 0 && !types.some((each) => IS_OF_TYPE.get(each)?.(part) ?? true))
      return `${name} is ${shown(part)}, not of type ${types.join(' or ')}`
    if (Array.isArray(listed) && !listed.some((each) => isEqual(each, part)))
      return `${name} is ${shown(part)}, not one of ${listed.map(shown).join(', ')}`
    if ('const' in given && !isEqual(given['const'], part))
      return `${name} is ${shown(part)}, not ${shown(given['const'])}`
    if (Array.isArray(anyOf) && anyOf.length > 0 && anyOf.every((each) => look(each, part, path, level + 1)))
      return `${name} is ${shown(part)}, which fits none of the schemas of anyOf`
    const ofAll = Array.isArray(allOf) ? firstOf(allOf, (each) => look(each, part, path, level + 1)) : undefined
    if (ofAll) return ofAll
    if (Array.isArray(part)) {
      const first: readonly unknown[] = Array.isArray(given['prefixItems']) ? given['prefixItems'] : []
      const schemaOf = (nth: number): unknown => (nth < first.length ? first[nth] : given['items'])
      return firstOf(part, (each, nth) => look(schemaOf(nth), each, `${path}[${nth}]`, level + 1))
    }
    return isSchema(part) ? ofProperties(given, part, path, level) : undefined
  }
  const ofProperties = (given: Schema, part: Schema, path: string, level: number): string | undefined => {
    const at = (name: string): string => (path ? `${path}.${name}` : name)
    const { required, additionalProperties } = given
    const properties = isSchema(given['properties']) ? given['properties'] : {}
    const missing = Array.isArray(required) ? required.find((name) => !Object.hasOwn(part, String(name))) : undefined
    if (missing !== undefined) return `${at(String(missing))} is missing`
    return firstOf(Object.entries(part), ([name, each]) => {
      if (Object.hasOwn(properties, name)) return look(properties[name], each, at(name), level + 1)
      return additionalProperties === false && !isSchema(given['patternProperties'])
        ? `${at(name)} is not a property of the schema`
        : look(additionalProperties, each, at(name), level + 1)
    })
  }
  return look(root, value, '', 0)
}

/** The first problem among some. */
function firstOf<Item>(
  items: readonly Item[],
  look: (item: Item, nth: number) => string | undefined,
): string | undefined {
  for (const [nth, item] of items.entries()) {
    const problem = look(item, nth)
    if (problem !== undefined) return problem
  }
  return undefined
}
