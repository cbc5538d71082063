import { expect, test } from 'vitest'
import { Bag, type Bagged } from '../../../src/provider/bag.ts'

test('items enter and leave a bag in any order', () => {
  const bag = new Bag<Bagged & { name: string }>()
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({ name, place: -1 })) as [never, never, never, never]
  const names = () => [...bag].map(({ name }) => name).toSorted()
  for (const item of [a, b, c, d]) bag.add(item)
  expect([names(), bag.size]).toEqual([['a', 'b', 'c', 'd'], 4])
  bag.delete(a)
  expect(names()).toEqual(['b', 'c', 'd'])
  // The one that has taken the place of the first.
  bag.delete(d)
  bag.delete(c)
  expect([names(), bag.size]).toEqual([['b'], 1])
  bag.add(a)
  bag.delete(b)
  bag.delete(a)
  expect([names(), bag.size]).toEqual([[], 0])
})
