import type { Trace } from './trace.ts'

let current: Trace | undefined

/** Says which trace is written to by what belongs to no run by itself. The function returned ends that. */
export function putInForce(trace: Trace): () => void {
  current = trace
  return () => {
    if (current === trace) current = undefined
  }
}

/** The trace of the test that runs; nothing outside of one. */
export const traceInForce = (): Trace | undefined => current
