import type { Clock } from './port.ts'
import { native } from '../doors/index.ts'

const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * The wall clock behind the same port. Replaces nothing, and cannot know that a wait is hopeless: the test's own timeout does that.
 */
export function startRealClock(): Clock {
  const start = native.now()
  const cancels = new Set<() => void>()
  const now = (): number => native.now() - start
  const turn = nextTurn()

  const after: Clock['after'] = (delay, action) => {
    if (delay === Number.POSITIVE_INFINITY) return () => {}
    if (delay <= 0) return turn.add(action)
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
    intervals: () => [],
    timeouts: () => [],
    onRest: () => () => {},
    holding: () => undefined,
    stop() {
      turn.clear()
      for (const cancel of [...cancels]) cancel()
    },
  }
}

/**
 * Runs actions soon, but not before the caller returns: all that are due in one turn of the event loop together, when
 * what has come in was read. (A timer waits for a millisecond at least; one by one, each answer would wake its reader.)
 */
function nextTurn(): { add(action: () => void): () => void; clear(): void } {
  let waiting: ((() => void) | undefined)[] = []
  const run = (): void => {
    const due = waiting
    waiting = []
    for (const action of due) action?.()
  }
  return {
    add(action) {
      const queue = waiting
      const place = queue.push(action) - 1
      if (place === 0) native.setImmediate(run)
      return () => {
        queue[place] = undefined
      }
    },
    clear() {
      waiting = []
    },
  }
}
