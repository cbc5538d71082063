import type * as PromClient from 'prom-client'
import type { EventOf, Trace } from '../trace/index.ts'
import { callCounters, type CallLabels } from './call-counters.ts'
import { instruments, type Metrics } from './instruments.ts'

/** Metrics of a process that serves: of the calls that its trace tells of, and of the process itself. */
export interface ServerMetrics extends Metrics {
  /** Stops counting. */
  close(): void
}

/**
 * Counts what happens in the trace of a service, from now on.
 *
 * @param client the module `prom-client`
 */
export function countInto(trace: Trace, client: typeof PromClient): ServerMetrics {
  const made = instruments(client)
  const calls = callCounters(made)
  const refused = made.counter('longhaul_calls_refused_total', 'Requests that were refused before they became calls.', [
    'reason',
  ])
  const labels = new Map<number, CallLabels>()
  const ended = (event: EventOf<'call.ended' | 'call.failed'>): void => {
    const of = labels.get(event.call)
    if (!of) return
    labels.delete(event.call)
    const { input, cachedInput, output } = event.usage
    const failure = event.type === 'call.failed' ? event.fault : null
    calls.ended(of, { failure, tookMs: event.afterMs, input, cachedInput, output })
    calls.costs(of, event.cost)
  }
  const close = trace.onAppend((event) => {
    switch (event.type) {
      case 'call.arrived': {
        const of = calls.labels(event)
        labels.set(event.call, of)
        return calls.began(of)
      }
      case 'call.retried': {
        const of = labels.get(event.call)
        return of && calls.repeats(of)
      }
      case 'call.ended':
      case 'call.failed':
        return ended(event)
      case 'call.refused':
        return refused.inc({ reason: event.reason })
      default:
        return undefined
    }
  })
  return { ...made.metrics, close: () => void close() }
}
