import { genaiPrices } from '../packages/index.ts'
import type { Prices } from './prices.ts'

/** A model of the price table. */
export interface ListedModel {
  contextWindow: number
  prices: Prices
}

/** Tokens that prompt and answer of a model may have together where the table does not say. */
export const DEFAULT_CONTEXT_WINDOW = 128_000

/** Prices are those of the newest entry of the price table, whatever the simulated date. */
const NEWEST = new Date(Date.UTC(2100, 0, 1))
/** What the price table says of a model, offline; nothing for one that it does not know. */
export function listedModel(provider: string, id: string): ListedModel | undefined {
  const found = genaiPrices().calcPrice({ input_tokens: 1 }, id, { providerId: provider, timestamp: NEWEST })
  if (!found) return undefined
  const {
    input_mtok: input,
    output_mtok: output,
    cache_read_mtok: cachedInput,
    cache_write_mtok: cacheWrite,
  } = found.model_price
  return {
    contextWindow: found.model.context_window ?? DEFAULT_CONTEXT_WINDOW,
    prices: {
      input: input ?? 0,
      output: output ?? 0,
      ...(cachedInput !== undefined && { cachedInput }),
      ...(cacheWrite !== undefined && { cacheWrite }),
    },
  }
}

/** The models of a provider that the price table knows by name. */
export function listedModels(provider: string): { id: string; contextWindow: number }[] {
  const models = genaiPrices().findProvider({ providerId: provider })?.models ?? []
  return models.map(({ id, context_window: contextWindow }) => ({
    id,
    contextWindow: contextWindow ?? DEFAULT_CONTEXT_WINDOW,
  }))
}
