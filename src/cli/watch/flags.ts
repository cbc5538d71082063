import type { Flags } from '../flags.ts'

/** Flags of `longhaul watch` without an event. */
export const FOLLOW_FLAGS: Flags = {
  plain: { about: 'without an event: prints one line for each event, which is the default without a terminal' },
}
