import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ANY, problemOf, textOrBlocks, type Shape } from '../../../src/wire/shape.ts'

const SHAPE: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    n: { type: 'integer', min: 1, max: 3 },
    mode: { type: 'string', among: ['a', 'b'] },
    list: { type: 'array', items: { type: 'boolean' }, least: 1 },
    content: textOrBlocks({
      text: { type: 'object', fields: { type: ANY, text: { type: 'string', required: true } } },
    }),
  },
}

test.each([
  [{ model: 'm' }, undefined],
  [{ model: 'm', n: null }, undefined],
  [{ model: 'm', content: [{ type: 'text', text: 'x' }] }, undefined],
  [3, { path: [], kind: 'type', expected: 'object', given: 'integer' }],
  [{}, { path: ['model'], kind: 'missing' }],
  [{ model: null }, { path: ['model'], kind: 'missing' }],
  [{ model: 3 }, { path: ['model'], kind: 'type', expected: 'string', given: 'integer' }],
  [
    { model: 'm', n: 1.5 },
    { path: ['n'], kind: 'type', expected: 'integer', given: 'number' },
  ],
  [
    { model: 'm', n: 0 },
    { path: ['n'], kind: 'below', limit: 1, given: 0, integer: true },
  ],
  [
    { model: 'm', n: 9 },
    { path: ['n'], kind: 'above', limit: 3, given: 9, integer: true },
  ],
  [
    { model: 'm', mode: 'c' },
    { path: ['mode'], kind: 'value', given: 'c', among: ['a', 'b'] },
  ],
  [
    { model: 'm', list: [] },
    { path: ['list'], kind: 'empty' },
  ],
  [
    { model: 'm', list: [true, 1] },
    { path: ['list', 1], kind: 'type', expected: 'boolean', given: 'integer' },
  ],
  [
    { model: 'm', content: 1 },
    { path: ['content'], kind: 'type', expected: 'string or array', given: 'integer' },
  ],
  [
    { model: 'm', content: [{ type: 'x' }] },
    { path: ['content', 0, 'type'], kind: 'value', given: 'x', among: ['text'] },
  ],
  [
    { model: 'm', content: [{ type: 'text' }] },
    { path: ['content', 0, 'text'], kind: 'missing' },
  ],
  [
    { model: 'm', unknown: 1 },
    { path: ['unknown'], kind: 'unknown' },
  ],
  [
    { model: 'm', constructor: 1 },
    { path: ['constructor'], kind: 'unknown' },
  ],
  [JSON.parse('{"model":"m","__proto__":{"n":1}}'), { path: ['__proto__'], kind: 'unknown' }],
])('%j', (value, problem) => {
  expect(problemOf(SHAPE, value)).toEqual(problem)
})

test('any JSON is judged without throwing', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void problemOf(SHAPE, value)))
})
