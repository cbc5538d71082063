import { formatDuration } from '../clock/index.ts'
import { callsOf, type Trace } from '../trace/index.ts'

const EVENTS = ['unhandledRejection', 'uncaughtException'] as const
type EventName = (typeof EVENTS)[number]

/** An error that nobody has caught. */
export interface UnhandledError {
  error: unknown
  event: EventName
  /** Milliseconds of the run's time. */
  at: number
}

/** What nobody has caught since somebody began to listen. */
export interface Unhandled {
  readonly errors: readonly UnhandledError[]
  stop(): void
}

/**
 * Listens for rejections and exceptions that nobody catches. Vitest tells them at the end of all tests, beside them,
 * and leaves them to whoever else listens: what comes while a test runs is that test's failure. Where somebody else
 * listens too, it is theirs.
 *
 * @param now the time of the run, in milliseconds
 */
export function listenForUnhandled(now: () => number): Unhandled {
  const errors: UnhandledError[] = []
  const undo = EVENTS.map((event) => {
    const isOurs = process.listenerCount(event) <= 1
    const listener = (error: unknown): void => {
      if (isOurs && process.listenerCount(event) <= 2) errors.push({ error, event, at: now() })
    }
    process.on(event, listener)
    return () => void process.off(event, listener)
  })
  return { errors, stop: () => undo.forEach((off) => off()) }
}

const MEANING: Readonly<Record<EventName, string>> = {
  unhandledRejection:
    'no code had a handler for the rejected promise at that moment. Await the promise, or add a handler, before it can reject',
  uncaughtException: 'no code caught the exception. Catch it in the callback that throws',
}

/** Why an error that no assertion has thrown fails a test, and which calls failed at that moment. */
export function unhandledText(event: EventName, at: number, trace: Trace): string {
  const failed = callsOf(trace).filter((call) => call.status === 'failed' && call.endedAt === at)
  const calls = failed.map(({ call, agent, fault }) => `call ${call} of ${agent} (${fault})`).join(', ')
  const name = event === 'unhandledRejection' ? 'an unhandled rejection' : 'an uncaught exception'
  return `This is ${name} at ${formatDuration(at)}: ${MEANING[event]}.${calls === '' ? '' : ` At that moment failed: ${calls}.`}`
}
