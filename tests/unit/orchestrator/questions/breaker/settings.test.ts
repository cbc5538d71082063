import { describe, expect, test, vi } from 'vitest'
import {
  resolveBreakerSettings,
  type BreakerSettings,
} from '../../../../../src/orchestrator/questions/breaker/settings.ts'

const DEFAULTS = { failures: 8, failureRate: 0.8, windowMs: 300_000, openMs: 300_000 }

describe('the settings of a breaker', () => {
  test.for<[given: BreakerSettings | undefined, changed: object]>([
    [undefined, {}],
    [{}, {}],
    [{ failures: 1 }, { failures: 1 }],
    [{ failureRate: 0 }, { failureRate: 0 }],
    [{ failureRate: 1 }, { failureRate: 1 }],
    [
      { window: '30s', openFor: 2_000 },
      { windowMs: 30_000, openMs: 2_000 },
    ],
  ])('%j change %j', ([given, changed]) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(resolveBreakerSettings(given)).toEqual({ ...DEFAULTS, ...changed })
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  test('may have the rate under its former name', async () => {
    // Modules that no other test of this process has made warn.
    vi.resetModules()
    const { resolveBreakerSettings: resolve } =
      await import('../../../../../src/orchestrator/questions/breaker/settings.ts')
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(resolve({ share: 0.5 })).toEqual({ ...DEFAULTS, failureRate: 0.5 })
    expect(resolve({ share: 0.5, failureRate: 0.2 })).toEqual({ ...DEFAULTS, failureRate: 0.2 })
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      'The option "breaker.share" has a new name: "breaker.failureRate". The next major version removes the former name.',
    ])
    warn.mockRestore()
  })

  test.for<[BreakerSettings, string]>([
    [{ failures: 0.9 }, "The orchestrator's setting breaker.failures is 0.9. Give a number of at least 1."],
    [{ failures: Number.NaN }, "The orchestrator's setting breaker.failures is NaN. Give a number of at least 1."],
    [{ failureRate: -0.1 }, "The orchestrator's setting breaker.failureRate is -0.1. Give a number from 0 to 1."],
    [{ failureRate: 1.1 }, "The orchestrator's setting breaker.failureRate is 1.1. Give a number from 0 to 1."],
  ])('%j are refused', ([given, message]) => {
    expect(() => resolveBreakerSettings(given)).toThrow(expect.objectContaining({ message }) as Error)
  })
})
