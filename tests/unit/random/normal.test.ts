import { expect, test } from 'vitest'
import { inverseNormal } from '../../../src/random/normal.ts'

// By the inverse error function of mpmath at 40 digits, and by bisection of erfc for the far tails.
test.each([
  [0.5, 0],
  [0.6, 0.253347103135799798],
  [0.925, 1.439531470938455915],
  [0.075, -1.439531470938455915],
  [0.95, 1.644853626951472715],
  [0.975, 1.959963984540054236],
  [1e-5, -4.264890793922824628],
  [1e-10, -6.361340902404057],
  [1e-12, -7.034483825301133],
  [1e-15, -7.941345326170998],
])('a share of %f of the standard normal distribution lies below %f', (u, z) => {
  expect(inverseNormal(u)).toBeCloseTo(z, 12)
})

test('the smallest draw is read as 2^-54', () => {
  expect(inverseNormal(0)).toBe(inverseNormal(2 ** -54))
  expect(inverseNormal(0)).toBeCloseTo(-8.292361075813597, 12)
})
