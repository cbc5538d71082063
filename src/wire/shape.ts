/** The shape that a request must have, as a table. */
export type Shape =
  | { type: 'object'; fields: Readonly<Record<string, Field>>; open?: true }
  | { type: 'array'; items: Shape; least?: number | undefined; most?: number | undefined }
  | {
      type: 'string'
      among?: readonly string[] | undefined
      /** Of regular expressions. */
      pattern?: string | undefined
      /** Characters. */
      least?: number | undefined
      most?: number | undefined
    }
  | { type: 'number' | 'integer'; min?: number | undefined; max?: number | undefined }
  | { type: 'boolean' }
  | { type: 'any' }
  /** One of several kinds of value, told apart by their JSON type. */
  | { type: 'either'; of: readonly Shape[] }
  /**
   * One of several objects, told apart by one of their fields; with `others`, also any that is not named here; `untagged` are those
   * that need no tag, the usual one first.
   */
  | {
      type: 'tagged'
      tag: string
      of: Readonly<Record<string, Shape>>
      others?: true
      untagged?: readonly Shape[] | undefined
    }

/** A field of an object; `null` counts as left out where a field is optional. */
export type Field = Shape & { required?: true }

/** What is wrong with a request, and where. Each provider has its own words for it. */
export type Problem = { path: readonly (string | number)[] } & (
  | { kind: 'missing' }
  | { kind: 'unknown' }
  | { kind: 'type'; expected: string; given: string }
  | { kind: 'empty' }
  | { kind: 'long'; limit: number; given: number }
  | { kind: 'below' | 'above'; limit: number; given: number; integer: boolean }
  | { kind: 'value'; given: string; among: readonly string[] }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'short text' }
  | { kind: 'long text'; limit: number; given: number }
)

/** Requests nest no deeper than this; JSON Schemas inside them are not looked into. */
const MAX_DEPTH = 32

function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeFits(shape: Shape, value: unknown): boolean {
  const given = jsonType(value)
  if (shape.type === 'any') return true
  if (shape.type === 'either') return shape.of.some((one) => typeFits(one, value))
  if (shape.type === 'tagged') return given === 'object'
  return given === shape.type || (shape.type === 'number' && given === 'integer')
}

const expectation = (shape: Shape): string =>
  shape.type === 'either' ? shape.of.map(expectation).join(' or ') : shape.type === 'tagged' ? 'object' : shape.type

/** A problem of a part, as one of the whole. Paths are made on the way back: most requests have no problem. */
const within = (step: string | number, problem: Problem): Problem => ({ ...problem, path: [step, ...problem.path] })

/**
 * Finds the first thing that is wrong with a value.
 *
 * @param depth how deep the value lies in the request
 */
export function problemOf(shape: Shape, value: unknown, depth = 0): Problem | undefined {
  if (depth > MAX_DEPTH)
    return { path: [], kind: 'type', expected: 'a value nested less deeply', given: jsonType(value) }
  if (!typeFits(shape, value)) return { path: [], kind: 'type', expected: expectation(shape), given: jsonType(value) }
  switch (shape.type) {
    case 'any':
    case 'boolean':
      return undefined
    case 'string':
      return textProblem(shape, value as string)
    case 'number':
    case 'integer': {
      const given = value as number
      const integer = shape.type === 'integer'
      if (shape.min !== undefined && given < shape.min)
        return { path: [], kind: 'below', limit: shape.min, given, integer }
      if (shape.max !== undefined && given > shape.max)
        return { path: [], kind: 'above', limit: shape.max, given, integer }
      return undefined
    }
    case 'either':
      return problemOf(
        shape.of.find((one) => typeFits(one, value))!,
        value,
        depth,
      )
    case 'tagged': {
      const tag = (value as Record<string, unknown>)[shape.tag]
      if (tag == null && shape.untagged) return untaggedProblem(shape.untagged, value, depth)
      if (tag === undefined) return shape.others ? undefined : { path: [shape.tag], kind: 'missing' }
      if (typeof tag !== 'string' || !Object.hasOwn(shape.of, tag)) {
        if (shape.others && typeof tag === 'string') return undefined
        return {
          path: [shape.tag],
          kind: 'value',
          given: typeof tag === 'string' ? tag : JSON.stringify(tag),
          among: Object.keys(shape.of),
        }
      }
      return problemOf(shape.of[tag]!, value, depth)
    }
    case 'array': {
      const items = value as unknown[]
      if (items.length < (shape.least ?? 0)) return { path: [], kind: 'empty' }
      if (shape.most !== undefined && items.length > shape.most)
        return { path: [], kind: 'long', limit: shape.most, given: items.length }
      for (let index = 0; index < items.length; index++) {
        const problem = problemOf(shape.items, items[index], depth + 1)
        if (problem) return within(index, problem)
      }
      return undefined
    }
    case 'object':
      return objectProblem(shape, value as Record<string, unknown>, depth)
    default:
      return shape satisfies never
  }
}

/** What is wrong with an object without a tag: that which the usual shape finds, where no shape fits it. */
function untaggedProblem(shapes: readonly Shape[], value: unknown, depth: number): Problem | undefined {
  let first: Problem | undefined
  for (const shape of shapes) {
    const problem = problemOf(shape, value, depth)
    if (!problem) return undefined
    first ??= problem
  }
  return first
}

/** Patterns are written once and read at each request. */
const patterns = new Map<string, RegExp>()

function textProblem(
  { among, pattern, least = 0, most }: Extract<Shape, { type: 'string' }>,
  given: string,
): Problem | undefined {
  if (among && !among.includes(given)) return { path: [], kind: 'value', given, among }
  if (given.length < least) return { path: [], kind: 'short text' }
  if (most !== undefined && given.length > most)
    return { path: [], kind: 'long text', limit: most, given: given.length }
  if (pattern === undefined) return undefined
  let compiled = patterns.get(pattern)
  if (!compiled) patterns.set(pattern, (compiled = new RegExp(pattern)))
  return compiled.test(given) ? undefined : { path: [], kind: 'pattern', pattern }
}

function objectProblem(
  shape: Extract<Shape, { type: 'object' }>,
  value: Record<string, unknown>,
  depth: number,
): Problem | undefined {
  // A request names few of the many fields that it might have.
  let unknown: string | undefined
  for (const name of requiredOf(shape)) {
    if ((Object.hasOwn(value, name) ? value[name] : null) == null) return { path: [name], kind: 'missing' }
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape.fields, name)) unknown ??= name
    else if (value[name] != null) {
      const problem = problemOf(shape.fields[name]!, value[name], depth + 1)
      if (problem) return within(name, problem)
    }
  }
  return shape.open || unknown === undefined ? undefined : { path: [unknown], kind: 'unknown' }
}

const required = new WeakMap<Shape, readonly string[]>()

function requiredOf(shape: Extract<Shape, { type: 'object' }>): readonly string[] {
  let names = required.get(shape)
  if (!names) required.set(shape, (names = Object.keys(shape.fields).filter((name) => shape.fields[name]!.required)))
  return names
}

const relaxedShapes = new WeakMap<Shape, Shape>()

/**
 * A shape as it is read where a vendor is only compatible: fields, tags, values and ranges of its own are let through; of
 * what type something is that has to be there stays. It is made at the first request that needs it: most tests ask one
 * service, at its own host.
 */
export function relaxed(shape: Shape): Shape {
  let made = relaxedShapes.get(shape)
  if (!made) relaxedShapes.set(shape, (made = relaxedOf(shape)))
  return made
}

/** The shape that a request has to have: at a vendor's own host exactly this one, and relaxed where another is only compatible. */
export const shapeFor = (shape: Shape, strict: boolean): Shape => (strict ? shape : relaxed(shape))

function relaxedOf<Of extends Shape>(shape: Of): Of
function relaxedOf(shape: Shape): Shape {
  switch (shape.type) {
    case 'any':
    case 'boolean':
      return shape
    case 'string':
      return { ...shape, among: undefined, pattern: undefined, least: undefined, most: undefined }
    case 'number':
    case 'integer':
      return { ...shape, min: undefined, max: undefined }
    case 'either':
      return { ...shape, of: shape.of.map((one) => relaxedOf(one)) }
    case 'array':
      return {
        ...shape,
        items: relaxedOf(shape.items),
        least: 'required' in shape ? shape.least : undefined,
        most: undefined,
      }
    case 'tagged':
      return {
        ...shape,
        of: relaxedAll(shape.of),
        others: true,
        untagged: shape.untagged?.map((one) => relaxedOf(one)),
      }
    case 'object':
      return { ...shape, fields: relaxedAll(shape.fields), open: true }
    default:
      return shape satisfies never
  }
}

const relaxedAll = <Of extends Shape>(shapes: Readonly<Record<string, Of>>): Record<string, Of> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, relaxedOf(shape)]))

/** A value of any kind. */
export const ANY: Shape = { type: 'any' }
/** A text, or a list of objects that are told apart by their `type`. */
export const textOrBlocks = (blocks: Readonly<Record<string, Shape>>): Shape => ({
  type: 'either',
  of: [{ type: 'string' }, { type: 'array', items: { type: 'tagged', tag: 'type', of: blocks } }],
})
