import { expect, test } from 'vitest'
import { ConcurrencyQueue } from '../../../src/provider/concurrency-queue.ts'

test('a queue works on as many as it has slots, first come, first served', () => {
  const queue = new ConcurrencyQueue(2)
  const begun: string[] = []
  const leave = new Map(['a', 'b', 'c', 'd'].map((name) => [name, queue.enter(() => begun.push(name))]))
  expect(begun).toEqual(['a', 'b'])
  leave.get('c')!()
  leave.get('a')!()
  expect(begun).toEqual(['a', 'b', 'd'])
})

test('leaving twice frees one slot', () => {
  const queue = new ConcurrencyQueue(1)
  const begun: string[] = []
  const leave = queue.enter(() => begun.push('a'))
  queue.enter(() => begun.push('b'))
  queue.enter(() => begun.push('c'))
  leave()
  leave()
  expect(begun).toEqual(['a', 'b'])
})

test('a slot that nobody waits for is free again', () => {
  const queue = new ConcurrencyQueue(1)
  const begun: string[] = []
  queue.enter(() => begun.push('a'))()
  queue.enter(() => begun.push('b'))()
  queue.enter(() => begun.push('c'))
  expect(begun).toEqual(['a', 'b', 'c'])
})
