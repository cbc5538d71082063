import type { Clock } from './port.ts'
import { native } from './natives.ts'

const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * The wall clock behind the same port. Replaces nothing, and cannot know that a wait is hopeless: the test's own timeout does that.
 */
export function startRealClock(): Clock {
  const start = native.now()
  const cancels = new Set<() => void>()
  const now = (): number => native.now() - start

  const afterThis = (action: () => void): (() => void) => {
    const immediate = native.setImmediate(() => {
      cancels.delete(cancel)
      action()
    })
    const cancel = (): void => {
      native.clearImmediate(immediate)
      cancels.delete(cancel)
    }
    cancels.add(cancel)
    return cancel
  }

  const after: Clock['after'] = (delay, action) => {
    if (delay === Number.POSITIVE_INFINITY) return () => {}
    // A timer waits for a millisecond at least, which a server that answers at once must not.
    if (delay <= 0) return afterThis(action)
    const due = now() + delay
    let timer: NodeJS.Timeout
    const cancel = (): void => {
      native.clearTimeout(timer)
      cancels.delete(cancel)
    }
    const arm = (): void => {
      const left = due - now()
      if (left > MAX_TIMER_MS) timer = native.setTimeout(arm, MAX_TIMER_MS)
      else
        timer = native.setTimeout(
          () => {
            cancels.delete(cancel)
            action()
          },
          Math.max(0, left),
        )
    }
    cancels.add(cancel)
    arm()
    return cancel
  }

  return {
    mode: { kind: 'real' },
    epoch: native.dateNow(),
    now,
    after,
    sleep: (delay, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const onAbort = (): void => {
          cancel()
          reject(signal?.reason)
        }
        const cancel = after(delay, () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        signal?.addEventListener('abort', onAbort, { once: true })
      }),
    io: (work) => work,
    supervise: async (work) => work(),
    progress: () => {},
    describeWaiters: () => () => {},
    stop() {
      for (const cancel of [...cancels]) cancel()
    },
  }
}
