import { isSchema, referredIn, type Schema } from './schema-reference.ts'

/** Keywords with one schema by name. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties'])
/** More references than this do not follow each other: no service takes a schema of so many levels. */
const MAX_LEVELS = 50
/** Keywords with definitions: a schema refers to them. */
const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions'])

/** The references in a schema; those of its definitions are theirs. */
function* referencesIn(schema: unknown): Generator<string> {
  if (Array.isArray(schema)) for (const each of schema) yield* referencesIn(each)
  if (!isSchema(schema)) return
  if (typeof schema['$ref'] === 'string') yield schema['$ref']
  for (const [name, each] of Object.entries(schema)) if (!DEFINITIONS.has(name)) yield* referencesIn(each)
}

/** The references of a document that lead back to themselves, with the number of references until they do. */
function circlesIn(root: Schema): ReadonlyMap<string, number> {
  const all = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (isSchema(value) && typeof value['$ref'] === 'string') all.add(value['$ref'])
    for (const each of Object.values(value)) collect(each)
  }
  collect(root)
  const next = new Map([...all].map((each) => [each, new Set(referencesIn(referredIn(root, each)))]))
  const circleOf = (start: string): number | undefined => {
    const seen = new Set<string>()
    let open = [...next.get(start)!]
    for (let steps = 1; steps <= MAX_LEVELS && open.length > 0; steps++) {
      if (open.includes(start)) return steps
      for (const each of open) seen.add(each)
      open = [...new Set(open.flatMap((each) => [...(next.get(each) ?? [])]))].filter((each) => !seen.has(each))
    }
    return undefined
  }
  return new Map(
    [...all].flatMap((each) => {
      const steps = circleOf(each)
      return steps === undefined ? [] : [[each, steps] as const]
    }),
  )
}

/**
 * A schema without recursion, whose values fit the given one too: each recursive reference is replaced by its target down
 * to `most` levels, and below them optional properties, items and alternatives that would go deeper are left out. Parts
 * of it that are equal are one object: as a text it may be very long.
 */
export function unrolled(root: Schema, most: number): Schema {
  const circles = circlesIn(root)
  if (circles.size === 0) return root

  /** What becomes of a target, by its reference and the number of references that may follow each other from it on. */
  const made = new Map<string, unknown>()
  const target = (reference: string, left: number): unknown => {
    if (left === 0) return undefined
    const key = `${left} ${reference}`
    if (!made.has(key)) made.set(key, copy(referredIn(root, reference), left - 1, true))
    return made.get(key)
  }

  /** Undefined for a schema of which every value goes deeper. */
  const copy = (schema: unknown, left: number, isTarget: boolean): unknown => {
    if (!isSchema(schema)) return schema
    const reference = schema['$ref']
    if (typeof reference !== 'string' || !circles.has(reference)) return parts(schema, left, isTarget)
    const { $ref: _, ...beside } = schema
    const found = target(reference, left)
    return isSchema(found) && Object.keys(beside).length > 0 ? { ...found, ...beside } : found
  }

  const parts = (schema: Schema, left: number, isTarget: boolean): Schema | undefined => {
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    const result: Record<string, unknown> = {}
    const copyOf = (part: unknown): unknown => copy(part, left, isTarget)
    for (const [name, value] of Object.entries(schema)) {
      // Definitions stand at the root alone, and a reference to one that is not recursive remains.
      if (DEFINITIONS.has(name) && isTarget) continue
      if ((NAMED.has(name) || DEFINITIONS.has(name)) && isSchema(value)) {
        const all = Object.entries(value).map(([key, each]) => [key, copyOf(each)] as const)
        if (name === 'properties' && all.some(([key, each]) => each === undefined && required.includes(key)))
          return undefined
        result[name] = Object.fromEntries(all.filter(([, each]) => each !== undefined))
      } else if ((name === 'anyOf' || name === 'oneOf') && Array.isArray(value)) {
        const possible = value.map(copyOf).filter((each) => each !== undefined)
        if (possible.length === 0) return undefined
        result[name] = possible
      } else if ((name === 'allOf' || name === 'prefixItems') && Array.isArray(value)) {
        const all = value.map(copyOf)
        if (all.includes(undefined)) return undefined
        result[name] = all
      } else if (name === 'items' && isSchema(value)) {
        const items = copyOf(value)
        if (items !== undefined) result[name] = items
        else if (Number(schema['minItems'] ?? 0) > 0) return undefined
        else result['maxItems'] = 0
      } else if (name === 'additionalProperties') result[name] = copyOf(value) ?? false
      else if (!Object.hasOwn(result, name)) result[name] = value
    }
    return result
  }

  const levels = Math.max(leastLevels([...circles.keys()], target), ...circles.values())
  return parts(root, most * levels, false) ?? root
}

/** With how many levels there is a value of each target that has one at all. */
function leastLevels(references: readonly string[], target: (reference: string, levels: number) => unknown): number {
  let possible = 0
  for (let levels = 1; levels <= MAX_LEVELS; levels++) {
    const now = references.filter((each) => target(each, levels) !== undefined).length
    // What no level more has made possible, none will.
    if (now === possible) return levels - 1
    possible = now
  }
  return MAX_LEVELS
}
