import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startClock, steadyNow } from '../../../src/clock/index.ts'
import { beginSteady } from '../../../src/clock/steady.ts'
import { native } from '../../../src/doors/index.ts'

const HOUR = 3_600_000

beforeEach(beginSteady)
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  beginSteady()
})

/** Somebody sets the wall clock, by so many milliseconds. */
function setWall(byMs: number): void {
  const now = Date.now.bind(Date)
  vi.spyOn(Date, 'now').mockImplementation(() => now() + byMs)
}

test('steady time is the wall clock in whole milliseconds', () => {
  const now = steadyNow()
  expect(Number.isInteger(now)).toBe(true)
  expect(Math.abs(now - Date.now())).toBeLessThan(1_000)
})

test('it goes on from where it stood when the wall clock is set back', () => {
  const before = steadyNow()
  setWall(-HOUR)
  const after = steadyNow()
  expect(after).toBeGreaterThanOrEqual(before)
  expect(after).toBeLessThan(before + HOUR)
})

test('it follows a wall clock that is set forward by more than a second, and stays with it', () => {
  const before = steadyNow()
  setWall(HOUR)
  expect(steadyNow()).toBeGreaterThanOrEqual(before + HOUR)
  vi.restoreAllMocks()
  const after = steadyNow()
  expect(after).toBeGreaterThanOrEqual(before + HOUR)
  expect(after).toBeLessThan(before + 2 * HOUR)
})

test('it does not follow a wall clock that is set forward by less', () => {
  setWall(900)
  const steady = steadyNow()
  expect(Date.now() - steady).toBeGreaterThanOrEqual(800)
})

test.each([
  { wall: -HOUR, steady: 0 },
  { wall: -500, steady: 0 },
  { wall: 999, steady: 0 },
  { wall: 1_000, steady: 0 },
  { wall: 1_001, steady: 1_001 },
  { wall: 8 * HOUR, steady: 8 * HOUR },
])('where the wall clock is set by $wall ms, it moves by $steady ms, and then with monotonic time', (given) => {
  const [wall, monotonic] = [Date.UTC(2026, 0, 1), native.now()]
  vi.spyOn(native, 'now').mockReturnValue(monotonic)
  vi.spyOn(Date, 'now').mockReturnValue(wall)
  beginSteady()
  expect(steadyNow() - wall).toBe(0)
  vi.spyOn(Date, 'now').mockReturnValue(wall + given.wall)
  expect(steadyNow() - wall).toBe(given.steady)
  vi.spyOn(native, 'now').mockReturnValue(monotonic + 250)
  expect(steadyNow() - wall).toBe(given.steady + 250)
})

test('it goes with a simulated clock, to the millisecond', async () => {
  const clock = startClock({ kind: 'virtual' })
  const before = steadyNow()
  expect(before).toBe(clock.epoch)
  await sleep(1_234)
  expect(steadyNow() - before).toBe(1_234)
  await sleep(20 * 24 * HOUR)
  expect(steadyNow() - before).toBe(20 * 24 * HOUR + 1_234)
  clock.stop()
  expect(Math.abs(steadyNow() - Date.now())).toBeLessThan(1_000)
})

test('it begins at the date of a simulated clock, also at one that is past', async () => {
  const clock = startClock({ kind: 'virtual' }, { epoch: Date.UTC(2020, 0, 1) })
  expect(steadyNow()).toBe(clock.epoch)
  await sleep(1_234)
  expect(steadyNow()).toBe(clock.epoch + 1_234)
  clock.stop()
  expect(Math.abs(steadyNow() - Date.now())).toBeLessThan(1_000)
})

test('it goes as the fake timers of a test go', () => {
  vi.useFakeTimers({ now: 5_000 })
  expect(steadyNow()).toBe(5_000)
  vi.setSystemTime(1_000)
  expect(steadyNow()).toBe(1_000)
})
