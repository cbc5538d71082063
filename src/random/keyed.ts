import { createHash } from 'node:crypto'
import { philox, type Block } from './philox.ts'

/** The seed of all random draws of a run. Any integer or text. */
export type Seed = number | string

/** Names of streams are remembered up to this many, so that endless ones (one a conversation) do not fill the memory. */
const REMEMBERED_STREAMS = 10_000

/**
 * Chance as a pure function of (seed, stream, index): there is no generator to share, so no draw depends on the order
 * of others, and adding a stream leaves all others alone.
 *
 * @example
 * ```ts
 * const chance = new KeyedRandom(42)
 * chance.draw('latency/alice', 0) === chance.draw('latency/alice', 0) // true
 * ```
 */
export class KeyedRandom {
  readonly seed: Seed
  readonly #keys = new Map<string, [number, number]>()

  constructor(seed: Seed) {
    this.seed = seed
  }

  /** A number in [0, 1) with 53 random bits. */
  draw(stream: string, index: number): number {
    const [a, b] = this.block(stream, index)
    return ((a >>> 5) * 0x4000000 + (b >>> 6)) / 0x20000000000000
  }

  /** Sixteen random bytes as four unsigned 32-bit integers. `index` is an integer from 0 to 2^53 - 1. */
  block(stream: string, index: number): Block {
    return philox([index >>> 0, Math.floor(index / 0x100000000) >>> 0, 0, 0], this.#key(stream))
  }

  #key(stream: string): [number, number] {
    let key = this.#keys.get(stream)
    if (!key) {
      // The type is part of the key: the seeds 1 and '1' are two runs.
      key = hash(`${typeof this.seed}:${this.seed}\u0000${stream}`)
      if (this.#keys.size >= REMEMBERED_STREAMS) this.#keys.clear()
      this.#keys.set(stream, key)
    }
    return key
  }
}

/** 64 bits of a text, as two 32-bit integers: two multiplicative hashes, each with the finaliser of MurmurHash3. */
function hash(text: string): [number, number] {
  let a = 0x9e3779b9
  let b = 0x85ebca6b
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x5bd1e995) + 0x165667b1
  }
  return [finalise(a ^ (b >>> 16)), finalise(b ^ (a << 7))]
}

function finalise(word: number): number {
  let h = word >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const HEX = Array.from({ length: 0x100 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const hexOf = (word: number): string =>
  HEX[word >>> 24]! + HEX[(word >>> 16) & 0xff]! + HEX[(word >>> 8) & 0xff]! + HEX[word & 0xff]!

/** Texts from which on the hash of the system is worth its call: it is many times as fast. Characters. */
const LONG = 1024 * 1024

/** The hash of a text as sixteen hexadecimal digits. */
export function hashHex(text: string): string {
  if (text.length > LONG) return createHash('sha256').update(text).digest('hex').slice(0, 16)
  const [a, b] = hash(text)
  return hexOf(a) + hexOf(b)
}
