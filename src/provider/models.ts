import { calcPrice } from '@pydantic/genai-prices'
import type { Speed } from './latency.ts'
import type { Prices } from './money.ts'

/** A model as the provider serves it. */
export interface Model {
  id: string
  /** Tokens that prompt and answer may have together. */
  contextWindow: number
  prices: Prices
  speed: Speed | undefined
}

/** A model of the user's own, or changes to one that is known. */
export interface ModelConfig {
  /** Tokens that prompt and answer may have together. Default 128,000 for a model that is not known. */
  contextWindow?: number
  /** US dollars for a million tokens. Default 0 for a model that is not known. */
  prices?: Prices
  speed?: Speed
}

/** Prices are those of the newest entry of the price table, whatever the simulated date. */
const NEWEST = new Date(Date.UTC(2100, 0, 1))
const DEFAULT_CONTEXT_WINDOW = 128_000

function fromPriceTable(provider: string, id: string): Model | undefined {
  const found = calcPrice({ input_tokens: 1 }, id, { providerId: provider, timestamp: NEWEST })
  if (!found) return undefined
  const {
    input_mtok: input,
    output_mtok: output,
    cache_read_mtok: cachedInput,
    cache_write_mtok: cacheWrite,
  } = found.model_price
  return {
    id,
    contextWindow: found.model.context_window ?? DEFAULT_CONTEXT_WINDOW,
    prices: {
      input: input ?? 0,
      output: output ?? 0,
      ...(cachedInput !== undefined && { cachedInput }),
      ...(cacheWrite !== undefined && { cacheWrite }),
    },
    speed: undefined,
  }
}

/** The models of every provider: those of the price table, and those that the user has set up. */
export class ModelCatalogue {
  readonly #own: Readonly<Record<string, ModelConfig>>
  readonly #known = new Map<string, Model | undefined>()

  constructor(own: Readonly<Record<string, ModelConfig>>) {
    this.#own = own
  }

  /** The model, or nothing if the provider does not have it. */
  find(provider: string, id: string): Model | undefined {
    const key = `${provider}/${id}`
    if (!this.#known.has(key)) {
      if (this.#known.size >= 1_000) this.#known.clear()
      this.#known.set(key, this.#look(provider, id))
    }
    return this.#known.get(key)
  }

  #look(provider: string, id: string): Model | undefined {
    const listed = fromPriceTable(provider, id)
    const own = Object.hasOwn(this.#own, id) ? this.#own[id] : undefined
    if (!own) return listed
    return {
      id,
      contextWindow: own.contextWindow ?? listed?.contextWindow ?? DEFAULT_CONTEXT_WINDOW,
      prices: own.prices ?? listed?.prices ?? { input: 0, output: 0 },
      speed: own.speed,
    }
  }
}
