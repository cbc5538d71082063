import { parseDuration, type Duration } from '../../../clock/index.ts'
import { InvalidOrchestratorSettingError } from '../../setting-error.ts'

/** Settings of the cache of answers. */
export interface CacheSettings {
  /**
   * 1, the default, reuses answers to the very same question only. Below it, also those to questions of the same form: that differ in
   * courtesies, contractions, spelling or marks, and in nothing that could decide the answer. With the embeddings of a service, these
   * have to be as similar as this, too (cosine, from 0 to 1).
   */
  similarity?: number
  /** Maximum number of cached answers. Default 1,000. */
  size?: number
  /** How long a cached answer is valid. Default 24 h. */
  ttl?: Duration
  /** Whether the form alone tells what is alike (default), or the service's embeddings as well, which cost. */
  embedding?: 'local' | { model: string }
}

/** The settings of a cache in force. */
export interface ResolvedCacheSettings {
  similarity: number
  size: number
  ttlMs: number
  embedding: 'local' | { model: string }
}

/**
 * Fills in defaults.
 *
 * @throws InvalidOrchestratorSettingError
 */
export function resolveCacheSettings({
  similarity = 1,
  size = 1_000,
  ttl = '24h',
  embedding = 'local',
}: CacheSettings): ResolvedCacheSettings {
  if (!(similarity > 0 && similarity <= 1))
    throw new InvalidOrchestratorSettingError('cache.similarity', similarity, 'a number above 0 and at most 1')
  if (!Number.isInteger(size) || size < 1)
    throw new InvalidOrchestratorSettingError('cache.size', size, 'a whole number of at least 1')
  return { similarity, size, ttlMs: parseDuration(ttl), embedding }
}
