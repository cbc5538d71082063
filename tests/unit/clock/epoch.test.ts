import { afterEach, expect, test } from 'vitest'
import { defaultEpoch, startClock, type Clock } from '../../../src/clock/index.ts'

const DAY = 86_400_000

let clock: Clock | undefined
afterEach(() => clock?.stop())

test('a run begins at the start of a year to come, and not before 2030', () => {
  const epoch = new Date(defaultEpoch())
  expect(epoch.getTime()).toBeGreaterThanOrEqual(Date.UTC(2030, 0, 1))
  expect(epoch.getTime()).toBeGreaterThan(Date.now())
  expect(epoch.toISOString()).toMatch(/-01-01T00:00:00\.000Z$/)
})

test('the runs of a file begin a week apart', () => {
  expect(defaultEpoch(1) - defaultEpoch(0)).toBe(7 * DAY)
  expect(defaultEpoch(10) - defaultEpoch(0)).toBe(70 * DAY)
})

test('a run begins after the last one of the worker has ended, whole weeks later', async () => {
  const first = defaultEpoch()
  clock = startClock({ kind: 'virtual' })
  expect(clock.epoch).toBe(first)
  await clock.sleep(7 * DAY)
  clock.stop()
  expect(defaultEpoch()).toBe(first + 14 * DAY)
  expect(defaultEpoch(1)).toBe(first + 14 * DAY)
  expect(defaultEpoch(2)).toBe(first + 14 * DAY)
  expect(defaultEpoch(3)).toBe(first + 21 * DAY)
})

test('a date that is given is the date of the run', () => {
  const epoch = Date.UTC(2031, 4, 6)
  clock = startClock({ kind: 'virtual' }, { epoch })
  expect([clock.epoch, Date.now()]).toEqual([epoch, epoch])
})
