import { expect, test } from 'vitest'
import { fitSchema } from '../../../src/provider/fit-schema.ts'

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
