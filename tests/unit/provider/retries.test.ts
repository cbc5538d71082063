import { expect, test } from 'vitest'
import { Retries, type Failure } from '../../../src/provider/retries.ts'

const failure = (call: number, at: number, of: Partial<Failure> = {}): Failure => ({
  call,
  seq: call,
  at,
  retryAfterMs: null,
  attempt: 1,
  retryCount: 0,
  ...of,
})
const alone = (now: number, retryCount = 0) => ({ now, retryCount, hasSiblings: () => false })
const among = (now: number, retryCount = 0) => ({ now, retryCount, hasSiblings: () => true })

test('a call that has the content of one that failed repeats it, once', () => {
  const retries = new Retries()
  expect(retries.arrived('a', alone(0))).toBeUndefined()
  retries.failed('a', failure(1, 10))
  expect(retries.arrived('b', alone(20))).toBeUndefined()
  expect(retries.arrived('a', alone(20))?.call).toBe(1)
  expect(retries.arrived('a', alone(30))).toBeUndefined()
})

test('a client that counts repeats the try before, whoever was taken for its retry meanwhile', () => {
  const retries = new Retries()
  retries.failed('a', failure(1, 10, { retryAfterMs: 1_000 }))
  expect(retries.arrived('a', alone(50))?.call).toBe(1)
  retries.failed('a', failure(2, 100, { retryAfterMs: 1_000 }))
  expect(retries.arrived('a', alone(1_010, 1))?.call).toBe(1)
  expect(retries.arrived('a', alone(1_100, 1))?.call).toBe(2)
})

test('a client that counts never repeats a try of another number', () => {
  const retries = new Retries()
  retries.failed('a', failure(1, 10, { retryCount: 1 }))
  expect(retries.arrived('a', alone(50, 1))).toBeUndefined()
  expect(retries.arrived('a', alone(50, 3))).toBeUndefined()
  expect(retries.arrived('a', alone(50, 2))?.call).toBe(1)
})

test('of several failures the one is repeated that may be repeated first', () => {
  for (const retryCount of [0, 1]) {
    const retries = new Retries()
    retries.failed('a', failure(1, 10, { retryAfterMs: 20_000 }))
    retries.failed('a', failure(2, 20, { retryAfterMs: 1_000 }))
    expect(retries.arrived('a', alone(1_020, retryCount))?.call).toBe(2)
    expect(retries.arrived('a', alone(1_030, retryCount))?.call).toBe(1)
  }
})

test('a sample that begins as another ends is none of its retries while others are under way', () => {
  const retries = new Retries()
  retries.failed('a', failure(1, 10))
  expect(retries.arrived('a', among(10))).toBeUndefined()
  retries.failed('a', failure(2, 15))
  retries.answered('a', 0, 20)
  expect(retries.arrived('a', among(20))).toBeUndefined()
  retries.failed('a', failure(3, 30))
  expect(retries.arrived('a', among(30))).toBeUndefined()
  // Who had let the next begin is given up.
  expect(retries.arrived('a', alone(40))?.call).toBe(2)
  expect(retries.arrived('a', alone(40))).toBeUndefined()
})

test('a lone client that tries again at once retries, and so does one of many after a pause', () => {
  const retries = new Retries()
  retries.failed('a', failure(1, 10))
  expect(retries.arrived('a', alone(10))?.call).toBe(1)
  retries.failed('a', failure(2, 20))
  expect(retries.arrived('a', among(21))?.call).toBe(2)
})

test('after an answer the same question is a new one, unless its client counts', () => {
  const retries = new Retries()
  retries.failed('a', failure(1, 10))
  retries.answered('a', 10, 30)
  expect(retries.arrived('a', alone(40))).toBeUndefined()
  expect(retries.arrived('a', alone(40, 1))?.call).toBe(1)
  // Who was asked before the failure does not settle it.
  retries.failed('a', failure(2, 50))
  retries.answered('a', 49, 60)
  expect(retries.arrived('a', alone(70))?.call).toBe(2)
})

test('it is known whether another call has brought the answer meanwhile', () => {
  const retries = new Retries()
  retries.answered('a', 0, 30)
  expect(retries.isAnsweredSince('a', 30)).toBe(true)
  expect(retries.isAnsweredSince('a', 31)).toBe(false)
  expect(retries.isAnsweredSince('b', 0)).toBe(false)
  for (let at = 40; at < 71; at++) retries.answered('b', 0, at)
  expect(retries.isAnsweredSince('a', 0)).toBe(true)
  retries.answered('b', 0, 71)
  expect(retries.isAnsweredSince('a', 0)).toBe(false)
})

test('who could come first has come first, and a client that counts takes what is free before what was guessed', () => {
  const retries = new Retries()
  retries.failed('a', failure(1, 10, { retryAfterMs: 500 }))
  retries.failed('a', failure(2, 20))
  expect(retries.arrived('a', alone(1_000, 1))?.call).toBe(2)
  expect(retries.arrived('a', alone(1_000))?.call).toBe(1)
  retries.failed('a', failure(3, 2_000))
  expect(retries.arrived('a', alone(3_000, 1))?.call).toBe(3)
  expect(retries.arrived('a', alone(3_000, 1))?.call).toBe(1)
})

test('headers may round by five milliseconds', () => {
  for (const [now, call] of [
    [1_005, 1],
    [1_004, 2],
  ] as const) {
    const retries = new Retries()
    retries.failed('a', failure(1, 10, { retryAfterMs: 1_000 }))
    retries.arrived('a', alone(15))
    retries.failed('a', failure(2, 20, { retryAfterMs: 1_000 }))
    expect(retries.arrived('a', alone(now, 1))?.call).toBe(call)
  }
})

test('sixteen failures of a request are remembered, and those of 20,000 requests', () => {
  const retries = new Retries()
  for (let nth = 1; nth <= 17; nth++) retries.failed('a', failure(nth, nth))
  const found = Array.from({ length: 17 }, () => retries.arrived('a', alone(100))?.call)
  expect(found).toEqual([...Array.from({ length: 16 }, (_, nth) => nth + 2), undefined])
  for (let nth = 0; nth < 20_001; nth++) retries.failed(`b${nth}`, failure(nth, 200))
  expect(retries.arrived('b0', alone(300))).toBeUndefined()
  expect(retries.arrived('b1', alone(300))?.call).toBe(1)
})
