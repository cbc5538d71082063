import { CompletionError } from './failures.ts'
import { onAbort } from './on-abort.ts'
import { formatDuration } from '../../clock/index.ts'
import { processTime, type Timekeeper } from './time.ts'

/** A signal that is aborted by any of others, or after some time. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Lets go of the timer and of the other signals. */
  clear(): void
}

/** The longest time that one timer can take. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * A deadline within others. Its reason is a CompletionError of the given kind, or that of the signal that came first.
 *
 * @param ms milliseconds; `Infinity` for none of its own
 */
export function deadlineIn(
  ms: number,
  kind: 'timeout' | 'deadline',
  what: string,
  outer: readonly AbortSignal[],
  time: Timekeeper = processTime,
): Deadline {
  const controller = new AbortController()
  const abort = (reason: unknown): void => {
    clear()
    controller.abort(reason)
  }
  const stopTimer =
    ms <= MAX_TIMER_MS
      ? time.after(Math.max(0, ms), () =>
          abort(new CompletionError(kind, `${what} took longer than ${formatDuration(ms)}.`, { mayBeBilled: true })),
        )
      : () => {}
  const stops = outer.map((signal) => (signal.aborted ? () => {} : onAbort(signal, () => abort(signal.reason))))
  function clear(): void {
    stopTimer()
    for (const stop of stops) stop()
  }
  const over = outer.find(({ aborted }) => aborted)
  if (over) abort(over.reason)
  return { signal: controller.signal, clear }
}

/** Waits, and rejects with the signal's reason as soon as it is aborted. Milliseconds. */
export function pause(ms: number, signal: AbortSignal, time: Timekeeper = processTime): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const due = time.now() + ms
    let stopTimer: () => void
    const stop = onAbort(signal, () => {
      stopTimer()
      reject(signal.reason)
    })
    const arm = (): void => {
      const left = due - time.now()
      stopTimer =
        left > MAX_TIMER_MS
          ? time.after(MAX_TIMER_MS, arm)
          : time.after(Math.max(0, left), () => {
              stop()
              resolve()
            })
    }
    arm()
  })
}
