import { expect, test } from 'vitest'
import { Turns } from '../../../src/provider/turns.ts'

test('each call takes the next place', () => {
  const turns = new Turns()
  expect([turns.take(), turns.take(), turns.next]).toEqual([0, 1, 2])
})

test('places that were put back are taken first, the earliest before the others', () => {
  const turns = new Turns()
  for (let nth = 0; nth < 3; nth++) turns.take()
  turns.putBack(2)
  turns.putBack(0)
  expect([turns.next, turns.take(), turns.take(), turns.take()]).toEqual([0, 0, 2, 3])
})
