import type { Clock } from '../clock/index.ts'
import type { ConnectionFailure } from '../provider/index.ts'
import { KeyedRandom } from '../random/index.ts'
import type { Chunk, ResponseHead } from '../wire/index.ts'
import type { Sink } from './sink.ts'

const LINE_FEED = 0x0a
/** A cut at a place of no meaning for every so many bytes, and not more than so many in one part. */
const BYTES_A_CUT = 256
const MAX_CUTS = 32

/** Whether a byte goes on with a character of UTF-8 that an earlier byte has begun. */
const goesOn = (byte: number): boolean => byte >= 0x80 && byte < 0xc0

/**
 * Where a part of a body is cut: within a character and within a line break where it has any, and at places of no meaning.
 *
 * @param draw in [0, 1)
 */
export function cutsOf(bytes: Uint8Array, draw: () => number): number[] {
  const characters: number[] = []
  const breaks: number[] = []
  for (let place = 1; place < bytes.length; place++) {
    if (goesOn(bytes[place]!)) characters.push(place)
    // `\r\n`, and the blank line at the end of an event.
    else if (bytes[place] === LINE_FEED) breaks.push(place)
  }
  const cuts = new Set<number>()
  for (const places of [characters, breaks])
    if (places.length > 0) cuts.add(places[Math.floor(draw() * places.length)]!)
  const others = Math.min(MAX_CUTS, Math.ceil(bytes.length / BYTES_A_CUT))
  if (bytes.length > 1) for (let nth = 0; nth < others; nth++) cuts.add(1 + Math.floor(draw() * (bytes.length - 1)))
  return [...cuts].toSorted((a, b) => a - b)
}

/**
 * Writes a body in pieces that are cut anywhere, as a network may: what follows the last cut of a part comes with the beginning of the
 * next one. Each piece comes by itself, and a client that reads bytes rather than pieces reads the same answer.
 */
export class FragmentedSink implements Sink {
  readonly #to: Sink
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #random: KeyedRandom
  readonly #pieces: Uint8Array[] = []
  #draws = 0
  #rest: Uint8Array = new Uint8Array()
  #isOver = false
  #isWaiting = false

  /**
   * @param options.seed of the places
   * @param options.everyMs between two pieces, in milliseconds of the clock: what comes at one time would be read at one time
   */
  constructor(to: Sink, clock: Clock, { seed, everyMs }: { seed: string; everyMs: number }) {
    this.#to = to
    this.#clock = clock
    this.#everyMs = Math.max(1, everyMs)
    this.#random = new KeyedRandom(seed)
  }

  head(head: ResponseHead): void {
    this.#to.head(head, true)
  }

  write(part: Chunk): void {
    if (part.length === 0) return
    const bytes = Buffer.concat([this.#rest, typeof part === 'string' ? Buffer.from(part) : part])
    let from = 0
    for (const cut of cutsOf(bytes, () => this.#random.draw('fragments', this.#draws++))) {
      this.#pieces.push(bytes.subarray(from, cut))
      from = cut
    }
    this.#rest = bytes.subarray(from)
    this.#go()
  }

  end(): void {
    if (this.#rest.length > 0) this.#pieces.push(this.#rest)
    this.#isOver = true
    this.#go()
  }

  reset(connection?: ConnectionFailure): void {
    for (const piece of [...this.#pieces.splice(0), this.#rest]) this.#to.write(piece)
    this.#to.reset(connection)
  }

  /** Sends the next piece, unless the one before was sent just now. */
  #go(): void {
    if (this.#isWaiting) return
    const piece = this.#pieces.shift()
    if (!piece) {
      if (this.#isOver) this.#to.end()
      return
    }
    this.#to.write(piece)
    this.#isWaiting = true
    this.#clock.after(this.#everyMs, () => {
      this.#isWaiting = false
      this.#go()
    })
  }
}
