import { expect, test } from 'vitest'
import { Personas } from '../../../src/provider/personas.ts'
import { thoughtsOf } from '../../../src/provider/thoughts.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const random = new KeyedRandom(1)
const personas = new Personas(random)
const thoughts = (reasoning: object | undefined, nth = 0, lane = 'ann') =>
  thoughtsOf({ reasoning } as never, { lane, nth, random, personas })
const tokens = (reasoning: object) =>
  Array.from({ length: 1_000 }, (_, nth) => thoughts(reasoning, nth).tokens).sort((a, b) => a - b)

test('who is not asked to think does not', () => {
  expect(thoughts(undefined)).toEqual({ tokens: 0, text: '' })
  expect(thoughts({ effort: 'none' })).toEqual({ tokens: 0, text: '' })
  expect(thoughts({ budget: 0 })).toEqual({ tokens: 0, text: '' })
})

test.each([
  ['minimal', 32],
  ['low', 160],
  ['medium', 640],
  ['HIGH', 2_048],
  ['xhigh', 6_144],
  ['max', 8_192],
  ['whatever', 640],
  [undefined, 640],
])('the effort %s takes %i tokens in the median, and a quarter to four times as many', (effort, median) => {
  const sorted = tokens(effort === undefined ? {} : { effort })
  expect(sorted[0]).toBeGreaterThanOrEqual(Math.round(median / 4))
  expect(sorted.at(-1)).toBeLessThanOrEqual(median * 4)
  expect(sorted[500]! / median).toBeGreaterThan(0.85)
  expect(sorted[500]! / median).toBeLessThan(1.18)
})

test('thoughts keep to their budget', () => {
  expect(tokens({ effort: 'max', budget: 100.5 }).at(-1)).toBe(100)
  expect(thoughts({ effort: 'low', budget: -5 }).tokens).toBe(0)
})

test('thoughts are told in words, and the same for the same call', () => {
  const { text } = thoughts({ effort: 'low' })
  expect(text.length).toBeGreaterThan(20)
  expect(thoughts({ effort: 'low' })).toEqual(thoughts({ effort: 'low' }))
  expect(thoughts({ effort: 'low' }, 1).text).not.toBe(text)
  expect(thoughts({ effort: 'low' }, 0, 'ben').text).not.toBe(text)
})
