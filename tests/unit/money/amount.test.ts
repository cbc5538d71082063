import { expect, test } from 'vitest'
import { formatDollars, InvalidAmountError, parseDollars } from '../../../src/money/amount.ts'

test.each([
  [0n, '$0.00'],
  [1n, '$0.000000000001'],
  [1_000_000_000_000n, '$1.00'],
  [1_500_000_000_000n, '$1.50'],
  [-2_345_600_000_000n, '-$2.3456'],
  [150_000, '$0.00000015'],
])('%s picodollars are written as %s', (pico, text) => {
  expect(formatDollars(pico)).toBe(text)
})

test.each([
  ['3', 3_000_000_000_000n],
  ['12', 12_000_000_000_000n],
  ['$1.25', 1_250_000_000_000n],
  [' $1.25 ', 1_250_000_000_000n],
  ['0.000375', 375_000_000n],
  ['0.000000000001', 1n],
  [2, 2_000_000_000_000n],
  [0.1, 100_000_000_000n],
  [100, 100_000_000_000_000n],
  // Numbers of which JavaScript writes the exponent.
  [1e-7, 100_000n],
  [1.5e-10, 150n],
])('%j is read as %s picodollars', (given, pico) => {
  expect(parseDollars(given)).toBe(pico)
})

test.each([
  '1$',
  '$$1',
  '1.',
  '.5',
  '1 dollar',
  'a 1',
  '1e3',
  1e21,
  1e-13,
  1.25e-11,
  -1,
  -1e-7,
  Number.POSITIVE_INFINITY,
])('%j is no amount of money', (given) => {
  expect(() => parseDollars(given)).toThrow(InvalidAmountError)
})

test('an amount that cannot be read is told with what to write instead', () => {
  expect(() => parseDollars('a lot')).toThrow(
    expect.objectContaining({
      name: 'InvalidAmountError',
      code: 'LONGHAUL_INVALID_AMOUNT',
      message:
        "\"a lot\" is not an amount of money. Give dollars as '$1.25', '0.000375' or a number, with at most twelve decimals, or picodollars as a bigint.",
    }),
  )
})
