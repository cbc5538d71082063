import type { TimeMode } from '../clock/index.ts'
import type { Provider } from '../provider/index.ts'
import { callsOf, type TraceEvent } from '../trace/index.ts'

/** How long the last answer may be on its way to the system and into its saved state, where time passes by itself. Real milliseconds. */
const ON_ITS_WAY_MS = 50

/** In virtual time, the clock itself waits for that. */
const onItsWay = (mode: TimeMode): number =>
  mode.kind === 'virtual' ? 0 : ON_ITS_WAY_MS * (mode.kind === 'scaled' ? mode.factor : 1)

const endedBy = (event: TraceEvent): number | undefined =>
  event.type === 'call.ended' || event.type === 'call.failed' ? event.call : undefined

/** The calls in progress of a run, and those of other processes, which may be of any run. What a service does by itself is none. */
function openCalls(events: readonly TraceEvent[], run: number): Set<number> {
  const own = new Set<number>()
  for (const event of events)
    if (event.type === 'call.arrived' && !event.detached && (event.run ?? run) === run) own.add(event.call)
  return new Set(callsOf(events).flatMap(({ status, call }) => (status === 'open' && own.has(call) ? [call] : [])))
}

/** Resolves when the calls of a run that are now in progress have ended, and the run has had the last answer. */
export async function drained({ trace, clock }: Provider, run: number): Promise<void> {
  const open = openCalls([...trace], run)
  if (open.size === 0) return
  await new Promise<void>((done) => {
    const stop = trace.onAppend((event) => {
      const call = endedBy(event)
      if (call === undefined || !open.delete(call) || open.size > 0) return
      stop()
      done()
    })
  })
  await clock.sleep(onItsWay(clock.mode))
}
