import { describe, expect, test } from 'vitest'
import {
  formatDuration,
  InvalidDurationError,
  InvalidTimeModeError,
  isDuration,
  parseDuration,
  parseTimeMode,
} from '../../../src/clock/index.ts'

describe('durations', () => {
  test.for([
    ['250ms', 250],
    ['15s', 15_000],
    ['1.5s', 1_500],
    ['1h30m', 5_400_000],
    ['2d 1h', 176_400_000],
    ['1 h 30 m', 5_400_000],
    ['  2s  ', 2_000],
    ['0.5m', 30_000],
    ['0s', 0],
    [0, 0],
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
    [1.6, '2ms'],
    [1_000, '1s'],
    [1_234.5678, '1.235s'],
    [59_999, '59.999s'],
    [60_000, '1m'],
    [3_599_999, '59m 59s'],
    [3_600_000, '1h'],
    [86_399_999, '23h 59m'],
    [86_400_000, '1d'],
    [Number.POSITIVE_INFINITY, 'for ever'],
    [2_500, '2.5s'],
    [90_000, '1m 30s'],
    [7_200_000, '2h'],
    [90_061_000, '1d 1h'],
  ] as const)('%d ms reads %s', ([ms, text]) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

test('a text of up to 100 characters is read', () => {
  const long = `${'0'.repeat(98)}1s`
  expect(long).toHaveLength(100)
  expect(parseDuration(long)).toBe(1_000)
  expect(() => parseDuration(`0${long}`)).toThrow(InvalidDurationError)
})

test.for([
  ['15s', true],
  [0, true],
  [Number.POSITIVE_INFINITY, true],
  [-1, false],
  [Number.NaN, false],
  ['soon', false],
  [undefined, false],
  [{}, false],
])('whether %j is a duration can be asked', ([given, answer]) => {
  expect(isDuration(given)).toBe(answer)
})

test('what is no duration is named as it was given', () => {
  expect(new InvalidDurationError(-1)).toMatchObject({
    name: 'InvalidDurationError',
    code: 'LONGHAUL_INVALID_DURATION',
    message: expect.stringContaining('-1 is not a duration') as string,
  })
  expect(() => parseDuration('soon')).toThrow('"soon" is not a duration')
  expect(() => parseDuration(undefined as never)).toThrow('undefined is not a duration')
})

test('what is no time mode has a code of its own', () => {
  expect(new InvalidTimeModeError('fast')).toMatchObject({
    name: 'InvalidTimeModeError',
    code: 'LONGHAUL_INVALID_TIME_MODE',
  })
})

test('a time mode is virtual, real or a factor', () => {
  expect(parseTimeMode('virtual')).toEqual({ kind: 'virtual' })
  expect(parseTimeMode('600x')).toEqual({ kind: 'scaled', factor: 600 })
  expect(parseTimeMode('real')).toEqual({ kind: 'real' })
  expect(parseTimeMode('0.25x')).toEqual({ kind: 'scaled', factor: 0.25 })
  for (const wrong of ['fast', '0x', '60', 'x', '60xx', ' 60x', '-1x'])
    expect(() => parseTimeMode(wrong)).toThrow(/ is not a time mode\. Give .* such as '60x'/)
})
