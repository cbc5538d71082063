import { describe, expect, test } from 'vitest'
import { applies, brownout, endOfWindow, outage } from '../../../src/provider/fault-windows.ts'

describe('a window', () => {
  test('of an outage lets every call fail, by a bad gateway where nothing else is said', () => {
    expect(outage({ from: '5m', for: '2m', service: 'openai' })).toEqual({
      fromMs: 300_000,
      forMs: 120_000,
      everyMs: undefined,
      service: 'openai',
      rate: 1,
      mix: { bad_gateway: 1 },
      slowFactor: 1,
    })
    expect(outage({ from: 0, agent: 'ann', model: 'm', every: '1h', fault: 'unauthorized' })).toEqual({
      fromMs: 0,
      forMs: Number.POSITIVE_INFINITY,
      everyMs: 3_600_000,
      agent: 'ann',
      model: 'm',
      rate: 1,
      mix: { unauthorized: 1 },
      slowFactor: 1,
    })
  })

  test('of a brownout is slow, and lets some calls fail', () => {
    expect(brownout({ from: 0, for: '1m' })).toMatchObject({ rate: 0.3, slowFactor: 3 })
    expect(brownout({ from: 0, for: '1m', failRate: 0.5, slow: 2, mix: { hang: 1 } })).toMatchObject({
      rate: 0.5,
      slowFactor: 2,
      mix: { hang: 1 },
    })
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
    const window = outage({ from: 100, for: 50 })
    expect([99, 100, 149, 150].map((at) => endOfWindow(window, at))).toEqual([undefined, 150, 150, undefined])
  })

  test('comes again where it does', () => {
    const window = outage({ from: 100, for: 50, every: 1_000 })
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
    expect(endOfWindow(outage({ from: 100 }), 1e9)).toBe(Number.POSITIVE_INFINITY)
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
