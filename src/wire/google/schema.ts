import type { DialectSchema } from './content-request.ts'

// Source: https://ai.google.dev/api/caching#Schema: a part of OpenAPI 3.0's schemas, with types in upper case and counts as text.

const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']
/** What JSON Schema has no word for, or means otherwise. */
const LEFT_OUT = new Set(['nullable', 'propertyOrdering', 'example', 'format', 'default', ...COUNTS])
/** Formats that JSON Schema has too. */
const FORMATS = new Set(['date', 'date-time', 'time', 'duration'])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const each = (values: unknown, convert: (value: unknown) => unknown): unknown =>
  isObject(values) ? Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)])) : {}

function typeOf(schema: Record<string, unknown>): unknown {
  const { type, nullable } = schema
  const name = typeof type === 'string' && type !== 'TYPE_UNSPECIFIED' ? type.toLowerCase() : type
  return nullable === true && typeof name === 'string' ? [name, 'null'] : name
}

/** A schema of Google's dialect as JSON Schema. */
export function jsonSchemaOf(schema: DialectSchema): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(schema)) {
    if (LEFT_OUT.has(name) || value === null || value === undefined) continue
    if (name === 'type') found['type'] = typeOf(schema)
    else if (name === 'properties') found['properties'] = each(value, inner)
    else if (name === 'items') found['items'] = inner(value)
    else if (name === 'anyOf') found['anyOf'] = Array.isArray(value) ? value.map(inner) : []
    else found[name] = value
  }
  for (const name of COUNTS) {
    const count = Number(schema[name] ?? Number.NaN)
    if (Number.isInteger(count) && count >= 0) found[name] = count
  }
  const { format } = schema
  if (typeof format === 'string' && FORMATS.has(format)) found['format'] = format
  if (schema['nullable'] === true && Array.isArray(found['enum'])) found['enum'] = [...found['enum'], null]
  return found
}

const inner = (value: unknown): unknown => (isObject(value) ? jsonSchemaOf(value) : {})
