import { describe, expect, test } from 'vitest'
import {
  joinSettings,
  replayCommand,
  settingsFromEnvironment,
  type RunSettings,
} from '../../../src/simulation/settings.ts'

describe('the environment', () => {
  test('a time mode of the environment that is none is refused by the name of its variable', () => {
    expect(() => settingsFromEnvironment({ LONGHAUL_TIME: 'fast' })).toThrow(
      'LONGHAUL_TIME: "fast" is not a time mode.',
    )
  })

  test('says nothing where it has no variables, or empty ones', () => {
    expect(settingsFromEnvironment({})).toEqual({})
    expect(settingsFromEnvironment({ LONGHAUL_FAIL_RATE: ' ', LONGHAUL_SEED: '', LONGHAUL_CHECKS: ' ' })).toEqual({})
    expect(settingsFromEnvironment({ LONGHAUL_CHECKS: 'all' })).toEqual({})
  })

  test('says all that runs are set by', () => {
    const env = {
      LONGHAUL_SEED: '-7',
      LONGHAUL_TIME: '60x',
      LONGHAUL_FAIL_RATE: '0.2',
      LONGHAUL_LATENCY_SCALE: '0',
      LONGHAUL_CHECKS: 'off',
    }
    expect(settingsFromEnvironment(env)).toEqual({
      seed: -7,
      time: '60x',
      failRate: 0.2,
      latencyScale: 0,
      checks: false,
    })
  })

  test('has seeds that are text', () => {
    expect(settingsFromEnvironment({ LONGHAUL_SEED: 'spring' }).seed).toBe('spring')
    expect(settingsFromEnvironment({ LONGHAUL_SEED: '1.5' }).seed).toBe('1.5')
  })

  test('has the rate of failures by the name that KSI knows too, and its own goes before that', () => {
    const ksi = { KSI_COMPLETION_PROVIDER_FAIL_RATE: '0.5' }
    expect(settingsFromEnvironment(ksi).failRate).toBe(0.5)
    expect(settingsFromEnvironment({ ...ksi, LONGHAUL_FAIL_RATE: '0' }).failRate).toBe(0)
  })

  test.each([
    [{ LONGHAUL_FAIL_RATE: '1.1' }, 'LONGHAUL_FAIL_RATE is "1.1". Give a number from 0 to 1.'],
    [{ LONGHAUL_FAIL_RATE: 'often' }, 'LONGHAUL_FAIL_RATE is "often". Give a number from 0 to 1.'],
    [{ LONGHAUL_FAIL_RATE: '-0.1' }, 'Give a number from 0 to 1.'],
    [{ LONGHAUL_LATENCY_SCALE: '1e7' }, 'Give a number from 0 to 1000000.'],
    [{ LONGHAUL_CHECKS: 'some' }, 'LONGHAUL_CHECKS is "some". Give off, or all, which is the default.'],
  ])('that cannot be read is refused: %j', (env, message) => {
    expect(() => settingsFromEnvironment(env)).toThrow(message)
    expect(() => settingsFromEnvironment(env)).toThrow(expect.objectContaining({ code: 'LONGHAUL_INVALID_SETTING' }))
  })
})

describe('settings that are joined', () => {
  test('have defaults', () => {
    expect(joinSettings()).toMatchObject({
      seed: 1,
      time: { kind: 'virtual' },
      timeText: 'virtual',
      unused: 'warn',
      failRate: undefined,
      latencyScale: undefined,
      checks: {},
    })
  })

  test('are those of the last who says something', () => {
    expect(joinSettings({ seed: 1, failRate: 0.1, time: '10x' }, { seed: 2 }, { time: 'real' })).toMatchObject({
      seed: 2,
      failRate: 0.1,
      time: { kind: 'real' },
      timeText: 'real',
    })
  })

  test('add up their checks, but for those that waive all of them', () => {
    expect(joinSettings({ checks: { orphans: false } }, { checks: { timeouts: false } }).checks).toEqual({
      orphans: false,
      timeouts: false,
    })
    expect(joinSettings({ checks: { orphans: false } }, { checks: false }).checks).toBe(false)
    expect(joinSettings({ checks: false }, { checks: { orphans: false } }).checks).toEqual({ orphans: false })
  })

  test.each<[unknown, string]>([
    [{ backoff: 'off' }, 'The check "backoff" is given "off". Give false to waive it'],
    [{ backof: false }, 'There is no check "backof"'],
    [true, 'checks is true. Give false to waive all checks'],
    ['off', 'checks is "off". Give false'],
  ])('refuse %j as checks before a run is made', (checks, message) => {
    expect(() => joinSettings({ checks } as never)).toThrow(message)
  })
})

describe('the command that repeats a test', () => {
  const command = (layer: RunSettings, name = 'votes', replay?: string) =>
    replayCommand(joinSettings(layer), 'a.test.ts', name, replay)

  test('says seed and rates', () => {
    expect(command({ seed: 7, failRate: 0.2, latencyScale: 2 })).toBe(
      "LONGHAUL_SEED=7 LONGHAUL_FAIL_RATE=0.2 LONGHAUL_LATENCY_SCALE=2 npx vitest run a.test.ts -t 'votes'",
    )
    expect(command({})).toBe("LONGHAUL_SEED=1 npx vitest run a.test.ts -t 'votes'")
    expect(command({ time: '60x' })).toBe("LONGHAUL_SEED=1 LONGHAUL_TIME=60x npx vitest run a.test.ts -t 'votes'")
  })

  test('says the case alone, where there is one: it holds seed and rates', () => {
    expect(command({ seed: 7, failRate: 0.2 }, 'votes', 'x_1')).toBe(
      "LONGHAUL_REPLAY=x_1 npx vitest run a.test.ts -t 'votes'",
    )
  })

  test('says the date that the test would not have alone', () => {
    const epoch = (date: string) => settingsFromEnvironment({ LONGHAUL_EPOCH: date })
    expect(command(epoch('2030-01-22'))).toBe(
      "LONGHAUL_SEED=1 LONGHAUL_EPOCH=2030-01-22 npx vitest run a.test.ts -t 'votes'",
    )
    expect(command(epoch('2030-01-22T09:30:00+02:00'))).toContain(" LONGHAUL_EPOCH='2030-01-22T07:30:00.000Z' ")
    for (const wrong of ['soon', '2030-13-01', '2030-01-22T09:30'])
      expect(() => epoch(wrong)).toThrow(`LONGHAUL_EPOCH is "${wrong}". Give a date, such as 2030-01-08`)
  })

  test('quotes what a shell or a pattern would read otherwise', () => {
    expect(command({ seed: "it's 5 o'clock" }, "what's (not) 50%?")).toBe(
      String.raw`LONGHAUL_SEED='it'\''s 5 o'\''clock' npx vitest run a.test.ts -t 'what'\''s \(not\) 50%\?'`,
    )
  })
})
