import { DEFAULT_CONTEXT_WINDOW, listedModel, listedModels, type Prices } from '../money/index.ts'
import type { ModelSpeed } from './latency.ts'

/** A model as the provider serves it. */
export interface Model {
  id: string
  /** Tokens that prompt and answer may have together. */
  contextWindow: number
  prices: Prices
  speed: ModelSpeed | undefined
}

/** A new model, or changes to a known model. */
export interface ModelConfig {
  /** Maximum number of tokens of prompt and answer together. Default 128,000 for an unknown model. */
  contextWindow?: number
  /** US dollars per million tokens. Default 0 for an unknown model. */
  prices?: Prices
  /** The speed of the model, instead of a latency. */
  speed?: ModelSpeed
}

/** Names that are remembered, those that nobody has among them. */
const REMEMBERED = 1_000
/** The catalogue of those who serve what they are asked for. */
const ANY_MODEL = '*'
const UNLISTED = { contextWindow: DEFAULT_CONTEXT_WINDOW, prices: { input: 0, output: 0 } }

/** The models of every provider: those of the price table, and those that the user has set up. */
export class ModelCatalogue {
  readonly #own: Readonly<Record<string, ModelConfig>>
  /** By service and name, as far as they have been asked for. */
  readonly #known = new Map<string, Map<string, Model | undefined>>()

  constructor(own: Readonly<Record<string, ModelConfig>>) {
    this.#own = own
  }

  /** The model, or nothing if the provider does not have it. */
  find(provider: string, id: string): Model | undefined {
    let known = this.#known.get(provider)
    if (!known) this.#known.set(provider, (known = new Map()))
    const before = known.get(id)
    if (before || known.has(id)) return before
    if (known.size >= REMEMBERED) known.clear()
    const model = this.#look(provider, id)
    known.set(id, model)
    return model
  }

  /** All models of a service that have a name in the table of prices or in the configuration. */
  all(provider: string): { id: string; contextWindow: number }[] {
    const own = Object.entries(this.#own).map(([id, { contextWindow = DEFAULT_CONTEXT_WINDOW }]) => ({
      id,
      contextWindow,
    }))
    return [...own, ...listedModels(provider).filter(({ id }) => !Object.hasOwn(this.#own, id))]
  }

  #look(provider: string, id: string): Model | undefined {
    const listed = provider === ANY_MODEL ? UNLISTED : listedModel(provider, id)
    const own = Object.hasOwn(this.#own, id) ? this.#own[id] : undefined
    if (!own) return listed && { id, ...listed, speed: undefined }
    return {
      id,
      contextWindow: own.contextWindow ?? listed?.contextWindow ?? DEFAULT_CONTEXT_WINDOW,
      prices: own.prices ?? listed?.prices ?? { input: 0, output: 0 },
      speed: own.speed,
    }
  }
}
