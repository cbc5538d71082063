import { describe, expect, test } from 'vitest'
import { misfitOf } from '../../../src/provider/schema-misfit.ts'

const NODE = {
  type: 'object',
  properties: { name: { type: 'string' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
  required: ['name', 'next'],
  additionalProperties: false,
}
const VERDICT = {
  type: 'object',
  properties: {
    ok: { type: 'boolean' },
    score: { type: ['integer', 'null'] },
    how: { enum: ['fast', 'slow'] },
    kind: { const: 'verdict' },
    points: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } },
    node: { $ref: '#/$defs/node' },
  },
  required: ['ok'],
  additionalProperties: false,
  $defs: { node: NODE },
}

describe('a value and a schema', () => {
  test.each([
    [{ ok: true }],
    [{ ok: true, score: 4, how: 'slow', kind: 'verdict', points: [{ text: 'x', more: 1 }, { text: '' }] }],
    [{ ok: false, score: null, points: [], node: { name: 'a', next: { name: 'b', next: null } } }],
  ])('fit: %j', (value) => {
    expect(misfitOf(VERDICT, value)).toBeUndefined()
  })

  test.each([
    [{ okay: true }, 'ok is missing'],
    [{ ok: true, okay: true }, 'okay is not a property of the schema'],
    [{ ok: 'yes' }, 'ok is "yes", not of type boolean'],
    [{ ok: true, score: 4.5 }, 'score is 4.5, not of type integer or null'],
    [{ ok: true, how: 'late' }, 'how is "late", not one of "fast", "slow"'],
    [{ ok: true, kind: 'x' }, 'kind is "x", not "verdict"'],
    [{ ok: true, points: [{ text: 'x' }, {}] }, 'points[1].text is missing'],
    [
      { ok: true, node: { name: 'a', next: { name: 'b' } } },
      'node.next is {"name":"b"}, which fits none of the schemas of anyOf',
    ],
    [[], 'the answer is [], not of type object'],
    [null, 'the answer is null, not of type object'],
  ])('do not fit: %j', (value, problem) => {
    expect(misfitOf(VERDICT, value)).toBe(problem)
  })

  test('fit in what is not known of the schema, and in references that lead nowhere or in a circle', () => {
    expect(misfitOf({ type: 'text', pattern: 'x', if: {} }, 5)).toBeUndefined()
    expect(misfitOf({ $ref: '#/$defs/none' }, 5)).toBeUndefined()
    expect(misfitOf({ $ref: 'https://example.com/schema' }, 5)).toBeUndefined()
    expect(misfitOf({ $ref: '#' }, 5)).toBeUndefined()
    expect(misfitOf({ type: '__proto__' }, 5)).toBeUndefined()
  })

  test('are compared item by item: first those that have schemas of their own, then the others', () => {
    const pairs = { prefixItems: [{ type: 'string' }, { type: 'null' }], items: { type: 'integer' } }
    expect(misfitOf(pairs, ['a', null, 1, 2])).toBeUndefined()
    expect(misfitOf(pairs, ['a', null, 1, 'b'])).toBe('[3] is "b", not of type integer')
    expect(misfitOf(pairs, ['a', 1])).toBe('[1] is 1, not of type null')
  })

  test('are compared in a moment where alternatives refer to each other, and differ in the last property alone', () => {
    const kinds = ['sum', 'product', 'quotient', 'power', 'root', 'number']
    const any = { anyOf: kinds.map((kind) => ({ $ref: `#/$defs/${kind}` })) }
    const kindOf = (kind: string) => ({ properties: { of: any, kind: { const: kind } }, required: ['kind'] })
    const schema = { ...any, $defs: Object.fromEntries(kinds.map((kind) => [kind, kindOf(kind)])) }
    const nested = (levels: number, innermost: object): object =>
      levels === 0 ? innermost : { of: nested(levels - 1, innermost), kind: 'number' }
    expect(misfitOf(schema, nested(20, { kind: 'number' }))).toBeUndefined()
    expect(misfitOf(schema, nested(20, { kind: 'sign' }))).toMatch(/fits none of the schemas of anyOf/)
  })
})
