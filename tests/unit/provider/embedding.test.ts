import { expect, test } from 'vitest'
import { embeddingVector } from '../../../src/provider/embedding.ts'

const dot = (one: string, other: string, dimensions = 64): number => {
  const [a, b] = [embeddingVector(one, dimensions), embeddingVector(other, dimensions)]
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

test.each([1, 3, 4, 5, 64, 1_536])('a vector of %i dimensions has unit length, and no two are alike', (dimensions) => {
  const vector = embeddingVector('The tide comes in at noon.', dimensions)
  expect(vector).toHaveLength(dimensions)
  expect(Math.hypot(...vector)).toBeCloseTo(1, 12)
  expect(new Set(vector).size).toBe(dimensions)
})

test('a text has the same vector each time, whatever its case and its punctuation', () => {
  expect(embeddingVector('The tide.', 16)).toEqual(embeddingVector('the TIDE!', 16))
  expect(embeddingVector('tide the', 16)).toEqual(embeddingVector('the tide', 16))
  expect(embeddingVector('the ebb', 16)).not.toEqual(embeddingVector('the tide', 16))
})

test('texts that share words are near each other, others point anywhere', () => {
  expect(dot('the tide comes in', 'the tide goes out', 1_536)).toBeGreaterThan(0.4)
  expect(Math.abs(dot('alpha beta', 'gamma delta', 1_536))).toBeLessThan(0.1)
  expect(dot('Flut 7', 'Flut 7')).toBeCloseTo(1, 12)
  expect(dot('Flut 7', 'Flut 8')).toBeLessThan(0.9)
})

test('the components of a vector are of either sign', () => {
  const vector = embeddingVector('tide', 400)
  const positive = vector.filter((value) => value > 0).length
  expect(positive).toBeGreaterThan(150)
  expect(positive).toBeLessThan(250)
})

test('a text without words has a vector too', () => {
  expect(Math.hypot(...embeddingVector('…', 8))).toBeCloseTo(1, 12)
  expect(embeddingVector('', 8)).toEqual(embeddingVector('!?', 8))
})

test('a vector is the same on every machine and in every version, so that stored ones stay near', () => {
  const expected = [0.490194898, 0.434011834, -0.682748791, -0.103008171, -0.307548525]
  for (const [index, value] of embeddingVector('high tide', 5).entries()) expect(value).toBeCloseTo(expected[index]!, 8)
})
