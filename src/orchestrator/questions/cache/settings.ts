import { parseDuration, type Duration } from '../../../clock/index.ts'
import { InvalidOrchestratorSettingError } from '../../setting-error.ts'

/** Settings of the cache of answers. */
export interface CacheSettings {
  /**
   * Similarity above which a prompt reuses an answer, from 0 to 1. With 1 (default), only the same prompt does. Below
   * 1, prompts of the same form do, too: they differ in courtesies, contractions, spelling or punctuation, and in
   * nothing that could change the answer. With the embeddings of a service, this is also the least cosine of the
   * embeddings.
   */
  similarity?: number
  /** Maximum number of cached answers. Default 1,000. */
  size?: number
  /** How long a cached answer is valid. Default 24 h. */
  ttl?: Duration
  /**
   * `'local'` (default): only the form of the prompts decides. With a model, the embeddings of a service decide too,
   * which cost money.
   */
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
