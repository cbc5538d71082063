import { expect, test } from 'vitest'
import { nestsDeeper } from '../../../src/mount/nesting.ts'

test.each([
  [1, 0],
  ['[[[', 0],
  [null, 0],
  [[], 1],
  [{}, 1],
  [[[]], 2],
  [{ a: { b: {} } }, 3],
  [[1, { a: [2] }], 3],
  [{ a: 1, b: 2, c: [{}] }, 3],
])('%j nests so deep and no deeper', (value, depth) => {
  expect(nestsDeeper(value, depth)).toBe(false)
  if (depth > 0) expect(nestsDeeper(value, depth - 1)).toBe(true)
})

test('a value that is deeper than any stack is looked through no further than asked', () => {
  let deep: unknown = []
  for (let level = 0; level < 1_000_000; level++) deep = [deep]
  expect(nestsDeeper(deep, 100)).toBe(true)
})
