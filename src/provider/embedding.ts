import { hashHex, philox } from '../random/index.ts'

/**
 * A deterministic embedding: each word points in a direction of its own, drawn from its hash, and a text in the sum of its words'
 * directions, at unit length. Texts that share words are near each other; synonyms are not.
 *
 * @param dimensions length of the vector
 */
export function embeddingVector(text: string, dimensions: number): number[] {
  const sum = new Float64Array(dimensions)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const hash = hashHex(word)
    const key: [number, number] = [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8), 16)]
    for (let from = 0; from < dimensions; from += 4) {
      const block = philox([from, 0, 0, 0], key)
      for (let offset = 0; offset < 4 && from + offset < dimensions; offset++)
        sum[from + offset]! += block[offset]! / 0x80000000 - 1
    }
  }
  const length = Math.hypot(...sum) || 1
  return Array.from(sum, (value) => value / length)
}
