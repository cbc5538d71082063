import type { Flags } from '../flags.ts'

/** Flags of `longhaul watch` without an event. */
export const FOLLOW_FLAGS: Flags = {
  plain: { about: 'without an event: a line for each thing that happens, as where there is no terminal' },
}
