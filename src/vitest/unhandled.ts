const EVENTS = ['unhandledRejection', 'uncaughtException'] as const

/** What nobody has caught since somebody began to listen. */
export interface Unhandled {
  readonly errors: readonly unknown[]
  stop(): void
}

/**
 * Listens for rejections and exceptions that nobody catches. Vitest tells them at the end of all tests, beside them,
 * and leaves them to whoever else listens: what comes while a test runs is that test's failure. Where somebody else
 * listens too, it is theirs.
 */
export function listenForUnhandled(): Unhandled {
  const errors: unknown[] = []
  const undo = EVENTS.map((event) => {
    const isOurs = process.listenerCount(event) <= 1
    const listener = (error: unknown): void => {
      if (isOurs && process.listenerCount(event) <= 2) errors.push(error)
    }
    process.on(event, listener)
    return () => void process.off(event, listener)
  })
  return { errors, stop: () => undo.forEach((off) => off()) }
}
