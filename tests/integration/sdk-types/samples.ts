import { ts } from '@ts-morph/common'
import {
  declaredFields,
  literalOf,
  membersOf,
  nameOf,
  WRITTEN_AS_TEXT,
  type Declared,
  type DeclaredField,
} from './declared.ts'

/** A request that has one declared field, or one of the declared values of a field, beside what is required. */
interface Sample {
  /** What is shown by it: `Response.reasoning.effort = "low"`. */
  what: string
  value: unknown
}

/** Values for fields of which the type does not say enough, by `Owner.field` or by `field`; a function gets what the type would give. */
export type Hints = Readonly<Record<string, unknown>>

/** Types nest no deeper than this before their optional fields are left out. */
const MAX_LEVELS = 12

/** Makes requests that have, one after another, all fields and values that a type of an SDK declares. */
export class Samples {
  readonly #declared: Declared
  readonly #hints: Hints

  constructor(declared: Declared, hints: Hints) {
    this.#declared = declared
    this.#hints = hints
  }

  *of(type: ts.Type, path = nameOf(this.#declared.checker, type)): Generator<Sample> {
    yield { what: path, value: this.least(type) }
    yield* this.#variants(type, path, 0)
  }

  #hint({ owner, name }: DeclaredField): { value: unknown } | undefined {
    for (const key of [`${owner}.${name}`, name])
      if (Object.hasOwn(this.#hints, key)) return { value: this.#hints[key] }
    return undefined
  }

  /** A value with nothing but what is required. */
  least(type: ts.Type, level = 0): unknown {
    const { checker } = this.#declared
    const members = membersOf(type)
    const member =
      members.find(({ flags }) => !(flags & (ts.TypeFlags.Object | ts.TypeFlags.Null))) ??
      members.find(({ flags }) => !(flags & ts.TypeFlags.Null)) ??
      members[0]
    if (!member || level > MAX_LEVELS) return undefined
    const { flags } = member
    if (flags & ts.TypeFlags.Null) return null
    const literal = literalOf(checker, member)
    if (literal !== undefined) return literal
    if (flags & (ts.TypeFlags.StringLike | ts.TypeFlags.TemplateLiteral)) return 'x'
    if (flags & ts.TypeFlags.NumberLike) return 1
    if (flags & ts.TypeFlags.BooleanLike) return true
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return {}
    const { name = '' } = (member.symbol as ts.Symbol | undefined) ?? {}
    if (name === 'Uint8Array') return new Uint8Array([120])
    if (name === 'Date') return new Date(0)
    if (WRITTEN_AS_TEXT.has(name)) return 'eA=='
    if (member.isIntersection() && member.types.some((each) => each.flags & ts.TypeFlags.String)) return 'x'
    if (checker.isArrayLikeType(member)) {
      const item = checker.getIndexTypeOfType(member, ts.IndexKind.Number)
      return item ? [this.least(item, level + 1)] : []
    }
    const entries = declaredFields(checker, member).flatMap((field) => {
      if (field.optional || membersOf(field.type).length === 0) return []
      const hint = this.#hint(field)
      return [[field.name, hint ? hint.value : this.least(field.type, level + 1)]]
    })
    return Object.fromEntries(entries)
  }

  *#variants(type: ts.Type, path: string, level: number): Generator<Sample> {
    const { checker } = this.#declared
    const members = membersOf(type)
    for (const member of members) {
      // What Smithy's types keep free for members that are not known yet.
      if (nameOf(checker, member) === '$UnknownMember') continue
      if (members.length > 1 || literalOf(checker, member) !== undefined) {
        const value = this.least(member, level)
        yield {
          what:
            typeof value === 'object' && value !== null
              ? `${path} (${nameOf(checker, member)})`
              : `${path} = ${JSON.stringify(value)}`,
          value,
        }
      }
      if (level > MAX_LEVELS || this.#declared.shown.has(member)) continue
      if (!(member.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) continue
      if (WRITTEN_AS_TEXT.has((member.symbol as ts.Symbol | undefined)?.name ?? '')) continue
      if (checker.isArrayLikeType(member)) {
        const item = checker.getIndexTypeOfType(member, ts.IndexKind.Number)
        if (item)
          for (const { what, value } of this.#variants(item, `${path}[]`, level + 1)) yield { what, value: [value] }
        continue
      }
      this.#declared.shown.add(member)
      const least = this.least(member, level) as Record<string, unknown>
      for (const field of declaredFields(checker, member)) {
        if (membersOf(field.type).length === 0) continue
        const at = `${path}.${field.name}`
        const hint = this.#hint(field)
        if (field.optional)
          yield { what: at, value: { ...least, [field.name]: hint ? hint.value : this.least(field.type, level + 1) } }
        if (hint) continue
        for (const { what, value } of this.#variants(field.type, at, level + 1))
          yield { what, value: { ...least, [field.name]: value } }
      }
    }
  }
}
