import { expect, test } from 'vitest'
import { Said } from '../../../src/provider/said.ts'

test('a question that hands an answer on is known by it, with or without who said it', () => {
  const said = new Said()
  said.add('Thank you!', 7)
  said.add('', 8)
  expect(said.find('Thank you!')).toBe(7)
  expect(said.find(' Thank you!\n')).toBe(7)
  expect(said.find('Ben says: Thank you!')).toBe(7)
  expect(said.find('Thank you! And now?')).toBeUndefined()
  expect(said.find('')).toBeUndefined()
})

test('the newest of the same answers counts, and old ones are forgotten', () => {
  const said = new Said()
  said.add('yes', 1)
  said.add('yes', 2)
  expect(said.find('yes')).toBe(2)
  for (let nth = 0; nth < 1_000; nth++) said.add(`answer ${nth}`, nth)
  expect(said.find('yes')).toBeUndefined()
})
