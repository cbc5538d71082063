import { endlessLoop } from '../checks/index.ts'
import { formatDuration, type Clock } from '../clock/index.ts'
import { native } from '../doors/index.ts'
import type { Session } from '../simulation/session.ts'

/** Thrown shortly before Vitest ends a test by its timeout, to report the cause. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError'
  readonly code = 'LONGHAUL_OUT_OF_TIME'
}

/** How long before Vitest's timeout: long enough to be first, and short beside the timeout. Real milliseconds. */
const leadMs = (timeoutMs: number): number => Math.min(250, timeoutMs / 5)

const MAX_WAITERS = 8

/** What holds virtual time at the moment, where the clock can tell. */
const holding = (clock: Clock & { holding?(): string | undefined }): string | undefined => clock.holding?.()

/** Where time stands, and who waits for what. */
export function standingText({ clock, provider }: Pick<Session, 'clock' | 'provider'>): string {
  const held = holding(clock)
  const waiters = provider.waiters()
  const lines = waiters
    .slice(0, MAX_WAITERS)
    .map(({ who, what, since }) => `  ${who} has waited for ${what} since ${formatDuration(since)}`)
  return [
    `The clock is at ${formatDuration(clock.now())}${held === undefined ? '' : `. The clock waits for ${held}`}.`,
    ...(lines.length > 0 ? ['Waiting:', ...lines] : []),
    ...(waiters.length > MAX_WAITERS ? [`  … and ${waiters.length - MAX_WAITERS} more`] : []),
  ].join('\n')
}

const ADVICE = {
  held: 'Close the resource that holds the clock: a socket, child process or promise that never ends stops virtual time.',
  still:
    'The clock does not advance, because the process is busy: look for a loop that never awaits, or for real work that takes this long.',
  moving: 'The clock advances: give the test more real time, { timeout: 60_000 }, or let the test do less.',
  loop: 'If the loop is meant to be this long, give the test more real time, { timeout: 60_000 }.',
}

/** What a test had come to after half of its time. */
interface Half {
  now: number
  openCalls: number
}

/** More calls in progress than these, and so many times as many as before, are told. */
const [MANY_CALLS, GROWTH] = [50, 1.5]

/** What to do, by what time and calls do. */
function advice({ clock, provider, trace }: Pick<Session, 'clock' | 'provider' | 'trace'>, half: Half): string {
  if (holding(clock) !== undefined) return ADVICE.held
  const stands = clock.now() === half.now
  const loop = endlessLoop(trace)
  if (loop !== undefined) return `${stands ? '' : 'The clock advances, and '}${loop}: limit this loop. ${ADVICE.loop}`
  const { openCalls } = provider
  if (openCalls > MANY_CALLS && openCalls >= GROWTH * half.openCalls)
    return (
      `${openCalls.toLocaleString('en')} calls are in progress at once, and ${half.openCalls.toLocaleString('en')} were at half of the time: ` +
      `if each answer leads to several calls, limit them (see the check runaway). ${ADVICE.loop}`
    )
  return stands ? ADVICE.still : ADVICE.moving
}

/**
 * Does the work of a test, and fails a moment before Vitest's timeout would.
 *
 * @throws OutOfTimeError
 */
export async function beforeTimeout(
  timeoutMs: number,
  session: Pick<Session, 'clock' | 'provider' | 'trace'>,
  work: () => unknown,
): Promise<unknown> {
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) return work()
  const { clock } = session
  const over = Promise.withResolvers<never>()
  const allowedMs = timeoutMs - leadMs(timeoutMs)
  const stateNow = (): Half => ({ now: clock.now(), openCalls: session.provider.openCalls })
  let atHalf = stateNow()
  const half = native.setTimeout(() => (atHalf = stateNow()), allowedMs / 2)
  const end = native.setTimeout(() => {
    over.reject(
      new OutOfTimeError(
        `The test did not end within ${formatDuration(allowedMs)} of real time, a moment before Vitest's timeout of ${formatDuration(timeoutMs)}.\n` +
          `${standingText(session)}\n${advice(session, atHalf)}`,
      ),
    )
  }, allowedMs)
  try {
    return await Promise.race([work(), over.promise])
  } finally {
    native.clearTimeout(half)
    native.clearTimeout(end)
  }
}
