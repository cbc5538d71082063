import { expect, test } from 'vitest'
import { nestsDeeper } from '../../../src/trace/nesting.ts'

test.each([
  ['[[1]]', 2],
  ['{"a":[1]}', 2],
  ['[[],[],[],[]]', 2],
  ['[{},{},{},{}]', 2],
  ['"[[[["', 0],
  [String.raw`["\"[[[["]`, 1],
  [String.raw`["\\",[1]]`, 2],
  ['12', 0],
])('%s nests %i deep, and no deeper', (text, depth) => {
  expect(nestsDeeper(text, depth)).toBe(false)
  if (depth > 0) expect(nestsDeeper(text, depth - 1)).toBe(true)
})
