import { jsonSchemaFaker } from '../packages/index.ts'
import { unrolled } from './unrolled-schema.ts'

type Schema = Readonly<Record<string, unknown>>

/** Thrown for a JSON schema that is too large to generate a value for. */
class SchemaTooLargeError extends Error {
  override readonly name = 'SchemaTooLargeError'
  readonly code = 'LONGHAUL_SCHEMA_TOO_LARGE'
}

/** Thrown for a JSON schema that is contradictory or invalid. */
class UnfitSchemaError extends Error {
  override readonly name = 'UnfitSchemaError'
  readonly code = 'LONGHAUL_UNFIT_SCHEMA'
}

/** How often the schema may be looked at while a value is made for it: a measure of work that is the same everywhere. */
const MAX_LOOKS = 200_000
/** Levels of the schema; services take ten at most. */
const MAX_LEVELS = 100
const MAX_NODES = 20_000

/** How many items, properties and characters a value has where its schema wants more: a model would be cut off there. */
type Sizes = Readonly<Record<'minItems' | 'minContains' | 'minProperties' | 'minLength', number>>
const LARGE: Sizes = { minItems: 1_000, minContains: 100, minProperties: 1_000, minLength: 10_000 }
const SMALL: Sizes = { minItems: 2, minContains: 2, minProperties: 2, minLength: 20 }

/** Levels of a value whose schema refers to itself. */
const LEVELS_OF_LARGE = 3
const LEVELS_OF_SMALL = 1

/** Below its depth the library makes values that do not fit the schema. */
const OPTIONS = { maxDepth: MAX_LEVELS, maxDefaultItems: 4, optionalsProbability: 1 }

/** A pattern whose repetitions are so many makes texts of megabytes. */
const REPEATED_OFTEN = /\{\d{4,}|\{\d*,\d{4,}/
const MAX_PATTERN = 1_000

/** Whether a keyword of a pattern asks for what no model would say. */
const isWildPattern = (name: string, value: unknown): boolean =>
  name === 'pattern' && typeof value === 'string' && (value.length > MAX_PATTERN || REPEATED_OFTEN.test(value))

/** A schema with smaller sizes, and a guard against one that is too large to be walked. */
function bounded(schema: unknown, sizes: Sizes): unknown {
  let nodes = 0
  const copy = (value: unknown, level: number): unknown => {
    if (typeof value !== 'object' || value === null) return value
    nodes += 1
    if (level > MAX_LEVELS || nodes > MAX_NODES)
      throw new SchemaTooLargeError(
        `The schema has more than ${MAX_LEVELS} levels or ${MAX_NODES} parts: longhaul generates no value for the schema.`,
      )
    if (Array.isArray(value)) return value.map((each) => copy(each, level + 1))
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, each]): [string, unknown][] => {
        if (isWildPattern(name, each)) return []
        const most = Object.hasOwn(sizes, name) ? sizes[name as keyof Sizes] : undefined
        return [[name, typeof each === 'number' && most !== undefined && each > most ? most : copy(each, level + 1)]]
      }),
    )
  }
  return copy(schema, 0)
}

/** A schema that counts how often it is looked at, and ends that. */
function counted(schema: unknown): unknown {
  let looks = 0
  const seen = new WeakMap<object, unknown>()
  const wrap = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    let proxy = seen.get(value)
    if (proxy === undefined) {
      proxy = new Proxy(value, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver)
          // A long text is as much work as many values.
          looks += name === 'minLength' && typeof value === 'number' ? value : 1
          if (looks > MAX_LOOKS)
            throw new SchemaTooLargeError(
              'The schema requires more values than a model would produce: longhaul generates no value for the schema.',
            )
          return wrap(value)
        },
      })
      seen.set(value, proxy)
    }
    return proxy
  }
  return wrap(schema)
}

function make(schema: Schema, seed: number, sizes: Sizes, levels: number): unknown {
  try {
    const given = unrolled(bounded(schema, sizes) as Schema, levels)
    return jsonSchemaFaker().generateSync(counted(given) as never, { seed, ...OPTIONS })
  } catch (error) {
    if (error instanceof SchemaTooLargeError) throw error
    throw new UnfitSchemaError(
      'longhaul cannot generate a value for the schema: the schema contradicts itself, or a keyword has a value of a wrong type.',
      { cause: error },
    )
  }
}

/**
 * A value that fits a JSON schema, made in a bounded time. Where the schema wants very many or very long values, there are
 * fewer and shorter ones.
 *
 * @throws SchemaTooLargeError, UnfitSchemaError
 */
export function fitSchema(schema: Schema, seed: number): unknown {
  try {
    return make(schema, seed, LARGE, LEVELS_OF_LARGE)
  } catch {
    return make(schema, seed, SMALL, LEVELS_OF_SMALL)
  }
}
