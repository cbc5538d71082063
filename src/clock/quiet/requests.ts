import type { Milliseconds } from '../duration.ts'
import type { Holding } from './evidence.ts'

type ResourceClass = 'immediate' | 'request' | 'stream request' | 'stream handle' | 'other'

const CLASSES: readonly (readonly [RegExp, ResourceClass])[] = [
  [/^Immediate$/, 'immediate'],
  // Requests that count as long as they exist: files, DNS.
  [/^(FSReq|CloseReq|GetAddrInfo|GetNameInfo|Query)/, 'request'],
  // Requests on a socket count too, but a peer that stops reading must not stop the clock for ever.
  [/(ConnectWrap|WriteWrap|ShutdownWrap|SendWrap)$/, 'stream request'],
  // Handles whose exchanges are watched.
  [/^(TCPSocketWrap|PipeWrap|TLSWrap)$/, 'stream handle'],
]
const classOf = new Map<string, ResourceClass>()

function classify(name: string): ResourceClass {
  let known = classOf.get(name)
  if (!known) {
    known = CLASSES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
    classOf.set(name, known)
  }
  return known
}

/** What Node's own list of active resources says. */
export class Requests {
  /** Whether an immediate is pending. */
  immediates = false
  /** Whether there are sockets or pipes, whose exchanges need a look of their own. */
  sockets = false
  readonly #settleMs: Milliseconds
  readonly #startedAt: Milliseconds
  // Requests are work that ends; but one that was under way at the start and stays (a read of a pipe that nobody
  // writes to) must not hold the clock for ever. The fewest that were ever seen are such ones.
  #fewest = Number.POSITIVE_INFINITY
  #since: Milliseconds | undefined
  #onStreams = { seen: 0, since: 0 }

  constructor(settleMs: Milliseconds, startedAt: Milliseconds) {
    this.#settleMs = settleMs
    this.#startedAt = startedAt
  }

  look(now: Milliseconds): Holding | undefined {
    let requests = 0
    let onStreams = 0
    let first = ''
    this.immediates = false
    this.sockets = false
    for (const name of process.getActiveResourcesInfo()) {
      switch (classify(name)) {
        case 'immediate':
          this.immediates = true
          break
        case 'request':
          requests += 1
          first ||= name
          break
        case 'stream request':
          onStreams += 1
          break
        case 'stream handle':
          this.sockets = true
      }
    }
    this.#fewest = Math.min(this.#fewest, requests)
    const stuck = now - this.#startedAt < this.#settleMs ? 0 : this.#fewest
    if (requests > stuck) {
      this.#since ??= now
      return { what: `${requests - stuck} request(s) such as ${first}`, since: this.#since }
    }
    this.#since = undefined
    if (onStreams !== this.#onStreams.seen) this.#onStreams = { seen: onStreams, since: now }
    const { since } = this.#onStreams
    if (onStreams > 0 && now - since < this.#settleMs) {
      return { what: `${onStreams} write(s) or connection(s) in progress`, since }
    }
    return undefined
  }
}
