import { globSync, readFileSync } from 'node:fs'

/** Rooms that are mutated, and the tests that should notice. Paths from the root; `!` before those to leave out. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  money: ['tests/unit/money/**/*.test.ts'],
  random: ['tests/unit/random/**/*.test.ts'],
  trace: ['tests/unit/trace/**/*.test.ts'],
  checks: ['tests/unit/checks/**/*.test.ts', 'tests/unit/checks-doc.test.ts'],
  clock: ['tests/unit/clock/**/*.test.ts', 'tests/unit/doors/**/*.test.ts', 'tests/integration/clock-handles.test.ts'],
  provider: ['tests/unit/provider/**/*.test.ts'],
  // The one that is left out reckons until it is stopped, for seconds.
  strategy: ['tests/unit/strategy/**/*.test.ts', '!tests/unit/strategy/budget.test.ts'],
  // The one that is left out reads long texts, letter by letter.
  orchestrator: [
    'tests/unit/orchestrator/**/*.test.ts',
    'tests/integration/orchestrator.test.ts',
    '!tests/unit/orchestrator/team/long-speech.test.ts',
  ],
}

/** Lines of source that make so many changes that two cores have tried them within 20 minutes. */
const LINES_A_SLICE = 1_200
/**
 * Fewer where tests take long: a change that makes the clock stand still is noticed when time is up, and most of a
 * provider's and an orchestrator's tests go through most of their source.
 */
const LINES_OF_SLOW: Readonly<Record<string, number>> = { clock: 300, provider: 500, orchestrator: 600 }

const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length

/** The files of a room in slices: in their order, as many in each as its lines allow. */
export function slicesOf(room: string): string[][] {
  const slices: string[][] = [[]]
  const most = LINES_OF_SLOW[room] ?? LINES_A_SLICE
  let lines = 0
  for (const file of globSync(`src/${room}/**/*.ts`).toSorted()) {
    const more = linesOf(file)
    if (lines > 0 && lines + more > most) {
      slices.push([])
      lines = 0
    }
    slices.at(-1)!.push(file)
    lines += more
  }
  return slices
}
