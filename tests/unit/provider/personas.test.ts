import { expect, test } from 'vitest'
import { Personas } from '../../../src/provider/personas.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const personas = (seed = 1) => new Personas(new KeyedRandom(seed))

test('an agent is the same person whenever it is asked for, and another by another seed', () => {
  const one = personas()
  const ann = one.of('ann')
  expect(Object.keys(ann).toSorted()).toEqual(['jobTitle', 'mood', 'name'])
  for (const part of Object.values(ann)) expect(part.length).toBeGreaterThan(1)
  one.of('ben')
  one.phrases('reply/ann', 3, 2)
  expect(one.of('ann')).toEqual(ann)
  expect(personas().of('ann')).toEqual(ann)
  expect(personas(2).of('ann')).not.toEqual(ann)
})

test('agents are persons of their own', () => {
  const one = personas()
  const titles = Array.from({ length: 50 }, (_, nth) => JSON.stringify(one.of(`agent_${nth}`)))
  expect(new Set(titles).size).toBe(50)
})

test('a person may be made up when it is read', () => {
  const { name, jobTitle, mood } = personas().lazily('ann')
  expect({ name, jobTitle, mood }).toEqual(personas().of('ann'))
})

test('phrases are as many as asked for, the same for the same call', () => {
  const one = personas()
  const said = one.phrases('reply/ann', 0, 3)
  expect(said.split(/(?<=[.!?]) /)).toHaveLength(3)
  expect(one.phrases('reply/ann', 0, 3)).toBe(said)
  expect(one.phrases('reply/ann', 1, 3)).not.toBe(said)
  expect(one.phrases('reply/ben', 0, 3)).not.toBe(said)
  expect(one.phrases('reply/ann', 0, 2)).toBe(
    said
      .split(/(?<=[.!?]) /)
      .slice(0, 2)
      .join(' '),
  )
})

test('the last twenty thousand agents are remembered, and the others are the same persons again', () => {
  const one = personas()
  const [first, second] = [one.of('agent_0'), one.of('agent_1')]
  for (let nth = 2; nth < 20_000; nth++) one.of(`agent_${nth}`)
  expect(one.of('agent_0')).toBe(first)
  one.of('one more')
  expect(one.of('agent_1')).toBe(second)
  expect(one.of('agent_0')).not.toBe(first)
  expect(one.of('agent_0')).toEqual(first)
})
