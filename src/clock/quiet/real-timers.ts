import { fileURLToPath } from 'node:url'
import type { Milliseconds } from '../duration.ts'

/** The clock itself waits on the real one for no longer. */
export const OWN_WAIT_MS = 2

/** A timer of the real clock that the code under test has set. */
export interface RealTimer {
  ms: Milliseconds
  /** Where it was set, as in a stack trace; nothing where that is not known. */
  at: string | undefined
}

/** How many calls are looked through for the one that set a timer. */
const FRAMES = 20
/** Node's own code of timers. */
const TIMERS = /\bnode:(internal\/)?(timers|async_hooks|process\/)/
/** Who sets timers for its own needs: other code of Node (idle sockets), and the test runner (time limits of tests, its messages). */
const OTHERS = /\bnode:|\/node_modules\/(@vitest|vitest|vite|vite-node|birpc|tinypool)\//
/** Where longhaul itself is: in its sources, or in what is published of it. Frames tell modules by their URL or by their path. */
const HERE = import.meta.url.replace(/^(.*\/(?:src|dist)\/).*$/, '$1')
const OURS = [HERE, fileURLToPath(HERE)]

/**
 * The timer that is being set in a hook for new async resources, if the code under test sets it.
 *
 * @param hook the function of the hook, which is left out of the stack
 */
export function realTimerOf(ms: Milliseconds, hook: (...args: never[]) => unknown): RealTimer | undefined {
  if (ms <= OWN_WAIT_MS) return undefined
  const { stackTraceLimit } = Error
  const trace: { stack?: string } = {}
  Error.stackTraceLimit = FRAMES
  Error.captureStackTrace(trace, hook)
  Error.stackTraceLimit = stackTraceLimit
  const frames = String(trace.stack).split('\n').slice(1)
  const setter = frames.find((frame) => !TIMERS.test(frame))
  if (setter !== undefined && (OTHERS.test(setter) || OURS.some((place) => setter.includes(place)))) return undefined
  return {
    ms,
    at: setter
      ?.trim()
      // A path may have parentheses, as routes of Next.js have.
      .replace(/^at (?:async )?(?:.*? \((.*)\)|(.*))$/, '$1$2')
      .replace(/^file:\/\//, ''),
  }
}
