import type { Costs } from '../../money/costs.ts'
import { embed } from '../../service/client.ts'
import { targetOf } from '../../service/target.ts'
import type { ResolvedOrchestratorSettings } from '../../settings.ts'
import type { Embed } from './cache.ts'

/** Embeddings of the service that the cache's settings name, which cost; nothing where the form alone tells what is alike. */
export function embedderOf(
  { cache, services }: Pick<ResolvedOrchestratorSettings, 'cache' | 'services'>,
  costs: Pick<Costs, 'reserve'>,
): Embed | undefined {
  if (!cache || cache.embedding === 'local') return undefined
  const target = targetOf(cache.embedding.model, services)
  return async (input, agent, signal) => {
    const reservation = costs.reserve(agent, target, [{ role: 'user', text: input }], 0)
    try {
      const { vector, inputTokens } = await embed(target.service, { model: target.model, input, agent }, signal)
      reservation.settle({ input: inputTokens, cachedInput: 0, cacheWrite: 0, output: 0 })
      return new Map(vector.map((value, index) => [String(index), value]))
    } catch (error) {
      reservation.keep()
      throw error
    }
  }
}
