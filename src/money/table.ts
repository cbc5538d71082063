import { genaiPrices } from '../packages/index.ts'
import { otherName } from './other-names.ts'
import type { Prices } from './prices.ts'

/** A model of the price table. */
export interface ListedModel {
  contextWindow: number
  prices: Prices
}

/** Tokens that prompt and answer of a model may have together where the table does not say. */
export const DEFAULT_CONTEXT_WINDOW = 128_000

/** Windows of families where the table does not say. Source: https://ai.google.dev/gemini-api/docs/models. */
const WINDOWS: readonly (readonly [family: RegExp, tokens: number])[] = [[/^gemini-(1\.5|[2-9]|\d{2})/, 1_048_576]]
const windowOf = (id: string, listed: number | undefined): number =>
  listed ?? WINDOWS.find(([family]) => family.test(id))?.[1] ?? DEFAULT_CONTEXT_WINDOW

/** Prices are those of the newest entry of the price table, whatever the simulated date. */
const NEWEST = new Date(Date.UTC(2100, 0, 1))
/** What the price table says of a model, offline; nothing for one that it does not know. */
export function listedModel(provider: string, id: string): ListedModel | undefined {
  const find = (name: string) =>
    genaiPrices().calcPrice({ input_tokens: 1 }, name, { providerId: provider, timestamp: NEWEST })
  let found = find(id)
  if (!found) {
    const name = otherName(
      id,
      listedModels(provider).map((listed) => listed.id),
    )
    found = name === undefined ? null : find(name)
  }
  if (!found) return undefined
  const {
    input_mtok: input,
    output_mtok: output,
    cache_read_mtok: cachedInput,
    cache_write_mtok: cacheWrite,
  } = found.model_price
  return {
    contextWindow: windowOf(found.model.id, found.model.context_window),
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
    contextWindow: windowOf(id, contextWindow),
  }))
}
