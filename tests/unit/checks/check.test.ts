import { expect, test } from 'vitest'
import { list } from '../../../src/checks/check.ts'

test.each([
  [[], ''],
  [['ann'], 'ann'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more'],
])('%j are %j in a sentence', (names, text) => {
  expect(list(names)).toBe(text)
})
