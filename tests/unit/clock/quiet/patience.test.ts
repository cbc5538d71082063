import { expect, test } from 'vitest'
import { Patience } from '../../../../src/clock/quiet/patience.ts'

const WINDOWS = { settleMs: 2_000, quietMs: 10 }
const asleep = { timerMs: 500, sleepMs: Number.POSITIVE_INFINITY, owes: false, gave: false }

/** Until when a peer is waited for that only has timers, looked at every 10 ms. */
function waitedUntil(patience: Patience, from: number, state = asleep): number {
  let now = from
  while (patience.waits(state, now)) now += 10
  patience.rest()
  return now
}

test('a peer that was asked is waited for as long as an answer may come', () => {
  expect(waitedUntil(new Patience(WINDOWS, 0), 0)).toBe(2_000)
})

test('one that speaks again and again without being asked is found out', () => {
  const patience = new Patience(WINDOWS, 0)
  let now = 0
  for (; patience.waits(asleep, now); now += 5) patience.hear(now)
  expect(now).toBe(3_000)
})

test('one that was waited for in vain is not waited for in the same way again', () => {
  const patience = new Patience(WINDOWS, 0)
  expect(waitedUntil(patience, 0)).toBe(2_000)
  patience.requested(5_000)
  expect(waitedUntil(patience, 5_000)).toBe(5_010)
  // Until it answers, or is told to end.
  patience.requested(6_000)
  patience.hear(6_001)
  patience.requested(7_000)
  expect(waitedUntil(patience, 7_000)).toBe(9_000)
  patience.requested(10_000)
  patience.trust()
  expect(waitedUntil(patience, 10_000)).toBe(12_000)
})

test('one that has given all its answers is left alone, and one that owes an answer is given longer', () => {
  const patience = new Patience(WINDOWS, 0)
  expect(waitedUntil(patience, 0, { ...asleep, gave: true })).toBe(10)
  expect(waitedUntil(patience, 0, { ...asleep, owes: true })).toBe(4_000)
})

test('a timer that is longer than all patience is not waited for at all', () => {
  expect(waitedUntil(new Patience(WINDOWS, 0), 0, { ...asleep, timerMs: 30_000 })).toBe(0)
})

test('the time for which it works does not count', () => {
  const patience = new Patience(WINDOWS, 0)
  patience.works(5_000, 5_000)
  expect(waitedUntil(patience, 5_100)).toBe(7_000)
})

test('one that only sleeps is waited for twice as long, and one with a timer of just that length is', () => {
  const sleeping = { timerMs: Number.POSITIVE_INFINITY, sleepMs: 100, owes: false, gave: false }
  expect(waitedUntil(new Patience(WINDOWS, 0), 0, sleeping)).toBe(4_000)
  expect(waitedUntil(new Patience(WINDOWS, 0), 0, { ...sleeping, sleepMs: 4_000 })).toBe(4_000)
  expect(waitedUntil(new Patience(WINDOWS, 0), 0, { ...sleeping, sleepMs: 4_001 })).toBe(0)
  expect(waitedUntil(new Patience(WINDOWS, 0), 0, { ...asleep, timerMs: 2_000 })).toBe(2_000)
  expect(waitedUntil(new Patience(WINDOWS, 0), 0, { ...asleep, timerMs: 2_001 })).toBe(0)
})

test('after its answer it is waited for anew, and after one in vain for a moment only', () => {
  const patience = new Patience(WINDOWS, 0)
  expect(patience.answered).toBe(false)
  patience.hear(500)
  expect([patience.answered, patience.lastAt]).toEqual([true, 500])
  expect(waitedUntil(patience, 500)).toBe(2_500)
  patience.requested(5_000)
  expect([patience.answered, patience.lastAt]).toEqual([false, 5_000])
  patience.hear(5_100)
  expect(waitedUntil(patience, 5_100)).toBe(5_110)
  patience.requested(8_000)
  expect(waitedUntil(patience, 8_000)).toBe(10_000)
})

test('what it owes is waited for, though it was waited for in vain before', () => {
  const patience = new Patience(WINDOWS, 0)
  expect(waitedUntil(patience, 0)).toBe(2_000)
  patience.requested(5_000)
  expect(waitedUntil(patience, 5_000, { ...asleep, owes: true })).toBe(9_000)
})

test('a rest without a wait before it is none in vain', () => {
  const patience = new Patience(WINDOWS, 0)
  patience.rest()
  expect(waitedUntil(patience, 0)).toBe(2_000)
})

test.each(['hear', 'requested'] as const)('a wait that something ends is none in vain: %s', (what) => {
  const patience = new Patience(WINDOWS, 0)
  expect(patience.waits(asleep, 100)).toBe(true)
  patience[what](200)
  patience.rest()
  expect(waitedUntil(patience, 300)).toBe(2_200)
})

test('a second rest does not make another wait one in vain', () => {
  const patience = new Patience(WINDOWS, 0)
  expect(waitedUntil(patience, 0)).toBe(2_000)
  patience.trust()
  patience.rest()
  patience.requested(5_000)
  expect(waitedUntil(patience, 5_000)).toBe(7_000)
})

test('the time for which it works after its answer does not count either, and none that has yet to come', () => {
  const patience = new Patience(WINDOWS, 0)
  patience.hear(100)
  patience.works(1_000, 1_500)
  expect(patience.lastAt).toBe(1_100)
  patience.works(1_000, 1_600)
  expect(patience.lastAt).toBe(1_600)
  expect(waitedUntil(patience, 1_600)).toBe(3_600)
})

test('one that speaks again and again is waited for half as long again, counted from when it was asked', () => {
  const patience = new Patience(WINDOWS, 0)
  for (let now = 0; now <= 2_500; now += 500) patience.hear(now)
  expect(waitedUntil(patience, 2_500)).toBe(3_000)
})

test('what it owes is waited for from when it was asked, however much it says meanwhile', () => {
  const patience = new Patience(WINDOWS, 0)
  const owing = { ...asleep, owes: true }
  for (let now = 0; now <= 3_500; now += 500) patience.hear(now)
  expect(waitedUntil(patience, 3_500, owing)).toBe(4_000)
})
