import type { Shape } from '../shape.ts'

// Source: https://protobuf.dev/programming-guides/json, and how Google's own parser reads it.

/** `generation_config` → `generationConfig`. */
const camelCase = (name: string): string => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** `generationConfig` → `generation_config`, as Google's errors name fields. */
export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A request as its shape names it. Google's parser takes the names of fields in both spellings, a single value where a list is
 * expected, and numbers that are written as text.
 */
export function canonical(shape: Shape, value: unknown, depth = 0): unknown {
  if (depth > 64) return value
  switch (shape.type) {
    case 'number':
    case 'integer':
      return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
    case 'array': {
      if (value === null || value === undefined) return value
      const list = Array.isArray(value) ? value : isObject(value) ? [value] : undefined
      return list ? list.map((item) => canonical(shape.items, item, depth + 1)) : value
    }
    case 'object': {
      if (!isObject(value) || Object.keys(shape.fields).length === 0) return value
      return Object.fromEntries(
        Object.entries(value).flatMap(([given, inner]) => {
          // Nothing is the same as left out.
          if (inner === null) return []
          const name = Object.hasOwn(shape.fields, given) ? given : camelCase(given)
          const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined
          return [field ? [name, canonical(field, inner, depth + 1)] : [given, inner]]
        }),
      )
    }
    default:
      return value
  }
}
