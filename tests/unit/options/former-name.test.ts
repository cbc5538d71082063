import { describe, expect, test, vi } from 'vitest'

/** Modules that no other test of this process has made warn. */
const modules = async () => {
  vi.resetModules()
  return {
    ...(await import('../../../src/checks/index.ts')),
    ...(await import('../../../src/explore/index.ts')),
    ...(await import('../../../src/orchestrator/index.ts')),
    ...(await import('../../../src/provider/index.ts')),
  }
}
type Modules = Awaited<ReturnType<typeof modules>>

/** The warnings of some work: each has the code by which Node can silence it. */
function warningsOf(work: () => unknown): string[] {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  work()
  const warnings = warn.mock.calls.map(([text, options]) => {
    expect(options).toEqual({ type: 'DeprecationWarning', code: 'LONGHAUL_FORMER_NAME' })
    return /"(.*)" has a new name: "(.*)"/.exec(String(text))!.slice(1).join(' → ')
  })
  warn.mockRestore()
  return warnings
}

describe('an option under its former name', () => {
  test.for<[warning: string, work: (from: Modules) => unknown]>([
    ['providers → services', (from) => from.configOfToday({ providers: {} })],
    ['provider → service', (from) => from.outage({ from: 0, provider: 'openai' })],
    ['graceMs → grace', (from) => from.findViolations([], { orphans: { graceMs: 1 } })],
    ['slackMs → slack', (from) => from.findViolations([], {}, { slackMs: 1 })],
    ['breaker.share → breaker.failureRate', (from) => from.resolveSettings({ breaker: { share: 0.5 } }, {})],
    ['shrinkMost → maxShrunk', (from) => from.maxShrunkOf({ shrinkMost: 1 })],
    ['shrinkMs → shrinkFor', (from) => from.shrinkLimitOf({ shrinkMs: 1 })],
  ])('warns once: %s', async ([warning, work]) => {
    const from = await modules()
    expect(warningsOf(() => work(from))).toEqual([warning])
    expect(warningsOf(() => work(from))).toEqual([])
  })

  test('does not warn where the name of today is given', async () => {
    const { configOfToday, findViolations, maxShrunkOf, outage, resolveSettings } = await modules()
    const work = () => {
      configOfToday({ services: {}, windows: [outage({ from: 0, service: 'openai' })] })
      findViolations([], { orphans: { grace: 1 } }, { slack: 1 })
      resolveSettings({ breaker: { failureRate: 0.5 } }, {})
      maxShrunkOf({ maxShrunk: 1 })
    }
    expect(warningsOf(work)).toEqual([])
  })
})
