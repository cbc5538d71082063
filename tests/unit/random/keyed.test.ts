import { expect, test } from 'vitest'
import { hashHex, KeyedRandom } from '../../../src/random/index.ts'

test('a draw is a function of seed, stream and index alone', () => {
  const forwards = Array.from({ length: 50 }, (_, i) => new KeyedRandom(7).draw('a', i))
  const shared = new KeyedRandom(7)
  const backwards = Array.from({ length: 50 }, (_, i) => (shared.draw('b', i), shared.draw('a', 49 - i))).toReversed()
  expect(backwards).toEqual(forwards)
})

test('seeds, streams and indices all matter', () => {
  const draws = [new KeyedRandom(1), new KeyedRandom(2), new KeyedRandom('1')].flatMap((random) =>
    ['x', 'y'].flatMap((stream) => [0, 1, 2 ** 32, 2 ** 32 + 1].map((index) => random.draw(stream, index))),
  )
  expect(new Set(draws).size).toBe(draws.length)
})

test('similar names give unrelated hashes', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `latency/agent_${i}`)
  expect(new Set(names.map(hashHex)).size).toBe(names.length)
})

test('first draws of 20,000 neighbouring streams are uniform (Kolmogorov–Smirnov)', () => {
  const random = new KeyedRandom(1)
  const draws = Array.from({ length: 20_000 }, (_, i) => random.draw(`latency/agent_${i}`, 0)).sort((a, b) => a - b)
  const distance = Math.max(
    ...draws.map((u, i) => Math.max(Math.abs(u - i / draws.length), Math.abs(u - (i + 1) / draws.length))),
  )
  expect(distance * Math.sqrt(draws.length)).toBeLessThan(1.63) // the 1 % critical value
})
