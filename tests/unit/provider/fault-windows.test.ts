import { describe, expect, test } from 'vitest'
import { DEFAULT_MIX } from '../../../src/provider/index.ts'
import { applies } from '../../../src/provider/call-scope.ts'
import { brownout, endOfWindow, outage, resolveWindow, windowApplies } from '../../../src/provider/fault-windows.ts'

describe('a window', () => {
  test('of an outage lets every call fail, by a bad gateway where nothing else is said', () => {
    expect(outage({ from: '5m', for: '2m', service: 'openai' })).toStrictEqual({
      from: 300_000,
      for: 120_000,
      service: 'openai',
      failRate: 1,
      mix: { bad_gateway: 1 },
    })
    expect(outage({ from: 0, agent: 'ann', model: 'm', every: '1h', fault: 'unauthorized' })).toStrictEqual({
      from: 0,
      every: 3_600_000,
      agent: 'ann',
      model: 'm',
      failRate: 1,
      mix: { unauthorized: 1 },
    })
  })

  test('of a brownout is slow, and lets some calls fail', () => {
    expect(brownout({ from: 0, for: '1m' })).toMatchObject({ failRate: 0.3, slow: 3 })
    expect(brownout({ from: 0, for: '1m', failRate: 0.5, slow: 2, mix: { hang: 1 } })).toMatchObject({
      failRate: 0.5,
      slow: 2,
      mix: { hang: 1 },
    })
  })

  test('may be written out, with durations', () => {
    const times = { fromMs: 300_000, forMs: 120_000, everyMs: undefined }
    expect(resolveWindow({ from: '5m', for: '2m', failRate: 0.5, agent: 'ann' })).toEqual({
      ...times,
      agent: 'ann',
      rate: 0.5,
      mix: DEFAULT_MIX,
      slowFactor: 1,
    })
    expect(resolveWindow(outage({ from: '5m', for: '2m' }))).toMatchObject({ ...times, rate: 1, slowFactor: 1 })
    expect(resolveWindow(brownout({ from: '5m', for: '2m' }))).toMatchObject({ ...times, rate: 0.3, slowFactor: 3 })
  })

  test.each([
    [() => outage({ from: 0, fault: 'bad_gatway' as never }), /outage\.fault.*bad_gateway/],
    [() => outage({ from: 'soon' as never }), /outage\.from/],
    [() => outage({ from: 0, to: '5m' } as never), 'There is no option outage.to.'],
    [
      () => brownout({ from: 0, for: '1m', agnet: 'ann' } as never),
      'There is no option brownout.agnet. Did you mean "agent"?',
    ],
    [() => brownout({ from: 0, for: '1m', failRate: 1.1 }), /brownout\.failRate/],
    [() => brownout({ from: 0, for: '1m', slow: -1 }), /brownout\.slow/],
    [() => brownout({ from: 0, for: '1m', mix: { hagn: 1 } as never }), /brownout\.mix/],
    [() => brownout({ from: 0, for: '1m', every: 'x' as never }), /brownout\.every/],
  ])('that cannot be is refused', (make, message) => {
    expect(make).toThrow(message)
  })

  test('is open from its beginning until before its end', () => {
    const window = resolveWindow(outage({ from: 100, for: 50 }))
    expect([99, 100, 149, 150].map((at) => endOfWindow(window, at))).toEqual([undefined, 150, 150, undefined])
  })

  test('comes again where it does', () => {
    const window = resolveWindow({ from: '100ms', for: 50, every: '1s', failRate: 1 })
    expect([99, 149, 150, 1_099, 1_100, 1_149, 1_150, 2_120].map((at) => endOfWindow(window, at))).toEqual([
      undefined,
      150,
      undefined,
      undefined,
      1_150,
      1_150,
      undefined,
      2_150,
    ])
  })

  test('without an end is open for ever', () => {
    expect(endOfWindow(resolveWindow({ from: 100, failRate: 1 }), 1e9)).toBe(Number.POSITIVE_INFINITY)
  })

  test('applies to the calls of its scope, while it is open', () => {
    const window = resolveWindow(outage({ from: 100, for: 50, agent: 'ann' }))
    const applied = (agent: string, at: number) => windowApplies(window, { agent, model: 'm', provider: 'openai' }, at)
    expect([applied('ann', 99), applied('ann', 100), applied('ann', 150), applied('ben', 100)]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  test.each([
    [{}, true],
    [{ agent: 'ann' }, true],
    [{ agent: 'ann', model: 'm', provider: 'openai' }, true],
    [{ agent: 'ben' }, false],
    [{ model: 'other' }, false],
    [{ service: 'google' }, false],
    [{ agent: 'ann', service: 'google' }, false],
  ])('for %j is for a call of ann to m of openai: %s', (scope, expected) => {
    expect(applies(scope, { agent: 'ann', model: 'm', provider: 'openai' })).toBe(expected)
  })
})
