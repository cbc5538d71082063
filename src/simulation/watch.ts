import { spyOn } from 'tinyspy'
import type { Trace } from '../trace/index.ts'

let current: { trace: Trace; undo: (() => void)[] } | undefined

/** Says into which trace watched calls go. */
export function watchInto(trace: Trace): () => void {
  const mine = { trace, undo: [] as (() => void)[] }
  current = mine
  return () => {
    for (const undo of mine.undo.toReversed()) undo()
    if (current === mine) current = undefined
  }
}

/**
 * Records the calls of a method of the system under test in the trace, until the test ends. The method itself still
 * runs.
 *
 * @throws Error outside a test of an orchestration
 * @example
 * ```ts
 * watch(dispatcher, 'assign')
 * ```
 */
export function watch<Target extends object>(target: Target, method: keyof Target & string): void {
  if (!current) throw new Error(`watch(…, '${method}') works only inside a test of describeOrchestration.`)
  const { trace, undo } = current
  const original = target[method] as (...given: unknown[]) => unknown
  let calls = 0
  const spy = spyOn(target as Record<string, (...given: unknown[]) => unknown>, method)
  spy.willCall(function (this: unknown, ...given: unknown[]) {
    const nth = (calls += 1)
    const seq = trace.append({ type: 'watch.called', name: method, nth })
    const at = trace.now()
    const returned = (): number =>
      trace.append({ type: 'watch.returned', name: method, nth, afterMs: trace.now() - at }, [seq])
    const threw = (error: unknown): number =>
      trace.append({ type: 'watch.threw', name: method, nth, afterMs: trace.now() - at, message: String(error) }, [seq])
    try {
      const result = original.apply(this, given)
      if (result instanceof Promise) void result.then(returned, threw)
      else returned()
      return result
    } catch (error) {
      threw(error)
      throw error
    }
  })
  undo.push(() => spy.restore())
}
