import type { PatternOptions } from '../../src/simulation/options.ts'

/**
 * Prices of five models as they stood on this day, in US dollars for a million tokens. They stay as they are when the
 * price table goes on, so that what stands in docs/cost-model.md stays true.
 */
export const PRICED_ON = '2026-11-25'

const MODELS: NonNullable<NonNullable<PatternOptions['provider']>['models']> = {
  'gpt-4o-mini': { prices: { input: 0.15, cachedInput: 0.075, output: 0.6 } },
  'gpt-4o': { prices: { input: 2.5, cachedInput: 1.25, output: 10 } },
  'gpt-4-turbo': { prices: { input: 10, output: 30 } },
  'claude-haiku-4-5': { prices: { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 5 } },
  'claude-sonnet-4-5': { prices: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } },
}

/** Models as services serve them, and prices as the orchestrator knows them, with these prices. */
export const pinned = {
  models: MODELS,
  prices: Object.fromEntries(Object.entries(MODELS).map(([name, { prices }]) => [name, prices!])),
}
