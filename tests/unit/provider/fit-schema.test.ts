import { expect, test } from 'vitest'
import { fitSchema } from '../../../src/provider/fit-schema.ts'
import { misfitOf } from '../../../src/provider/schema-misfit.ts'

const nested = (levels: number): Record<string, unknown> =>
  levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: nested(levels - 1) }, required: ['a'] }

test('a value fits its schema, and is the same for the same seed', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'array', minItems: 3, items: { type: 'integer' } } },
    required: ['n'],
  }
  const value = fitSchema(schema, 1) as { n: number[] }
  expect(value.n.length).toBeGreaterThanOrEqual(3)
  expect(value.n.every((each) => Number.isInteger(each))).toBe(true)
  expect(fitSchema(schema, 1)).toEqual(value)
})

test.each([
  ['a billion items', { type: 'array', minItems: 1e9, items: { type: 'string' } }],
  ['a text of a billion characters', { type: 'string', minLength: 1e9 }],
  [
    'lists of a thousand lists',
    {
      type: 'array',
      minItems: 1_000,
      items: { type: 'array', minItems: 1_000, items: { type: 'string', minLength: 1_000 } },
    },
  ],
  ['a wild pattern', { type: 'string', pattern: '(a{1000}){1000}' }],
])('%s are fewer, as a model would be cut off there', (_, schema) => {
  expect(JSON.stringify(fitSchema(schema, 1)).length).toBeLessThan(1_000_000)
})

test.each([
  ['nested too deep', nested(4_000), /more than 100 levels/],
  ['no schema', { enum: [] }, /contradicts itself, or a keyword has a value of a wrong type/],
])('one that is %s is refused in a sentence', (_, schema, said) => {
  expect(() => fitSchema(schema, 1)).toThrow(said)
})

const text = { type: 'string', minLength: 1 }
const object = (properties: Record<string, object>, required = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)

test('a tree whose schema refers to itself ends in leaves that fit the schema', () => {
  const node = object({ name: text, children: { type: 'array', maxItems: 3, items: { $ref: '#/$defs/node' } } })
  interface Node {
    name: string
    children: Node[]
  }
  const namesOf = ({ name, children }: Node): string[] => [name, ...children.flatMap(namesOf)]
  const deep = ({ children }: Node): number => 1 + Math.max(0, ...children.map(deep))
  const trees = SEEDS.map(
    (seed) =>
      (fitSchema({ ...object({ root: { $ref: '#/$defs/node' } }), $defs: { node } }, seed) as { root: Node }).root,
  )
  expect(trees.flatMap(namesOf).every((name) => name.length > 0)).toBe(true)
  expect(Math.max(...trees.map(deep))).toBe(3)
})

test.each([
  ['by a choice', { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }, ['value', 'next'], null],
  ['by a property that may be missing', { next: { $ref: '#' } }, ['value'], undefined],
])('a list whose schema is the root itself ends %s', (_, next, required, end) => {
  for (const seed of SEEDS) {
    let at: unknown = fitSchema(object({ value: text, ...next }, required) as Record<string, unknown>, seed)
    let length = 0
    for (; at !== end; at = (at as { next?: unknown }).next) {
      expect(at).toMatchObject({ value: expect.stringMatching(/./) as string })
      length += 1
    }
    expect(length).toBeLessThanOrEqual(4)
  }
})

test('two definitions that refer to each other end too', () => {
  const schema = {
    ...object({ plan: { $ref: '#/$defs/plan' } }),
    $defs: {
      plan: object({ title: text, steps: { type: 'array', items: { $ref: '#/$defs/step' } } }),
      step: object({ owner: { $ref: '#/$defs/owner' }, plan: { oneOf: [{ $ref: '#/$defs/plan' }, { type: 'null' }] } }),
      owner: object({ name: text }),
    },
  }
  const found = SEEDS.map((seed) => JSON.stringify(fitSchema(schema, seed))).join('')
  expect(found).toContain('"plan":null')
  expect(found).toMatch(/"owner":\{"name":"[^"]/)
  expect(found).not.toMatch(/""|:null,|\[null/)
})

test.each([2, 5, 20])('%i definitions each of which may contain all others end in a moment', (count) => {
  const names = Array.from({ length: count }, (_, nth) => `t${nth}`)
  const any = { anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) }
  const schema = {
    ...object({ root: any }),
    $defs: Object.fromEntries(
      names.map((name, nth) => [
        name,
        object({ ...(nth > 0 && { parts: { type: 'array', items: any }, other: any }), kind: { const: name } }),
      ]),
    ),
  }
  for (const seed of SEEDS) expect(misfitOf(schema, fitSchema(schema, seed))).toBeUndefined()
})

test('the innermost value of a schema of many levels fits too', () => {
  const levels = (count: number): object => (count === 0 ? text : object({ a: levels(count - 1) }))
  expect(JSON.stringify(fitSchema(levels(30) as Record<string, unknown>, 1))).toMatch(/:"[^"]+"\}+$/)
})

const lengthOf = (schema: object): number =>
  (fitSchema(schema as Record<string, unknown>, 1) as string | unknown[]).length
const TEXT = { type: 'string' }
const LIST = { type: 'array', items: { type: 'integer' } }

test.each<[string, object, number]>([
  ['999 items', { ...LIST, minItems: 999 }, 999],
  ['a thousand items, and not five thousand', { ...LIST, minItems: 5_000 }, 1_000],
  ['999 characters of a pattern', { ...TEXT, pattern: '^a{999}$' }, 999],
  ['a pattern of a thousand characters', { ...TEXT, pattern: 'b'.repeat(1_000) }, 1_000],
])('a value has %s', (_, schema, length) => {
  expect(lengthOf(schema)).toBe(length)
})

test.each<[string, string]>([
  ['repeats something a thousand times', '^a{1000}$'],
  ['may repeat something a thousand times', '^a{2,1000}$'],
  ['is longer than a thousand characters', 'b'.repeat(1_001)],
])('a pattern is left out where it %s', (_, pattern) => {
  expect(lengthOf({ ...TEXT, pattern })).toBeLessThan(100)
})

test('a text that has to be very long has ten thousand characters', () => {
  const length = lengthOf({ ...TEXT, minLength: 20_000 })
  expect(length).toBeGreaterThanOrEqual(10_000)
  expect(length).toBeLessThan(10_100)
})

test('lists of many long texts have two of each, and are whole', () => {
  const texts = { type: 'array', minItems: 1_000, items: { ...TEXT, minLength: 1_000 } }
  const made = fitSchema({ type: 'array', minItems: 1_000, items: texts }, 1) as string[][]
  expect(made.length).toBeGreaterThanOrEqual(2)
  expect(made.length).toBeLessThan(10)
  for (const list of made) {
    expect(list.length).toBeGreaterThanOrEqual(2)
    for (const text of list) expect(text.length).toBeGreaterThanOrEqual(20)
  }
})

test('properties may have the names of keywords', () => {
  const properties = { pattern: { const: 1 }, minItems: { const: 5_000 } }
  expect(fitSchema({ type: 'object', properties, required: ['pattern', 'minItems'] }, 1)).toEqual({
    pattern: 1,
    minItems: 5_000,
  })
})

test('a schema may have a hundred levels', () => {
  expect(fitSchema(nested(50), 1)).toMatchObject({ a: { a: { a: {} } } })
  expect(() => fitSchema(nested(51), 1)).toThrow(
    expect.objectContaining({
      name: 'SchemaTooLargeError',
      code: 'LONGHAUL_SCHEMA_TOO_LARGE',
      message: 'The schema has more than 100 levels or 20000 parts: longhaul generates no value for the schema.',
    }) as Error,
  )
})

test.each([
  [9_000, 'The schema requires more values than a model would produce: longhaul generates no value for the schema.'],
  [20_000, 'The schema has more than 100 levels or 20000 parts: longhaul generates no value for the schema.'],
])('a schema of %i properties is refused', (count, message) => {
  const properties = Object.fromEntries(Array.from({ length: count }, (_, nth) => [`p${nth}`, { const: nth }]))
  expect(() => fitSchema({ type: 'object', properties }, 1)).toThrow(message)
})

test('a schema that cannot be is refused with the cause', () => {
  expect(() => fitSchema({ type: 'nothing' }, 1)).toThrow(
    expect.objectContaining({
      name: 'UnfitSchemaError',
      code: 'LONGHAUL_UNFIT_SCHEMA',
      cause: expect.any(Error) as Error,
    }) as Error,
  )
})
