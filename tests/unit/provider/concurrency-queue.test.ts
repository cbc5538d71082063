import { expect, test } from 'vitest'
import { ConcurrencyQueue } from '../../../src/provider/concurrency-queue.ts'

test('a line works on as many as it has slots, first come, first served', () => {
  const line = new ConcurrencyQueue(2)
  const begun: string[] = []
  const leave = new Map(['a', 'b', 'c', 'd'].map((name) => [name, line.enter(() => begun.push(name))]))
  expect(begun).toEqual(['a', 'b'])
  leave.get('c')!()
  leave.get('a')!()
  expect(begun).toEqual(['a', 'b', 'd'])
})

test('leaving twice frees one slot', () => {
  const line = new ConcurrencyQueue(1)
  const begun: string[] = []
  const leave = line.enter(() => begun.push('a'))
  line.enter(() => begun.push('b'))
  line.enter(() => begun.push('c'))
  leave()
  leave()
  expect(begun).toEqual(['a', 'b'])
})

test('a place that is given up twice is given up once', () => {
  const line = new ConcurrencyQueue(1)
  const begun: string[] = []
  const leave = line.enter(() => begun.push('a'))
  line.enter(() => begun.push('b'))
  line.enter(() => begun.push('c'))
  leave()
  leave()
  expect(begun).toEqual(['a', 'b'])
})

test('a slot that nobody waits for is free again', () => {
  const line = new ConcurrencyQueue(1)
  const begun: string[] = []
  line.enter(() => begun.push('a'))()
  line.enter(() => begun.push('b'))()
  line.enter(() => begun.push('c'))
  expect(begun).toEqual(['a', 'b', 'c'])
})
