import os from 'node:os'
import { dequal } from 'dequal'
import { afterEach, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { installDoors, native } from '../../../src/doors/index.ts'

installDoors()
let clock: Clock | undefined
const start = (epoch?: number): Clock =>
  (clock = startSimulatedClock({ mode: { kind: 'virtual' }, ...(epoch !== undefined && { epoch }) }))
afterEach(() => clock?.stop())

const NOON = Date.UTC(2031, 4, 6, 12)

describe('a date', () => {
  test('is of one kind with those of before and after', () => {
    const before = new Date(0)
    start()
    const during = new Date(0)
    expect(during.constructor).toBe(Date)
    expect(before.constructor).toBe(Date)
    expect(before).toBeInstanceOf(Date)
    expect(dequal(before, during)).toBe(true)
    expect(dequal(before, new Date(1))).toBe(false)
    expect(structuredClone(during)).toEqual(before)
  })

  test('may be made in all the ways of the language', () => {
    start(NOON)
    expect(new Date().getTime()).toBe(NOON)
    expect(Date.now()).toBe(NOON)
    expect(Date()).toBe(new Date(NOON).toString())
    expect(new Date(2020, 1, 2).getMonth()).toBe(1)
    expect(Date.UTC(1970, 0, 2)).toBe(86_400_000)
    expect(Date.parse('1970-01-02')).toBe(86_400_000)
    expect(Reflect.construct(Date, [5], Date).getTime()).toBe(5)
    class Day extends Date {}
    expect(new Day()).toBeInstanceOf(Day)
    expect(new Day().getTime()).toBe(NOON)
    expect(Date.name).toBe('Date')
    expect(Date.length).toBe(7)
  })

  test('is the present one for formatters that are given none', () => {
    start(NOON)
    const formatter = new Intl.DateTimeFormat('en', { timeZone: 'UTC', year: 'numeric' })
    expect(formatter.format()).toBe('2031')
    expect(formatter.format).toBe(formatter.format)
    expect(formatter.format(0)).toBe('1970')
    expect(formatter.formatToParts()[0]!.value).toBe('2031')
  })

  test('lies after the real one, and each run begins after the last', () => {
    start()
    const first = Date.now()
    expect(first).toBeGreaterThan(native.dateNow())
    clock!.stop()
    expect(Math.abs(Date.now() - native.dateNow())).toBeLessThan(60_000)
    start()
    expect(Date.now()).toBeGreaterThan(first)
    expect(clock!.now()).toBe(0)
  })
})

describe('monotonic time', () => {
  test('goes on from its real value, never back, over runs that each take hours', async () => {
    const seen = [performance.now()]
    for (let run = 0; run < 3; run++) {
      start()
      seen.push(performance.now())
      await clock!.sleep(3_600_000)
      seen.push(performance.now())
      clock!.stop()
      seen.push(performance.now())
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)! - seen[0]!).toBeGreaterThan(3 * 3_600_000)
  })

  test('is one for performance, hrtime and uptime', async () => {
    start()
    const read = (): number[] => [
      performance.now(),
      Number(process.hrtime.bigint()) / 1e6,
      process.hrtime()[0] * 1e3 + process.hrtime()[1] / 1e6,
      process.uptime() * 1e3,
      os.uptime() * 1e3,
    ]
    const before = read()
    const mark = process.hrtime()
    await clock!.sleep(90_000)
    for (const [index, value] of read().entries()) expect(value - before[index]!).toBeCloseTo(90_000, -3)
    expect(process.hrtime(mark)).toEqual([90, 0])
  })

  test('gives measures their durations', async () => {
    start()
    performance.mark('began')
    await clock!.sleep(5_000)
    expect(performance.measure('call', 'began').duration).toBe(5_000)
    expect(performance.measure('call', { start: 'began' }).duration).toBe(5_000)
    await clock!.sleep(1_000)
    performance.mark('ended')
    await clock!.sleep(1_000)
    expect(performance.measure('call', 'began', 'ended').duration).toBe(6_000)
  })

  test('adds up with its origin to the date, and stamps events', async () => {
    start(NOON)
    await clock!.sleep(1_000)
    expect(performance.timeOrigin + performance.now()).toBeCloseTo(NOON + 1_000, 0)
    expect(new Event('done').timeStamp).toBe(performance.now())
  })
})
