import { inspect } from 'node:util'
import type { RunnerTestCase, TestError } from 'vitest'
import { withoutOwnFrames } from './frames.ts'

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The message of an error that Vitest has written down: plain data, of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (!isObject(error)) return String(error)
  const { message, stack } = error as { message?: unknown; stack?: unknown }
  if (typeof message === 'string') return message
  return stack === undefined ? inspect({ ...error }) : ''
}

/** What a task has failed with since its errors were counted. Vitest keeps those of earlier tries. */
export const errorsSince = (task: RunnerTestCase, count: number): unknown[] => task.result?.errors?.slice(count) ?? []

/** Puts errors in the place of those that came since a task's errors were counted. */
export function replaceErrors(task: RunnerTestCase, count: number, errors: readonly unknown[]): void {
  const { result } = task
  if (result) result.errors = [...(result.errors ?? []).slice(0, count), ...(errors as TestError[])]
}

/** Something thrown that Vitest has not written down, as Vitest writes errors down: plain data. */
export function writtenDown(thrown: unknown): TestError[] {
  if (thrown instanceof AggregateError) return thrown.errors.flatMap(writtenDown)
  if (!(thrown instanceof Error)) return [{ message: String(thrown) }]
  const { name, message, stack = '' } = thrown
  return [{ name, message, stack }]
}

const FIRST_FRAME = /\n\s+at /

/**
 * A stack with another message: it begins with the message, and some reporters show it alone. The message may have a
 * stack within it, of what the system threw.
 */
function stackWith(
  stack: string,
  said: string,
  { name = 'Error', message, isMeant }: { name?: string; message: string; isMeant: boolean },
): string {
  const at = stack.indexOf(said)
  const frames = at < 0 ? stack : stack.slice(at + said.length)
  const first = frames.search(FIRST_FRAME)
  return `${name}: ${message}${first < 0 ? '' : withoutOwnFrames(frames.slice(first), isMeant)}`
}

/** Whether longhaul has thrown an error to tell of the system or of the test. */
const isOwn = (error: object): boolean => String((error as { code?: unknown }).code).startsWith('LONGHAUL_')

/** An error that Vitest has written down, with a text below its message. */
export function withTextBelow(error: unknown, text: string): TestError {
  if (!isObject(error)) return { message: `${String(error)}\n\n${text}` }
  const written = error as TestError
  const said = messageOf(error)
  const message = said === '' ? text : `${said}\n\n${text}`
  return {
    ...written,
    message,
    ...(typeof written.stack === 'string' && {
      stack: stackWith(written.stack, said, { name: written.name, message, isMeant: isOwn(written) }),
    }),
  }
}

/** Errors that Vitest has written down, with texts below the last of them. */
export const withTextsBelow = (errors: readonly unknown[], texts: readonly string[]): readonly unknown[] =>
  texts.length === 0 || errors.length === 0
    ? errors
    : [...errors.slice(0, -1), withTextBelow(errors.at(-1), texts.join('\n\n'))]
