import type { TraceEvent } from '../trace/index.ts'
import { Facts } from './facts.ts'
import { refusals } from './refusals.ts'
import { runaway } from './runaway.ts'

/** Far fewer calls than violate the invariant: a test that ran out of time may have ended early in its loop. */
const SUSPECT = { again: 50, sameTools: 10, exchanges: 100, breadth: 100, inARow: undefined }
/** More refusals than those of a client with too many tries, which is no loop. */
const REFUSED = { tries: 50 }

/** What looks like a loop without end in a run that has not ended, in one sentence without a full stop. */
export function endlessLoop(events: Iterable<TraceEvent>): string | undefined {
  const facts = new Facts(events, 0)
  for (const { what } of runaway.find(facts, SUSPECT)) return what
  for (const { what } of refusals.find(facts, REFUSED)) return what
  return undefined
}
