import { ts } from '@ts-morph/common'
import { declaredFields, literalOf, membersOf, nameOf, WRITTEN_AS_TEXT, type Declared } from './declared.ts'

/** Where a value is other than its type. */
interface Deviation {
  /** What is wrong with which field of which type: `missing Response.usage`. */
  what: string
  path: string
}

/** How the fields of an SDK's types are called on the wire. */
export type WireName = (declared: string) => string

/** Holds a value that was read from the wire to a type of an SDK: what is required is there, what is there is declared. */
export function held(
  { checker }: Declared,
  type: ts.Type,
  value: unknown,
  wireName: WireName = (name) => name,
): Deviation[] {
  const kindFits = (of: ts.Type, given: unknown): boolean => {
    const { flags } = of
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true
    if (given === null) return Boolean(flags & ts.TypeFlags.Null)
    const literal = literalOf(checker, of)
    if (literal !== undefined) return literal === given
    if (typeof given === 'string')
      return Boolean(flags & (ts.TypeFlags.StringLike | ts.TypeFlags.TemplateLiteral)) || isText(of) || isOpenText(of)
    if (typeof given === 'number') return Boolean(flags & ts.TypeFlags.NumberLike)
    if (typeof given === 'boolean') return Boolean(flags & ts.TypeFlags.BooleanLike)
    if (Array.isArray(given)) return checker.isArrayLikeType(of)
    return (
      Boolean(flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive)) &&
      !checker.isArrayLikeType(of) &&
      !isText(of)
    )
  }
  const isText = (of: ts.Type): boolean => WRITTEN_AS_TEXT.has((of.symbol as ts.Symbol | undefined)?.name ?? '')
  /** `string & {}`, by which a type names some values of many. */
  const isOpenText = (of: ts.Type): boolean =>
    of.isIntersection() && of.types.some(({ flags }) => flags & ts.TypeFlags.String)

  const compare = (of: ts.Type, given: unknown, path: string, owner: string): Deviation[] => {
    const members = membersOf(of)
    if (members.some(({ flags }) => flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))) return []
    const fitting = members.filter((member) => kindFits(member, given))
    if (fitting.length === 0) {
      const shown =
        typeof given === 'object' && given !== null
          ? Array.isArray(given)
            ? 'a list'
            : 'an object'
          : JSON.stringify(given)
      return [{ what: `${owner} is ${shown}, not ${checker.typeToString(of).slice(0, 200)}`, path }]
    }
    if (given === null || typeof given !== 'object') return []
    if (Array.isArray(given)) {
      // A list of one of several kinds is told apart by its items.
      const tried = fitting.map((member) => {
        const item = checker.getIndexTypeOfType(member, ts.IndexKind.Number)
        return item ? given.flatMap((each, index) => compare(item, each, `${path}[${index}]`, owner)) : []
      })
      return fewest(tried)
    }
    const values = given as Record<string, unknown>
    const tagged = fitting.length > 1 ? fitting.filter((member) => tagsFit(member, values)) : fitting
    return fewest((tagged.length > 0 ? tagged : fitting).map((member) => compareObject(member, values, path)))
  }

  /** Whether all fields that tell objects apart are as a member of a union has them. */
  const tagsFit = (of: ts.Type, values: Record<string, unknown>): boolean =>
    declaredFields(checker, of).every((field) => {
      const literals = membersOf(field.type)
      const name = wireName(field.name)
      if (literals.length === 0) return values[name] === undefined
      if (!literals.every((each) => literalOf(checker, each) !== undefined)) return true
      if (values[name] === undefined) return field.optional
      return literals.some((each) => literalOf(checker, each) === values[name])
    })

  const compareObject = (of: ts.Type, values: Record<string, unknown>, path: string): Deviation[] => {
    if (isAnyObject(of)) return []
    const found: Deviation[] = []
    const known = new Set<string>()
    for (const field of declaredFields(checker, of)) {
      const name = wireName(field.name)
      known.add(name)
      const at = `${field.owner}.${field.name}`
      const isNever = membersOf(field.type).length === 0
      const given = values[name]
      if (given === undefined) {
        if (!field.optional && !isNever) found.push({ what: `missing ${at}`, path: `${path}.${name}` })
        continue
      }
      if (isNever) found.push({ what: `surplus ${at}`, path: `${path}.${name}` })
      else found.push(...compare(field.type, given, `${path}.${name}`, at))
    }
    const index = checker.getIndexTypeOfType(of, ts.IndexKind.String)
    for (const [name, given] of Object.entries(values)) {
      if (known.has(name)) continue
      if (index) found.push(...compare(index, given, `${path}.${name}`, nameOf(checker, of)))
      else found.push({ what: `surplus ${nameOf(checker, of)}.${name}`, path: `${path}.${name}` })
    }
    return found
  }
  const isAnyObject = (of: ts.Type): boolean =>
    Boolean(of.flags & ts.TypeFlags.NonPrimitive) ||
    ['Object', 'Record', 'Map'].includes((of.symbol as ts.Symbol | undefined)?.name ?? '')

  return compare(type, value, '$', nameOf(checker, type))
}

const fewest = (tried: readonly Deviation[][]): Deviation[] =>
  tried.reduce((best, each) => (each.length < best.length ? each : best))

/** Names of SDKs that write them in camel case, and the wire in snake case. */
export const snakeCased: WireName = (declared) => declared.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
