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

// Whoever replays a seed in a later version gets the same run.
test('draws and hashes stay what they are', () => {
  const draw = (seed: number | string, stream: string, index: number) => new KeyedRandom(seed).draw(stream, index)
  expect(draw(42, 'latency/alice', 0)).toBe(0.056897118970804406)
  expect(draw(42, 'latency/alice', 1)).toBe(0.9447768443138314)
  expect(draw(42, 'latency/alice', 2 ** 32)).toBe(0.7347236349086629)
  expect(draw('42', 'latency/alice', 0)).toBe(0.9558286043331562)
  expect(hashHex('')).toBe('435ce579a053bf80')
  expect(hashHex('latency/alice')).toBe('0b54897780861f91')
  expect(hashHex('größer 🙂')).toBe('766290b9ca392fd6')
})

test('texts of more than 2^20 characters are hashed by SHA-256', () => {
  expect(hashHex('x'.repeat(2 ** 20))).toBe('464386043f9a7ba1')
  expect(hashHex('x'.repeat(2 ** 20 + 1))).toBe('154b8ed3c2383ce4') // as sha256sum gives it
})

test('draws are the same when there are more streams than are remembered', () => {
  const random = new KeyedRandom(1)
  const first = random.draw('stream 0', 0)
  for (let nth = 1; nth <= 20_001; nth++) random.draw(`stream ${nth}`, 0)
  expect(random.draw('stream 0', 0)).toBe(first)
})
