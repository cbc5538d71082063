/** A sparse vector of unit length. */
export type Embedding = ReadonlyMap<string, number>

/**
 * A deterministic embedding of a text in this process: its words and pairs of words, with the root of their counts, at unit length.
 * Good at near-copies, blind to synonyms.
 */
export function embeddingOf(text: string): Embedding {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const counts = new Map<string, number>()
  const count = (term: string): unknown => counts.set(term, (counts.get(term) ?? 0) + 1)
  words.forEach((word, index) => {
    count(word)
    if (index > 0) count(`${words[index - 1]} ${word}`)
  })
  const length = Math.sqrt([...counts.values()].reduce((sum, value) => sum + value, 0)) || 1
  return new Map([...counts].map(([term, value]) => [term, Math.sqrt(value) / length]))
}

/** The cosine of two vectors of unit length, from 0 to 1. */
export function cosine(a: Embedding, b: Embedding): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a]
  let sum = 0
  for (const [term, value] of small) sum += value * (large.get(term) ?? 0)
  return Math.min(1, sum)
}
