import { expect, test } from 'vitest'
import { fitsPattern } from '../../../../src/orchestrator/team/bus.ts'

test.each([
  ['a:b', 'a:b', true],
  ['a:b', 'a:bc', false],
  ['*', '', true],
  ['a:*', 'a:b', true],
  ['a:*', 'b:a:', false],
  ['*:end', 'x:end', true],
  ['*:end', 'x:end:y', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'ac', false],
  ['a*a', 'a', false],
  ['**', 'anything', true],
])('%s fits %s: %s', (pattern, name, fits) => {
  expect(fitsPattern(pattern, name)).toBe(fits)
})

test('a pattern of many stars is read in no time', () => {
  expect(fitsPattern(`${'*a'.repeat(5_000)}b`, 'a'.repeat(5_000))).toBe(false)
})
