import type { Chunk } from './chunk.ts'

/** Who reads a feed. */
export interface FeedReader {
  write(part: Chunk): void
  end(): void
}

/** A stream that is kept as it comes: it goes on whoever reads it, and is read by as many as like, from any of its parts on. */
export class Feed {
  readonly #parts: Chunk[] = []
  /** Each with the number of the first part that it wants. */
  readonly #readers = new Map<FeedReader, number>()
  #bytes = 0
  #isOver = false

  /** Parts so far. */
  get length(): number {
    return this.#parts.length
  }

  /** What they have together, about. Bytes. */
  get bytes(): number {
    return this.#bytes
  }

  write(part: Chunk): void {
    const number = this.#parts.push(part) - 1
    this.#bytes += part.length
    for (const [reader, from] of this.#readers) if (number >= from) reader.write(part)
  }

  end(): void {
    this.#isOver = true
    for (const reader of this.#readers.keys()) reader.end()
    this.#readers.clear()
  }

  /**
   * Reads what is there, then what comes.
   *
   * @param from number of the first part, from 0
   * @returns what to call to read no further
   */
  follow(from: number, reader: FeedReader): () => void {
    for (const part of this.#parts.slice(from)) reader.write(part)
    if (this.#isOver) reader.end()
    else this.#readers.set(reader, from)
    return () => void this.#readers.delete(reader)
  }
}
