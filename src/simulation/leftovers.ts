import type { Clock } from '../clock/index.ts'
import type { Provider } from '../provider/index.ts'
import type { Trace } from '../trace/index.ts'

/** How long what is under way may take to come to its end when its orchestration is over. Milliseconds. */
const GRACE_MS = 1_000
/**
 * How long is waited for what was left over to show itself: longer than the official SDKs pause before they try again.
 */
const AFTERLIFE_MS = 90_000
/** What that may take where the wall clock rules. Real milliseconds. */
const REAL_AFTERLIFE_MS = 100
/** More calls, or more turns of an interval, tell nothing new. */
const MAX_CALLS = 100
const MAX_TURNS = 1_000

/**
 * Lets the time pass in which what was left over of an orchestration shows itself: calls that nobody waits for, also
 * those that pause before they try again, and timers that will call. Takes no real time in virtual time, and a tenth of
 * a second in scaled.
 *
 * @param slackMs how exact times are
 * @param isMeant whether nobody wants to know: then only what is under way is waited for
 */
export async function awaitLeftovers(
  { clock, trace, provider }: { clock: Clock; trace: Trace; provider: Provider },
  { slackMs, isMeant }: { slackMs: number; isMeant: boolean },
): Promise<void> {
  const least = provider.openCalls > 0 ? GRACE_MS + slackMs + 1 : 0
  const most = clock.mode.kind === 'scaled' ? REAL_AFTERLIFE_MS * clock.mode.factor : AFTERLIFE_MS
  const wanted = isMeant ? 0 : Math.min(most, AFTERLIFE_MS, MAX_TURNS * Math.min(...clock.intervals()))
  const ms = Math.max(least, wanted)
  if (ms === 0) return
  const enough = new AbortController()
  let calls = 0
  const stop = trace.onAppend(({ type }) => {
    if (type === 'call.arrived' && (calls += 1) === MAX_CALLS) enough.abort()
  })
  const from = clock.now()
  await clock.supervise(() => clock.sleep(ms, enough.signal).catch(() => {}))
  stop()
  trace.append({ type: 'clock.slept', ms: clock.now() - from })
}
