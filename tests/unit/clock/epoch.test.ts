import { afterEach, expect, test } from 'vitest'
import { defaultEpoch, startClock, type Clock } from '../../../src/clock/index.ts'
import { native } from '../../../src/doors/index.ts'

const WEEK = 7 * 86_400_000

let clock: Clock | undefined
afterEach(() => clock?.stop())

/** The date of a test by its place in a file, where no run has been so late. */
const placed = (place: number): number => defaultEpoch(10_000 + place)

test('the first run begins at the start of a year to come, and not before 2030, the next ones weeks later', () => {
  const first = placed(0) - 10_000 * WEEK
  expect(new Date(first).toISOString()).toMatch(/-01-01T00:00:00\.000Z$/)
  expect(first).toBeGreaterThanOrEqual(Date.UTC(2030, 0, 1))
  expect(first).toBeGreaterThan(native.dateNow())
  expect([1, 2, 10].map((place) => placed(place) - placed(0))).toEqual([WEEK, 2 * WEEK, 10 * WEEK])
})

test('a run begins after the last one of the worker has ended, whole weeks later', async () => {
  clock = startClock({ kind: 'virtual' })
  const { epoch } = clock
  const place = (epoch - placed(0)) / WEEK + 10_000
  await clock.sleep(WEEK)
  clock.stop()
  expect(defaultEpoch()).toBe(epoch + 2 * WEEK)
  expect([1, 2, 3].map((more) => defaultEpoch(place + more) - epoch)).toEqual([2 * WEEK, 2 * WEEK, 3 * WEEK])
})

test('a date that is given is the date of the run', () => {
  const epoch = Date.UTC(2031, 4, 6)
  clock = startClock({ kind: 'virtual' }, { epoch })
  expect([clock.epoch, Date.now()]).toEqual([epoch, epoch])
})
