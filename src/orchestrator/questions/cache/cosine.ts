/** A vector of unit length. */
export type Embedding = ReadonlyMap<string, number>

/** The cosine of two vectors of unit length, from 0 to 1. */
export function cosine(a: Embedding, b: Embedding): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a]
  let sum = 0
  for (const [term, value] of small) sum += value * (large.get(term) ?? 0)
  return Math.min(1, sum)
}
