import { runInThisContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { realTimerOf, type RealTimer } from '../../../../src/clock/quiet/real-timers.ts'

/** A timer of a second that is set at a place, as in a stack trace. */
function setAt(file: string, through: (set: () => void) => void = (set) => set()): RealTimer | undefined {
  let found: RealTimer | undefined
  const hook = (): void => void (found = realTimerOf(1_000, hook))
  const set = runInThisContext('(function poll(hook) { hook() })', { filename: file }) as (hook: () => void) => void
  through(() => set(hook))
  return found
}

describe('a timer of the real clock', () => {
  test.each([
    ['/app/agent.ts', '/app/agent.ts:1:24'],
    ['file:///app/agent.ts', '/app/agent.ts:1:24'],
    ['/app/node_modules/openai/core.js', '/app/node_modules/openai/core.js:1:24'],
  ])('is told with its place: %s', (file, at) => {
    expect(setAt(file)).toEqual({ ms: 1_000, at })
  })

  test.each([
    'node:internal/http',
    'node:net',
    '/app/node_modules/vitest/dist/index.js',
    '/app/node_modules/@vitest/runner/dist/index.js',
    '/app/node_modules/vite-node/client.js',
    '/app/node_modules/birpc/dist/index.js',
    import.meta.url.replace(/\/tests\/.*$/, '/src/provider/working.ts'),
    new URL(import.meta.url).pathname.replace(/\/tests\/.*$/, '/src/provider/working.ts'),
  ])('is of Node, of the test runner or of longhaul itself, and not told: %s', (file) => {
    expect(setAt(file)).toBeUndefined()
  })

  test('may be set through functions of Node that set timers', () => {
    let found: RealTimer | undefined
    const hook = (): void => void (found = realTimerOf(1_000, hook))
    const node = runInThisContext('(function setTimeout(hook) { hook() })', { filename: 'node:internal/timers' }) as (
      hook: () => void,
    ) => void
    const code = runInThisContext('(function poll(node, hook) { node(hook) })', { filename: '/app/agent.ts' }) as (
      node: unknown,
      hook: () => void,
    ) => void
    code(node, hook)
    expect(found).toEqual({ ms: 1_000, at: '/app/agent.ts:1:30' })
  })

  test('of two milliseconds or less is the own wait of the clock', () => {
    const hook = (): void => {}
    expect([0, 2].map((ms) => realTimerOf(ms, hook))).toEqual([undefined, undefined])
    expect(realTimerOf(3, hook)).toMatchObject({ ms: 3 })
  })

  test('leaves the length of stack traces as it was', () => {
    const { stackTraceLimit } = Error
    setAt('/app/agent.ts')
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
  })
})
