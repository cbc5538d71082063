import { isSchema, referredIn, type Schema } from './schema-reference.ts'

/** Keywords with one schema by name. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties'])
/** Keywords with definitions: a schema refers to them. */
const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions'])

/** The references in a schema; those of its definitions are theirs. */
function* referencesIn(schema: unknown): Generator<string> {
  if (Array.isArray(schema)) for (const each of schema) yield* referencesIn(each)
  if (!isSchema(schema)) return
  if (typeof schema['$ref'] === 'string') yield schema['$ref']
  for (const [name, each] of Object.entries(schema)) if (!DEFINITIONS.has(name)) yield* referencesIn(each)
}

/** The references of a document that lead back to themselves. */
function recursiveOnes(root: Schema): ReadonlySet<string> {
  const all = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (isSchema(value) && typeof value['$ref'] === 'string') all.add(value['$ref'])
    for (const each of Object.values(value)) collect(each)
  }
  collect(root)
  const next = new Map([...all].map((each) => [each, new Set(referencesIn(referredIn(root, each)))]))
  const leadsBack = (start: string): boolean => {
    const seen = new Set<string>()
    const open = [...next.get(start)!]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === start) return true
      if (seen.has(at)) continue
      seen.add(at)
      open.push(...(next.get(at) ?? []))
    }
    return false
  }
  return new Set([...all].filter(leadsBack))
}

/**
 * A schema without recursion, whose values fit the given one too: each recursive reference is replaced by its target down
 * to `most` levels, and below them optional properties, items and alternatives that would go deeper are left out.
 */
export function unrolled(root: Schema, most: number): Schema {
  const recursive = recursiveOnes(root)
  if (recursive.size === 0) return root

  /** Undefined for a schema of which every value goes deeper. */
  const copy = (schema: unknown, path: readonly string[]): unknown => {
    if (!isSchema(schema)) return schema
    const reference = schema['$ref']
    if (typeof reference === 'string' && recursive.has(reference)) {
      if (path.filter((each) => each === reference).length >= most) return undefined
      const target = copy(referredIn(root, reference), [...path, reference])
      const { $ref: _, ...beside } = schema
      return isSchema(target) ? { ...target, ...beside } : target
    }
    return parts(schema, path)
  }

  const parts = (schema: Schema, path: readonly string[]): Schema | undefined => {
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    const result: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(schema)) {
      // Definitions stand at the root alone, and a reference to one that is not recursive remains.
      if (DEFINITIONS.has(name) && path.length > 0) continue
      if ((NAMED.has(name) || DEFINITIONS.has(name)) && isSchema(value)) {
        const all = Object.entries(value).map(([key, each]) => [key, copy(each, path)] as const)
        if (name === 'properties' && all.some(([key, each]) => each === undefined && required.includes(key)))
          return undefined
        result[name] = Object.fromEntries(all.filter(([, each]) => each !== undefined))
      } else if ((name === 'anyOf' || name === 'oneOf') && Array.isArray(value)) {
        const left = value.map((each) => copy(each, path)).filter((each) => each !== undefined)
        if (left.length === 0) return undefined
        result[name] = left
      } else if ((name === 'allOf' || name === 'prefixItems') && Array.isArray(value)) {
        const all = value.map((each) => copy(each, path))
        if (all.includes(undefined)) return undefined
        result[name] = all
      } else if (name === 'items' && isSchema(value)) {
        const items = copy(value, path)
        if (items !== undefined) result[name] = items
        else if (Number(schema['minItems'] ?? 0) > 0) return undefined
        else result['maxItems'] = 0
      } else if (name === 'additionalProperties') result[name] = copy(value, path) ?? false
      else if (!Object.hasOwn(result, name)) result[name] = value
    }
    return result
  }

  return parts(root, []) ?? root
}
