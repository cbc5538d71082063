import { describe, expect, test } from 'vitest'
import { formatDuration, InvalidDurationError, parseDuration, parseTimeMode } from '../../../src/clock/index.ts'

describe('durations', () => {
  test.for([
    ['250ms', 250],
    ['15s', 15_000],
    ['1.5s', 1_500],
    ['1h30m', 5_400_000],
    ['2d 1h', 176_400_000],
    [42, 42],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ] as const)('%s is %d ms', ([given, ms]) => {
    expect(parseDuration(given)).toBe(ms)
  })

  test.for(['', '15', 's', '15 parsecs', '-3s', '3s later', -1, Number.NaN])(
    '%j is refused with what to write instead',
    (given) => {
      expect(() => parseDuration(given)).toThrow(InvalidDurationError)
      expect(() => parseDuration(given)).toThrow(/such as '250ms'/)
    },
  )

  test.for([
    [0, '0ms'],
    [999, '999ms'],
    [2_500, '2.5s'],
    [90_000, '1m 30s'],
    [7_200_000, '2h'],
    [90_061_000, '1d 1h'],
  ] as const)('%d ms reads %s', ([ms, text]) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

test('a time mode is virtual, real or a factor', () => {
  expect(parseTimeMode('virtual')).toEqual({ kind: 'virtual' })
  expect(parseTimeMode('600x')).toEqual({ kind: 'scaled', factor: 600 })
  expect(() => parseTimeMode('fast')).toThrow(/such as '60x'/)
})
