import { describe, expect, test } from 'vitest'
import { CHECKS, checkSettings, joinChecks, type CheckSettings } from '../../../src/checks/index.ts'
import { settingsInForce } from '../../../src/checks/settings.ts'

const check = (settings: object) => () => checkSettings(settings as CheckSettings)

describe('settings of checks', () => {
  test.each([
    {},
    { sequential: false },
    { sequential: undefined },
    { sequential: {} },
    { sequential: { agents: 0, handover: '1s' } },
    { sequential: { handover: 0 } },
    { spans: { calls: false, tokens: true } },
    { timeouts: { factor: 1.5 } },
    { timeouts: { factor: undefined } },
  ])('are taken: %j', (settings) => {
    expect(check(settings)).not.toThrow()
  })

  test.each([
    [{ sequentail: false }, 'There is no check "sequentail". Did you mean "sequential"?'],
    [{ toString: false }, `There is no check "toString". There are: ${Object.keys(CHECKS).join(', ')}.`],
    [
      { sequential: true },
      'The check "sequential" is given true. Give false to waive it, or an object with its settings.',
    ],
    [
      { sequential: null },
      'The check "sequential" is given null. Give false to waive it, or an object with its settings.',
    ],
    [{ sequential: { agent: 3 } }, 'The check "sequential" has no setting "agent". Did you mean "agents"?'],
    [{ trace: { strict: true } }, 'The check "trace" has no setting "strict". This check has no settings.'],
    [{ spans: { calls: 'no' } }, 'The part "calls" of the check "spans" is "no". Give false to waive it.'],
    [{ timeouts: { factor: -1 } }, 'The setting "factor" of the check "timeouts" is -1. Give a number of at least 0.'],
    [
      { timeouts: { factor: Number.NaN } },
      'The setting "factor" of the check "timeouts" is NaN. Give a number of at least 0.',
    ],
    [
      { timeouts: { factor: '2' } },
      'The setting "factor" of the check "timeouts" is "2". Give a number of at least 0.',
    ],
    [
      { sequential: { handover: -1 } },
      'The setting "handover" of the check "sequential" is -1. Give a duration, such as \'2s\', or milliseconds as a number of at least 0.',
    ],
  ])('are refused: %j', (settings, message) => {
    expect(check(settings)).toThrow(
      expect.objectContaining({ name: 'InvalidCheckError', code: 'LONGHAUL_INVALID_CHECK', message }),
    )
  })

  test('are joined by check and by setting, and the later ones win', () => {
    expect(
      joinChecks(
        { sequential: { agents: 4, handover: '1s' }, timeouts: false, spans: { calls: false } },
        { sequential: { handover: '2s' }, timeouts: { factor: 3 }, spans: undefined },
        { spans: false, sequential: { agents: undefined } },
      ),
    ).toEqual({ sequential: { agents: 4, handover: '2s' }, timeouts: { factor: 3 }, spans: false })
  })

  test('in force are those of the check, but for what is given; durations are milliseconds', () => {
    expect(settingsInForce('sequential')).toEqual({ agents: 3, handover: 50 })
    expect(settingsInForce('sequential', { handover: '2s' })).toEqual({ agents: 3, handover: 2_000 })
    expect(settingsInForce('sequential', { agents: 5, handover: undefined })).toEqual({ agents: 5, handover: 50 })
    expect(settingsInForce('spans', { tokens: false })).toEqual({ calls: true, tokens: false })
  })
})
