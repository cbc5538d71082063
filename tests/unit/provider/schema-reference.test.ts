import { expect, test } from 'vitest'
import { referredIn } from '../../../src/provider/schema-reference.ts'

const ROOT = { $defs: { node: { type: 'string' }, 'a/b ~c': { type: 'null' }, '%zz': { type: 'array' } }, list: [1, 2] }

test.each([
  ['#', ROOT],
  ['#/$defs/node', ROOT.$defs.node],
  ['#/$defs/a~1b%20~0c', ROOT.$defs['a/b ~c']],
  ['#/$defs/%zz', ROOT.$defs['%zz']],
  ['#/list/1', 2],
  ['#node', undefined],
  ['#/$defs/none', undefined],
  ['#/constructor', undefined],
  ['#/list/1/more', undefined],
  ['other.json#/$defs/node', undefined],
])('%s refers to a part of the document, or to none', (reference, part) => {
  expect(referredIn(ROOT, reference)).toBe(part)
})
