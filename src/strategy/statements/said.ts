import type { types } from '../../options/index.ts'

/** What an agent is asked or told: anything but nothing. */
export const SAID: ReturnType<typeof types.whole> = {
  needs: 'a text, or another value except null',
  fits: (value) => value !== null && value !== undefined,
}
