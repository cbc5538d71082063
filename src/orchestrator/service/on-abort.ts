/** Who is told when a signal is aborted. */
const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `action` once when the signal is aborted; the function returned ends that. A signal's own list of listeners takes longer
 * to remove from the longer it is, and thousands of calls may hang on one.
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  let actions = listeners.get(signal)
  if (!actions) {
    const fresh = new Set<() => void>()
    actions = fresh
    listeners.set(signal, fresh)
    signal.addEventListener(
      'abort',
      () => {
        for (const each of fresh) each()
        fresh.clear()
      },
      { once: true },
    )
  }
  actions.add(action)
  return () => actions.delete(action)
}
