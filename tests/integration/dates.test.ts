import { describeOrchestration } from 'longhaul'
import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { withDate } from '../../src/vitest/resolve-settings.ts'
import { joinSettings } from '../../src/simulation/settings.ts'
import { defaultEpoch, epochAlone } from '../../src/clock/index.ts'

const DAY = 86_400_000
const textOf = (epoch: number) => new Date(epoch).toISOString().slice(0, 10)
const system = async () => textOf(Date.now())

describeOrchestration('dates of a file', { system, clock: { horizon: '30d' } }, (test) => {
  test('a test of ten days', async ({ run, sleep }) => {
    expect((await run()).result).toBe(textOf(epochAlone(0)))
    for (let day = 0; day < 10; day++) await sleep('1d')
  })

  test('is followed by one with a later date than it has alone', async ({ run }) => {
    expect((await run()).result).toBe(textOf(epochAlone(2)))
  })
})

describe('a test that is repeated with the date of its command', () => {
  beforeAll(() => void vi.stubEnv('LONGHAUL_EPOCH', '2029-12-31'))
  afterAll(() => void vi.unstubAllEnvs())
  for (const clock of [{}, { epoch: Date.UTC(2040, 0, 1) }])
    describeOrchestration(`with the clock ${JSON.stringify(clock)}`, { system, clock }, (test) => {
      test('begins then', async ({ run }) => {
        expect((await run()).result).toBe('2029-12-31')
      })
    })
})

describeOrchestration('a date of one’s own', { system, clock: { epoch: Date.UTC(2031, 0, 1) } }, (test) => {
  for (const nth of ['first', 'second'])
    test(`is the date of the ${nth} test too`, async ({ run, sleep }) => {
      expect((await run()).result).toBe('2031-01-01')
      await sleep('8d')
    })
})

describeOrchestration('the command that repeats a test', { system }, (test) => {
  const dateOf = (place: number, given?: number, time: 'virtual' | 'real' = 'virtual') =>
    withDate(joinSettings({ time }), given, place).epoch

  test('has a date if the test would have another one alone', () => {
    // The tests above have run until the second week of 2031.
    expect(dateOf(1)).toBe(defaultEpoch(1))
    expect(dateOf(1)).toBeGreaterThan(Date.UTC(2031, 0, 8))
    expect(dateOf(10_000)).toBeUndefined()
    expect(epochAlone(1) - epochAlone(0)).toBe(7 * DAY)
  })

  test('has none if the date is given, or real', () => {
    expect(dateOf(1, Date.UTC(2031, 0, 1))).toBeUndefined()
    expect(dateOf(1, undefined, 'real')).toBeUndefined()
  })
})
