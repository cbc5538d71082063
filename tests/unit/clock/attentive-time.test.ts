import { afterEach, expect, test, vi } from 'vitest'
import { AttentiveTime } from '../../../src/clock/attentive-time.ts'
import { native } from '../../../src/doors/index.ts'

afterEach(() => void vi.restoreAllMocks())

test('attentive time is real time as long as the process looks at least every 20 ms', () => {
  const real = vi.spyOn(native, 'now').mockReturnValue(1_000)
  const time = new AttentiveTime()
  expect(time.now()).toBe(1_000)
  real.mockReturnValue(1_020)
  expect([time.now(), time.turn(), time.now()]).toEqual([1_020, 1_020, 1_020])
  real.mockReturnValue(1_039)
  expect([time.now(), time.turn()]).toEqual([1_039, 1_039])
})

test('the time in which it did not look counts for 20 ms', () => {
  const real = vi.spyOn(native, 'now').mockReturnValue(1_000)
  const time = new AttentiveTime()
  real.mockReturnValue(5_000)
  expect([time.now(), time.turn()]).toEqual([1_020, 1_020])
  real.mockReturnValue(5_010)
  expect([time.now(), time.turn()]).toEqual([1_030, 1_030])
  real.mockReturnValue(6_000)
  expect(time.turn()).toBe(1_050)
})
