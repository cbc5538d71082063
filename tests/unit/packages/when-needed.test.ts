import { afterEach, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { stand } from '../../../src/doors/index.ts'
import { whenNeeded } from '../../../src/packages/index.ts'

let clock: Clock | undefined
let leave: (() => void) | undefined
afterEach(() => {
  clock?.stop()
  leave?.()
})

test('is made once, when it is first asked for', () => {
  let made = 0
  const late = whenNeeded(() => (made += 1))
  expect(made).toBe(0)
  expect([late(), late(), made]).toEqual([1, 1, 1])
})

test('draws none of the chance of the run that happens to need it first', () => {
  let drawn = 0
  leave = stand('chance', {
    random: () => (drawn += 1) / 100,
    fill: () => void (drawn += 1),
  })
  whenNeeded(() => [Math.random(), crypto.randomUUID()])()
  expect(drawn).toBe(0)
  expect(Math.random()).toBe(0.01)
})

test('reads the real clock, and lets no time of the run pass', () => {
  clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: Date.UTC(2040, 0, 1) })
  const year = whenNeeded(() => {
    for (let reads = 0; reads < 1_000; reads++) Date.now()
    return new Date().getFullYear()
  })()
  expect(year).not.toBe(2040)
  expect(clock.now()).toBe(0)
  expect(new Date().getFullYear()).toBe(2040)
})

test('is asked for again after it could not be made, in the surroundings of the run', () => {
  leave = stand('chance', { random: () => 0.5, fill: () => {} })
  let missing = true
  const late = whenNeeded(() => {
    if (missing) throw new Error('There is no such package.')
    return 'made'
  })
  expect(late).toThrow('There is no such package.')
  expect(Math.random()).toBe(0.5)
  missing = false
  expect(late()).toBe('made')
})
