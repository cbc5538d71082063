import { CompletionError } from './failures.ts'
import { onAbort } from './on-abort.ts'
import { formatDuration } from '../../clock/index.ts'

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
): Deadline {
  const controller = new AbortController()
  const abort = (reason: unknown): void => {
    clear()
    controller.abort(reason)
  }
  const timer =
    ms <= MAX_TIMER_MS
      ? setTimeout(
          () =>
            abort(new CompletionError(kind, `${what} took longer than ${formatDuration(ms)}.`, { mayBeBilled: true })),
          Math.max(0, ms),
        )
      : undefined
  const stops = outer.map((signal) => (signal.aborted ? () => {} : onAbort(signal, () => abort(signal.reason))))
  function clear(): void {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
  const over = outer.find(({ aborted }) => aborted)
  if (over) abort(over.reason)
  return { signal: controller.signal, clear }
}

/** Waits, and rejects with the signal's reason as soon as it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const due = Date.now() + ms
    let timer: NodeJS.Timeout
    const stop = onAbort(signal, () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
    const arm = (): void => {
      const left = due - Date.now()
      timer =
        left > MAX_TIMER_MS
          ? setTimeout(arm, MAX_TIMER_MS)
          : setTimeout(
              () => {
                stop()
                resolve()
              },
              Math.max(0, left),
            )
    }
    arm()
  })
}
