import { expect, test } from 'vitest'
import { Handover } from '../../../src/vitest/handover.ts'

/** Looks for the first number from 1 on that somebody else takes. */
const firstTaken = () =>
  new Handover<number, boolean, string>(async (isTaken) => {
    for (let number = 1; number < 10; number++) if (await isTaken(number)) return `it is ${number}`
    throw new Error('nobody takes any')
  })

test('a search asks one question after another, whenever somebody comes by, until it has found', async () => {
  const search = firstTaken()
  expect(await search.first()).toEqual({ kind: 'try', candidate: 1 })
  expect(await search.next(false)).toEqual({ kind: 'try', candidate: 2 })
  expect(await search.next(true)).toEqual({ kind: 'found', found: 'it is 2' })
})

test('a search that fails says so to who answered last', async () => {
  const search = firstTaken()
  await search.first()
  for (let answers = 1; answers < 9; answers++) await search.next(false)
  await expect(search.next(false)).rejects.toThrow('nobody takes any')
})

test('a search may have found without a question', async () => {
  const search = new Handover<number, boolean, string>(async () => 'at once')
  expect(await search.first()).toEqual({ kind: 'found', found: 'at once' })
})
