import { expectTypeOf, describe, expect, test } from 'vitest'
import { checkSettings, joinChecks, type CheckSettings, type CheckTuning } from '../../../src/checks/index.ts'
import type { Duration } from '../../../src/index.ts'
import { finds, story, tries } from '../../given/story.ts'

const rush = story(tries(4, 99))

describe('settings of checks that are times', () => {
  test('are durations, as a text or in milliseconds', () => {
    expect(finds('backoff', rush)).toHaveLength(1)
    expect(finds('backoff', rush, { pause: '99ms' })).toEqual([])
    expect(finds('backoff', rush, { pause: 99 })).toEqual([])
    expectTypeOf<CheckTuning<'orphans'>['grace']>().toEqualTypeOf<Duration | undefined>()
  })

  test('are refused where they are none', () => {
    expect(() => checkSettings({ sequential: { handover: 'soon' } } as unknown as CheckSettings)).toThrow(
      'The setting "handover" of the check "sequential" is "soon". Give a duration, such as \'2s\', or milliseconds as a number of at least 0.',
    )
  })

  test('have their former names still', () => {
    expect(finds('backoff', rush, { pauseMs: 99 })).toEqual([])
    const former: CheckSettings = { backoff: { pauseMs: 99 }, isolation: { delayMs: 2 }, orphans: { graceMs: 3 } }
    checkSettings(former)
    expect(joinChecks(former, { orphans: { calls: false } })).toEqual({
      backoff: { pause: 99 },
      isolation: { delay: 2 },
      orphans: { grace: 3, calls: false },
    })
    expectTypeOf<CheckTuning<'sequential'>>().toHaveProperty('handoverMs')
    expectTypeOf<CheckTuning<'sequential'>>().not.toHaveProperty('graceMs')
  })

  test('keep the new name where both are given, and the later of two layers by either', () => {
    expect(joinChecks({ orphans: { grace: '1s', graceMs: 5 } })).toEqual({ orphans: { grace: '1s' } })
    expect(joinChecks({ orphans: { grace: '1s' } }, { orphans: { graceMs: 5 } })).toEqual({ orphans: { grace: 5 } })
  })
})
