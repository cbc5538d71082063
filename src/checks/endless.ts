import type { TraceEvent } from '../trace/index.ts'
import { Facts } from './facts.ts'
import { runaway } from './runaway.ts'

/** Far fewer calls than violate the invariant: a test that ran out of time may have ended early in its loop. */
const SUSPECT = { again: 50, exchanges: 100, inARow: undefined }

/** What looks like a loop without end in a run that has not ended, in one sentence without a full stop. */
export function endlessLoop(events: Iterable<TraceEvent>): string | undefined {
  for (const { what } of runaway.find(new Facts(events, 0), SUSPECT)) return what
  return undefined
}
