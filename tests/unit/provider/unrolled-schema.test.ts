import { expect, test } from 'vitest'
import { unrolled } from '../../../src/provider/unrolled-schema.ts'

const TEXT = { type: 'string' }
const SELF = { $ref: '#/$defs/n' }
/** What becomes of a definition that refers to itself, at the first place that refers to it; undefined where it is left out. */
const inner = (definition: object, most = 1): unknown => {
  const schema = unrolled({ $defs: { n: definition }, type: 'object', properties: { a: SELF } }, most)
  return (schema['properties'] as { a?: unknown }).a
}

test.each<[string, object, object]>([
  ['a property', { type: 'object', properties: { v: TEXT, next: SELF } }, { type: 'object', properties: { v: TEXT } }],
  ['an alternative', { anyOf: [TEXT, SELF] }, { anyOf: [TEXT] }],
  ['one of several', { oneOf: [SELF, TEXT] }, { oneOf: [TEXT] }],
  ['the items of a list', { type: 'array', items: SELF }, { type: 'array', maxItems: 0 }],
  ['the same that may be none', { items: SELF, minItems: 0 }, { maxItems: 0, minItems: 0 }],
  ['other properties', { additionalProperties: SELF }, { additionalProperties: false }],
  ['properties of a pattern', { patternProperties: { '^x': SELF, '^y': TEXT } }, { patternProperties: { '^y': TEXT } }],
])('%s may be left out where the schema would go deeper', (_, definition, left) => {
  expect(inner(definition)).toEqual(left)
})

test.each<[string, object]>([
  ['a required property', { properties: { v: TEXT, next: SELF }, required: ['next'] }],
  ['the only alternative', { anyOf: [SELF] }],
  ['the only one', { oneOf: [SELF] }],
  ['a part of all', { allOf: [TEXT, SELF] }],
  ['a part of a tuple', { prefixItems: [TEXT, SELF] }],
  ['an item that has to be there', { items: SELF, minItems: 1 }],
])('what has %s that goes deeper is left out itself', (_, definition) => {
  expect(inner(definition)).toBeUndefined()
})

test('a schema goes as deep as it is told, and keeps what stands beside a reference', () => {
  const definition = { properties: { v: TEXT, next: { ...SELF, description: 'more' } }, required: ['v'] }
  const leaf = { properties: { v: TEXT }, required: ['v'] }
  expect(inner(definition, 1)).toEqual(leaf)
  expect(inner(definition, 2)).toEqual({
    properties: { v: TEXT, next: { ...leaf, description: 'more' } },
    required: ['v'],
  })
})

test('what does not go deeper stays, beside what does', () => {
  const beside = {
    allOf: [TEXT, { $ref: '#/$defs/leaf' }],
    prefixItems: [TEXT, { type: 'null' }],
    items: { type: 'integer' },
    enum: ['a', null],
    const: null,
    additionalProperties: true,
    not: { type: 'null' },
    required: ['v'],
    patternProperties: { '^x': TEXT },
  }
  expect(inner({ ...beside, properties: { v: TEXT, next: SELF } })).toEqual({ ...beside, properties: { v: TEXT } })
})

test('a schema without recursion stays as it is, whatever it refers to', () => {
  for (const schema of [
    { type: 'object', properties: { a: { $ref: '#/$defs/leaf' } }, $defs: { leaf: TEXT } },
    { properties: { a: { $ref: '#/none' }, b: { $ref: 'https://example.com/x' }, c: { $ref: '#anchor' } } },
    { type: 'object', const: null, properties: { a: { $ref: '#/const/x' }, b: { $ref: '#/type/length' } } },
    // No reference, but a value.
    { properties: { a: { $ref: 5 } } },
  ])
    expect(unrolled(schema, 3)).toBe(schema)
})

test('references that lead nowhere back remain, and the definitions with them', () => {
  const leaf = { $ref: '#/$defs/leaf' }
  const schema = {
    type: 'object',
    properties: { a: { $ref: '#/$defs/plan' }, b: leaf },
    $defs: {
      leaf: TEXT,
      plan: { properties: { step: { $ref: '#/$defs/step' }, name: leaf }, $defs: { own: TEXT } },
      step: { anyOf: [{ $ref: '#/$defs/plan' }, { type: 'null' }] },
    },
  }
  const made = unrolled(schema, 1)
  expect(made['properties']).toEqual({
    a: { properties: { step: { anyOf: [{ type: 'null' }] }, name: leaf } },
    b: leaf,
  })
  expect(made['$defs']).toMatchObject({ leaf: TEXT })
})

test('a reference into a circle that it is no part of remains', () => {
  const definitions = {
    wrap: { properties: { plan: { $ref: '#/definitions/plan' } } },
    plan: { properties: { v: TEXT, step: { $ref: '#/definitions/step' } } },
    step: { properties: { plan: { $ref: '#/definitions/plan' } } },
  }
  const schema = { properties: { a: { $ref: '#/definitions/wrap' } }, definitions }
  expect(unrolled(schema, 1)).toMatchObject({
    properties: { a: { $ref: '#/definitions/wrap' } },
    definitions: {
      wrap: { properties: { plan: { properties: { v: TEXT, step: { properties: {} } } } } },
    },
  })
})

test('a reference may be the root, or a pointer with characters that are escaped', () => {
  expect(unrolled({ properties: { next: { $ref: '#' }, v: TEXT } }, 1)).toEqual({
    properties: { next: { properties: { v: TEXT } }, v: TEXT },
  })
  const self = { $ref: '#/definitions/a~1b%20c~0d' }
  const definitions = { 'a/b c~d': { properties: { v: TEXT, next: self } } }
  expect(unrolled({ properties: { a: self }, definitions }, 1)['properties']).toEqual({
    a: { properties: { v: TEXT } },
  })
})

test('a schema whose values never end stays as it is', () => {
  const endless = { properties: { a: { $ref: '#' } }, required: ['a'] }
  expect(unrolled(endless, 2)).toBe(endless)
})

test('a circle of as many definitions as any service takes levels is followed to its end, and a longer one stays', () => {
  const circleOf = (length: number) => ({
    properties: { first: { $ref: '#/$defs/d0' } },
    $defs: Object.fromEntries(
      Array.from({ length }, (_, nth) => [
        `d${nth}`,
        nth < length - 1
          ? { properties: { next: { $ref: `#/$defs/d${nth + 1}` } }, required: ['next'] }
          : { properties: { again: { $ref: '#/$defs/d0' } } },
      ]),
    ),
  })
  let levels = 0
  let at = unrolled(circleOf(50), 1)['properties'] as { first?: unknown; next?: unknown } | undefined
  for (; at !== undefined; levels++) {
    const inner = (at.first ?? at.next) as { properties?: typeof at } | undefined
    at = inner?.properties
  }
  expect(levels).toBe(51)
  const longer = circleOf(51)
  expect(unrolled(longer, 1)).toBe(longer)
})
