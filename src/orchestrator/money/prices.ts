import { listedModel, type Prices } from '../../money/index.ts'
import type { Target } from '../service/target.ts'

/** What a model costs: by the settings, else by the price table; nothing where nobody knows. */
export const pricesOf = (
  { provider, model }: Pick<Target, 'provider' | 'model'>,
  own: Readonly<Record<string, Prices>>,
): Prices | undefined => (Object.hasOwn(own, model) ? own[model] : listedModel(provider, model)?.prices)
