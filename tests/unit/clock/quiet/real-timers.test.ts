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
    ['/app/node_modules/vitest-like/core.js', '/app/node_modules/vitest-like/core.js:1:24'],
    ['/app/vite/(chat)/route (2).js', '/app/vite/(chat)/route (2).js:1:24'],
  ])('is told with its place: %s', (file, at) => {
    expect(setAt(file)).toEqual({ ms: 1_000, at })
  })

  test.each([
    'node:internal/http',
    'node:net',
    '/app/node_modules/vitest/dist/index.js',
    '/app/node_modules/@vitest/runner/dist/index.js',
    '/app/node_modules/vite-node/client.js',
    '/app/node_modules/vite/dist/node/index.js',
    '/app/node_modules/tinypool/dist/index.js',
    '/app/node_modules/birpc/dist/index.js',
    import.meta.url.replace(/\/tests\/.*$/, '/src/provider/working.ts'),
    new URL(import.meta.url).pathname.replace(/\/tests\/.*$/, '/src/provider/working.ts'),
  ])('is of Node, of the test runner or of longhaul itself, and not told: %s', (file) => {
    expect(setAt(file)).toBeUndefined()
  })

  /** What the code at a place makes of functions; the first of them sets a timer by calling the hook. */
  const code = (file: string, text: string) =>
    runInThisContext(`(${text})`, { filename: file }) as (...args: unknown[]) => unknown
  function hookOf(found: (timer: RealTimer | undefined) => void): () => void {
    const hook = (): void => found(realTimerOf(1_000, hook))
    return hook
  }

  test.each(['node:timers', 'node:internal/timers', 'node:async_hooks', 'node:internal/async_hooks'])(
    'may be set through functions of Node that set timers: %s',
    (file) => {
      let found: RealTimer | undefined
      const node = code(file, 'function setTimeout(hook) { hook() }')
      const agent = code('/app/agent.ts', 'function poll(node, hook) { node(hook) }')
      agent(
        node,
        hookOf((timer) => (found = timer)),
      )
      expect(found).toEqual({ ms: 1_000, at: '/app/agent.ts:1:30' })
    },
  )

  test('may be set by a function without a name, or by one that has waited', async () => {
    const found: (RealTimer | undefined)[] = []
    const hook = hookOf((timer) => found.push(timer))
    code('/app/agent.ts', '(hook) => hook()')(hook)
    const node = code('node:internal/timers', 'async function sleep(hook) { await null; hook() }')
    await code('file:///app/agent.ts', 'async function poll(node, hook) { await node(hook) }')(node, hook)
    expect(found.map((timer) => timer?.at)).toEqual(['/app/agent.ts:1:12', '/app/agent.ts:1:36'])
  })

  test('is told without a place where only Node is at work', async () => {
    const { promise, resolve } = Promise.withResolvers<RealTimer | undefined>()
    code('node:internal/timers', '(hook) => void queueMicrotask(hook)')(hookOf(resolve))
    expect(await promise).toEqual({ ms: 1_000, at: undefined })
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
