import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimerQueue } from '../../../src/clock/timer-queue.ts'

const timer = (delay: number, name = String(delay)) => ({ delay, repeats: false, name, fire() {} })

/** Takes all timers out in the order in which they are next. */
function firing(queue: TimerQueue): string[] {
  const names: string[] = []
  for (let next = queue.peek(); next; next = queue.peek()) {
    names.push((next as ReturnType<typeof timer>).name)
    queue.delete(next)
  }
  return names
}

describe('timers are next', () => {
  test('by their time, whenever they were armed', () => {
    const queue = new TimerQueue()
    queue.add(timer(30), 0)
    queue.add(timer(10), 0)
    queue.add(timer(5, 'later'), 20)
    expect(queue.nextAt).toBe(10)
    expect(firing(queue)).toEqual(['10', 'later', '30'])
    expect(queue.nextAt).toBeUndefined()
  })

  test('in the order of arming where they have one delay', () => {
    const queue = new TimerQueue()
    for (const name of ['a', 'b', 'c']) queue.add(timer(10, name), 0)
    expect(firing(queue)).toEqual(['a', 'b', 'c'])
  })

  // Node keeps a list of timers a delay, and lists of one instant fire one after another.
  test('of one instant by delay, the delay first that was in use first', () => {
    const queue = new TimerQueue()
    queue.add(timer(20, 'a20'), 0)
    queue.add(timer(10, 'a10'), 10)
    queue.add(timer(20, 'b20'), 0)
    queue.add(timer(10, 'b10'), 10)
    expect(firing(queue)).toEqual(['a20', 'b20', 'a10', 'b10'])
  })

  test('a delay that no timer has any more is begun anew', () => {
    const queue = new TimerQueue()
    const first = timer(10, 'gone')
    queue.add(first, 0)
    queue.add(timer(20, 'a20'), 0)
    queue.delete(first)
    queue.add(timer(10, 'a10'), 10)
    expect(firing(queue)).toEqual(['a20', 'a10'])
  })
})

test('a timer that is not there is left alone, that of another queue too', () => {
  const [one, other] = [new TimerQueue(), new TimerQueue()]
  const mine = timer(10)
  one.add(mine, 0)
  other.add(timer(20), 0)
  other.delete(mine)
  one.delete(timer(10))
  expect([one.size, other.size]).toEqual([1, 1])
  one.delete(mine)
  one.delete(mine)
  expect(one.size).toBe(0)
})

test('all timers are taken out in the order of arming', () => {
  const queue = new TimerQueue()
  const timers = [timer(30), timer(10), timer(20)]
  for (const each of timers) queue.add(each, 0)
  expect(queue.drain()).toEqual(timers)
  expect([queue.size, queue.nextAt]).toEqual([0, undefined])
  queue.add(timers[0]!, 5)
  expect(queue.nextAt).toBe(35)
  expect(queue.dueAt(timers[0]!)).toBe(35)
  // Which delay was in use first before that is forgotten.
  queue.drain()
  queue.add(timer(10, 'a10'), 20)
  queue.add(timer(30, 'a30'), 0)
  expect(firing(queue)).toEqual(['a10', 'a30'])
})

test('whatever is armed and taken out, the rest is next in the order of a sorted list', () => {
  const steps = fc.array(fc.record({ delay: fc.integer({ min: 1, max: 6 }), takesOut: fc.option(fc.nat(40)) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, (given) => {
      const queue = new TimerQueue()
      const begun = new Map<number, { list: number; count: number }>()
      let lists = 0
      let there: { timer: ReturnType<typeof timer>; at: number; list: number; nth: number }[] = []
      given.forEach(({ delay, takesOut }, nth) => {
        const now = Math.floor(nth / 3)
        const of = begun.get(delay) ?? { list: 0, count: 0 }
        begun.set(delay, of)
        if (of.count === 0) of.list = lists++
        of.count += 1
        const armed = timer(delay, String(nth))
        queue.add(armed, now)
        there.push({ timer: armed, at: now + delay, list: of.list, nth })
        const gone = takesOut === null ? undefined : there[takesOut]
        if (!gone) return
        queue.delete(gone.timer)
        begun.get(gone.timer.delay)!.count -= 1
        there = there.filter((each) => each !== gone)
      })
      expect(queue.size).toBe(there.length)
      expect([...queue]).toHaveLength(there.length)
      const sorted = there.toSorted((a, b) => a.at - b.at || a.list - b.list || a.nth - b.nth)
      expect(firing(queue)).toEqual(sorted.map(({ timer: { name } }) => name))
    }),
    { seed: 1, numRuns: 500 },
  )
})
