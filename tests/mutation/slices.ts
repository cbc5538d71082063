/** A part of the source that is mutated in one go, and the tests that should notice. Paths from the root. */
export interface Slice {
  mutate: readonly string[]
  tests: readonly string[]
}

const unit = (path: string): string => `tests/unit/${path}/**/*.test.ts`

/** All files of a folder; without what `but` names. */
const all = (path: string, ...but: readonly string[]): string[] => [
  `src/${path}/**/*.ts`,
  ...but.map((each) => `!src/${path}/${each}`),
]

/**
 * The slices of `npm run mutation`, each of which ends within 20 minutes on two cores. A room that is too large for
 * one has several: `provider` runs all whose names begin with it.
 */
export const SLICES: Readonly<Record<string, Slice>> = {
  money: { mutate: all('money'), tests: [unit('money')] },
  random: { mutate: all('random'), tests: [unit('random')] },
  trace: { mutate: all('trace'), tests: [unit('trace')] },
  checks: { mutate: all('checks'), tests: [unit('checks'), 'tests/gallery/checks.test.ts'] },
}

/** The names of the slices of a room. */
export const slicesOf = (room: string): string[] =>
  Object.keys(SLICES).filter((name) => name === room || name.startsWith(`${room}/`))
