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
/** How long is waited for pending timeouts, and those that they set: they may be a scheduler, which calls then. Milliseconds. */
const PENDING_MS = 86_400_000
/** More calls, or more turns of an interval, tell nothing new. */
const MAX_CALLS = 100
const MAX_TURNS = 1_000

/** What is awaited in. */
interface Surroundings {
  clock: Clock
  trace: Trace
  provider: Provider
}

/** Lets time pass, until there is enough of calls, or of timers that have fired. Returns the number of calls. */
async function pass(
  { clock, trace }: Surroundings,
  ms: number,
  isEnough: (calls: number, fired: number) => boolean,
): Promise<number> {
  const enough = new AbortController()
  let [calls, fired] = [0, 0]
  const look = (): void => {
    if (isEnough(calls, fired)) enough.abort()
  }
  const leave = [
    trace.onAppend(({ type }) => {
      if (type !== 'call.arrived') return
      calls += 1
      look()
    }),
    clock.onRest(() => {
      fired += 1
      look()
    }),
  ]
  const from = clock.now()
  await clock.supervise(() => clock.sleep(ms, enough.signal).catch(() => {}))
  for (const stop of leave) stop()
  trace.append({ type: 'clock.slept', ms: clock.now() - from })
  return calls
}

/**
 * Lets the time pass in which what was left over of an orchestration shows itself: calls that nobody waits for, also
 * those that pause before they try again, and timers that will call. Takes no real time in virtual time, and a tenth of
 * a second in scaled.
 *
 * @param slackMs how exact times are
 * @param isMeant whether nobody wants to know: then only what is under way is waited for
 * @param timeouts whether pending timeouts are waited for in virtual time, and those that they set
 */
export async function awaitLeftovers(
  surroundings: Surroundings,
  { slackMs, isMeant, timeouts }: { slackMs: number; isMeant: boolean; timeouts: boolean },
): Promise<void> {
  const { clock, provider } = surroundings
  const least = provider.openCalls > 0 ? GRACE_MS + slackMs + 1 : 0
  const most = clock.mode.kind === 'scaled' ? REAL_AFTERLIFE_MS * clock.mode.factor : AFTERLIFE_MS
  const wanted = isMeant ? 0 : Math.min(most, AFTERLIFE_MS, MAX_TURNS * Math.min(...clock.intervals()))
  const ms = Math.max(least, wanted)
  if (ms === 0) return
  const calls = await pass(surroundings, ms, (come) => come >= MAX_CALLS)
  if (isMeant || !timeouts || clock.mode.kind !== 'virtual' || calls > 0 || provider.openCalls > 0) return
  const isOver = (): boolean => !clock.timeouts().some((due) => due <= PENDING_MS)
  if (!isOver()) await pass(surroundings, PENDING_MS, (come, fired) => come > 0 || fired >= MAX_TURNS || isOver())
}
