import { vi } from 'vitest'
import { ClockInUseError } from '../clock/index.ts'
import { replaceProperties, type Restore } from '../doors/index.ts'

const SLEEP = "Wait with the fixture sleep('5s'): all timers that are due by then fire."
const ALL =
  'Await the result of the timers: they fire by themselves, in order, as soon as the process has nothing else to do.'
const DATE =
  'Set the date at which the test starts by the option clock: { epoch: Date.UTC(2030, 0, 1) }, and advance time with sleep().'

/** What would take time away from longhaul, or ask another clock; and what to do in place of it. */
const INSTEAD = {
  useFakeTimers: 'Remove this call.',
  setTimerTickMode: 'Remove this call.',
  setSystemTime: DATE,
  advanceTimersByTime: SLEEP,
  advanceTimersByTimeAsync: SLEEP,
  advanceTimersToNextTimer: ALL,
  advanceTimersToNextTimerAsync: ALL,
  advanceTimersToNextFrame: ALL,
  runAllTimers: ALL,
  runAllTimersAsync: ALL,
  runOnlyPendingTimers: ALL,
  runOnlyPendingTimersAsync: ALL,
  runAllTicks: ALL,
  clearAllTimers: 'Clear each timer in the code that sets it.',
  getTimerCount: 'Count the timers that the code under test sets, with a spy: vi.spyOn(globalThis, "setTimeout").',
} as const satisfies { readonly [Name in keyof typeof vi]?: string }

/** Thrown when a test calls a function of `vi` that conflicts with longhaul's clock. The call has no effect. */
class FakeTimersError extends ClockInUseError {
  constructor(name: string, instead: string) {
    super('')
    this.message = `vi.${name}() inside a test of an orchestration: longhaul already controls time here. ${instead} With LONGHAUL_TIME=real, Vitest controls time.`
  }
}

/**
 * Refuses, in a test of an orchestration, what belongs to Vitest's own fake timers. `vi.useRealTimers()` is let
 * through: without fake timers it does nothing, and it stands in many a clean-up.
 */
export function refuseFakeTimers(): Restore {
  const refusals = Object.entries(INSTEAD).map(([name, instead]) => [
    name,
    () => {
      throw new FakeTimersError(name, instead)
    },
  ])
  return replaceProperties(vi, Object.fromEntries(refusals) as Partial<typeof vi>)
}

/** Refuses to begin where fake timers or a fake date are in force already. @throws ClockInUseError */
export function refuseForeignTime(): void {
  const inForce = vi.isFakeTimers()
    ? 'Fake timers (vi.useFakeTimers) are'
    : vi.getMockedSystemTime() && 'A fake date (vi.setSystemTime) is'
  if (inForce)
    throw new ClockInUseError(`${inForce} in force at the start of the test. Call vi.useRealTimers() before the test.`)
}
