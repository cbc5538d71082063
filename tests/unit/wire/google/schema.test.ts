import { expect, test } from 'vitest'
import { jsonSchemaOf } from '../../../../src/wire/google/schema.ts'

test('a schema of the dialect becomes JSON Schema, as deep as it goes', () => {
  const dialect = {
    type: 'OBJECT',
    propertyOrdering: ['name', 'tags'],
    properties: {
      name: { type: 'STRING', nullable: true, format: 'enum', enum: ['a', 'b'] },
      tags: { type: 'ARRAY', minItems: '1', maxItems: '3', items: { type: 'INTEGER', format: 'int32', minimum: 2 } },
      either: { anyOf: [{ type: 'BOOLEAN' }, { type: 'NUMBER' }] },
      at: { type: 'STRING', format: 'date-time' },
    },
    required: ['name'],
  }
  expect(jsonSchemaOf(dialect)).toEqual({
    type: 'object',
    properties: {
      name: { type: ['string', 'null'], enum: ['a', 'b', null] },
      tags: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'integer', minimum: 2 } },
      either: { anyOf: [{ type: 'boolean' }, { type: 'number' }] },
      at: { type: 'string', format: 'date-time' },
    },
    required: ['name'],
  })
})

test('JSON Schema stays what it is', () => {
  const schema = { type: 'object', properties: { n: { type: 'number' } }, additionalProperties: false }
  expect(jsonSchemaOf(schema)).toEqual(schema)
})

test.each([[{ type: 'TYPE_UNSPECIFIED' }], [{ properties: null, items: 3, anyOf: 'no' }], [{ minItems: 'many' }]])(
  '%j is read without throwing',
  (schema) => {
    expect(() => jsonSchemaOf(schema)).not.toThrow()
  },
)
