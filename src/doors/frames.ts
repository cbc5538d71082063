/** Bytes before the payload of a frame, the first three of which are its length. Source: RFC 9113, section 4.1. */
const HEAD = 9
const LENGTH = 3

/** Some of what is written, and whether a frame ends with it. */
interface Part {
  bytes: Buffer
  endsFrame: boolean
}

/** Cuts what a server of HTTP/2 writes, wherever it does so, where one frame ends and the next begins. */
export class Http2Frames {
  /** Of the frame that is being written. */
  #headSeen = 0
  #length = 0
  #left = HEAD

  cut(bytes: Buffer): Part[] {
    const parts: Part[] = []
    let from = 0
    for (let at = 0; at < bytes.length;) {
      at += this.#headSeen < HEAD ? this.#readHead(bytes[at]!) : this.#skip(bytes.length - at)
      if (this.#left > 0) continue
      parts.push({ bytes: bytes.subarray(from, at), endsFrame: true })
      from = at
      this.#headSeen = 0
      this.#length = 0
      this.#left = HEAD
    }
    if (from < bytes.length) parts.push({ bytes: bytes.subarray(from), endsFrame: false })
    return parts
  }

  #readHead(byte: number): number {
    if (this.#headSeen < LENGTH) this.#length = this.#length * 256 + byte
    this.#headSeen += 1
    this.#left = HEAD - this.#headSeen || this.#length
    return 1
  }

  #skip(most: number): number {
    const skipped = Math.min(most, this.#left)
    this.#left -= skipped
    return skipped
  }
}
