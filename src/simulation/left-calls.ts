import { callsOf, type Trace } from '../trace/index.ts'

/**
 * Calls of the test itself, and not of a run, that its function did not wait for: under way when it ended, or made after
 * it. One that was given up is over.
 *
 * @param place how long the trace was when the function ended
 */
export function leftBy(trace: Trace, place: number): number[] {
  if (!trace.ofType('call.arrived').some(({ run }) => run === null)) return []
  const before = callsOf([...trace].slice(0, place))
  const over = new Set(before.filter(({ status }) => status !== 'open').map(({ call }) => call))
  return callsOf(trace)
    .filter(
      ({ call, run, fault, detached }) => run === null && !detached && fault !== 'disconnected' && !over.has(call),
    )
    .map(({ call }) => call)
}
