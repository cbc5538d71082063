import { behind } from '../doors/index.ts'

/** Does work on the real clock and with real chance, whatever run is under way. It must not be asynchronous. */
function outsideOfRuns<Value>(work: () => Value): Value {
  const { time, chance } = behind
  behind.time = undefined
  behind.chance = undefined
  try {
    return work()
  } finally {
    behind.time = time
    behind.chance = chance
  }
}

/**
 * Makes something when it is first needed, and keeps it. The run that happens to be the first does not notice: what is
 * made reads no simulated clock and draws none of the run's chance, so that the run is the same alone and after others.
 *
 * @example
 * ```ts
 * const sqlite = whenNeeded(() => process.getBuiltinModule('node:sqlite'))
 * ```
 */
export function whenNeeded<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => (made ??= { value: outsideOfRuns(make) }).value
}
