import { describe, expect, test } from 'vitest'
import { outage, type FaultWindow } from '../../../src/provider/index.ts'
import { scopeOfToday } from '../../../src/provider/call-scope.ts'
import { configOfToday } from '../../../src/provider/former-names.ts'

describe('former names', () => {
  test('are read as those of today', () => {
    const windows = [{ ...outage({ from: 0, for: '1m' }), provider: 'openai' }]
    expect(configOfToday({ failRate: 0.1, providers: { openai: { concurrency: 1 } }, windows })).toEqual({
      failRate: 0.1,
      services: { openai: { concurrency: 1 } },
      windows: [{ ...outage({ from: 0, for: '1m', service: 'openai' }) }],
    })
    expect(outage({ from: 0, provider: 'openai' })).toEqual(outage({ from: 0, service: 'openai' }))
    expect(scopeOfToday({ agent: 'ann', provider: 'openai' })).toEqual({ agent: 'ann', service: 'openai' })
  })

  test('give way to those of today, where both are given', () => {
    const providers = { openai: { concurrency: 1 }, google: { concurrency: 2 } }
    expect(configOfToday({ providers, services: { openai: { concurrency: 3 } } })).toEqual({
      services: { openai: { concurrency: 3 }, google: { concurrency: 2 } },
    })
    expect(scopeOfToday({ provider: 'openai', service: 'google' })).toEqual({ service: 'google' })
  })

  test('of a window that is written out are read', () => {
    const former = { fromMs: 60_000, forMs: 1_000, everyMs: undefined, rate: 0.5, mix: { hang: 1 }, slowFactor: 2 }
    expect(configOfToday({ windows: [{ ...former, provider: 'openai' } as unknown as FaultWindow] }).windows).toEqual([
      { from: 60_000, for: 1_000, failRate: 0.5, mix: { hang: 1 }, slow: 2, service: 'openai' },
    ])
    const [again] = configOfToday({ windows: [{ ...former, everyMs: 9_000 } as unknown as FaultWindow] }).windows!
    expect(again).toEqual({ from: 60_000, for: 1_000, every: 9_000, failRate: 0.5, mix: { hang: 1 }, slow: 2 })
  })

  test('leave out what is not given', () => {
    expect(configOfToday({ latency: '1s' })).toEqual({ latency: '1s' })
  })
})
