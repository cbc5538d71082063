/** A part of the source that is mutated in one go, and the tests that should notice. Paths from the root. */
export interface Slice {
  mutate: readonly string[]
  tests: readonly string[]
}

const unit = (path: string): string => `tests/unit/${path}/**/*.test.ts`

/** All files of a folder, and of those in it. */
const all = (path: string): string => `src/${path}/**/*.ts`

/** Files of a folder by their names. */
const files = (path: string, ...names: readonly string[]): string[] => names.map((name) => `src/${path}/${name}.ts`)

/** Files of the provider that say what is answered. The others say when, how, and what of it comes. */
const REPLIES = [
  'compose',
  'content',
  'embedding',
  'fit-schema',
  'hosted',
  'obedience',
  'personas',
  'pieces',
  'pieces-of-text',
  'replies',
  'reply-helpers',
  'reply-rules',
  'said',
  'thoughts',
  'threads',
  'tokens',
  'unoffered',
]

/** Files of the strategy language that read a text. The others run what was read. */
const READING = [
  'layout',
  'lines',
  'mapping',
  'outline',
  'parse',
  'places',
  'reading',
  'terms',
  'token-lists',
  'tokens',
]

/** Reckons until it is stopped, for seconds: what is read and printed needs it not. */
const withoutBudget = (...tests: readonly string[]): string[] => [...tests, '!tests/unit/strategy/budget.test.ts']

/**
 * The slices of `npm run mutation`, each of which ends within 20 minutes on two cores. A room that is too large for
 * one has several: `provider` runs all whose names begin with it.
 */
export const SLICES: Readonly<Record<string, Slice>> = {
  money: { mutate: [all('money')], tests: [unit('money')] },
  random: { mutate: [all('random')], tests: [unit('random')] },
  trace: { mutate: [all('trace')], tests: [unit('trace')] },
  checks: { mutate: [all('checks')], tests: [unit('checks'), 'tests/gallery/checks.test.ts'] },
  'clock/time': { mutate: files('clock', '*'), tests: [unit('clock'), unit('doors')] },
  'clock/quiet': { mutate: [all('clock/quiet')], tests: [unit('clock')] },
  'provider/replies': { mutate: files('provider', ...REPLIES), tests: [unit('provider')] },
  'provider/calls': {
    mutate: [all('provider'), ...files('provider', ...REPLIES, 'options/**/*').map((file) => `!${file}`)],
    tests: [unit('provider')],
  },
  'provider/options': { mutate: [all('provider/options')], tests: [unit('provider')] },
  'strategy/expression': { mutate: [all('strategy/expression')], tests: withoutBudget(unit('strategy')) },
  'strategy/reading': { mutate: files('strategy', ...READING), tests: withoutBudget(unit('strategy')) },
  'strategy/grammar': { mutate: files('strategy', 'grammar'), tests: withoutBudget(unit('strategy')) },
  'strategy/statements': { mutate: [all('strategy/statements')], tests: withoutBudget(unit('strategy')) },
  'strategy/running': {
    mutate: ['src/strategy/*.ts', ...files('strategy', ...READING, 'grammar').map((file) => `!${file}`)],
    tests: [unit('strategy')],
  },
  'orchestrator/money': { mutate: [all('orchestrator/money')], tests: [unit('orchestrator/money')] },
  'orchestrator/service': { mutate: [all('orchestrator/service')], tests: [unit('orchestrator/service')] },
  'orchestrator/questions': { mutate: [all('orchestrator/questions')], tests: [unit('orchestrator/questions')] },
  'orchestrator/team': {
    mutate: [all('orchestrator/team')],
    tests: [unit('orchestrator/team'), 'tests/integration/orchestrator.test.ts'],
  },
  'orchestrator/effects': {
    mutate: [all('orchestrator/effects')],
    tests: [unit('orchestrator/effects'), 'tests/integration/orchestrator.test.ts'],
  },
  'orchestrator/run': {
    mutate: [all('orchestrator/run'), 'src/orchestrator/*.ts'],
    tests: [unit('orchestrator/run'), 'tests/unit/orchestrator/*.test.ts', 'tests/integration/orchestrator.test.ts'],
  },
}

/** The names of the slices of a room. */
export const slicesOf = (room: string): string[] =>
  Object.keys(SLICES).filter((name) => name === room || name.startsWith(`${room}/`))
