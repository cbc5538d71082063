import type { BadRequest } from '../../../service.ts'
import { invalid } from '../../errors.ts'
import type { LaneName } from './newest.ts'

/** Lanes with a name that a connection may have, and responses that may be under way on it at once. */
const MAX_LANES = 32
const MAX_ACTIVE = 16
/** What may wait for its turn: limits of longhaul's own, as the service tells of none. */
const MAX_WAITING = 1_000
const MAX_WAITING_BYTES = 32 * 1024 * 1024

const NAME = /^[\w.-]{1,256}$/
const WRONG_NAME =
  "The 'stream_id' field must be a non-empty string with at most 256 characters and may only contain letters, numbers, " +
  'underscores, hyphens, and periods.'
const NO_MORE_LANES =
  `This WebSocket connection has reached its maximum number of distinct stream IDs (${MAX_LANES}). Reuse an existing ` +
  'stream_id or open a new WebSocket connection.'
const FULL =
  `longhaul keeps at most ${MAX_WAITING} requests of ${MAX_WAITING_BYTES} bytes that wait for their turn on a connection. ` +
  'Wait for a response before asking for the next.'

/** Whether a text may name a lane. */
const isName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name)

/** Something that waits for its turn on a lane. */
interface Waiting {
  lane: LaneName
  bytes: number
}

/** The order in which a connection answers: on one lane one after another, on several at once. */
export class Lanes<Asked extends Waiting> {
  readonly #names = new Set<string>()
  readonly #busy = new Set<LaneName>()
  #waiting: Asked[] = []

  /** The lane that a client names, and what is wrong with that. */
  lane(name: unknown): { lane: LaneName; problem?: BadRequest } {
    if (name == null) return { lane: undefined }
    if (!isName(name)) return { lane: undefined, problem: invalid(WRONG_NAME, 'stream_id', 'invalid_stream_id') }
    if (!this.#names.has(name) && this.#names.size >= MAX_LANES)
      return { lane: name, problem: invalid(NO_MORE_LANES, 'stream_id', 'websocket_stream_limit_reached') }
    this.#names.add(name)
    return { lane: name }
  }

  /** Lets something wait, or says why it may not. */
  add(asked: Asked): BadRequest | undefined {
    const bytes = this.#waiting.reduce((sum, waiting) => sum + waiting.bytes, asked.bytes)
    if (this.#waiting.length > 0 && (this.#waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES))
      return invalid(FULL, null, 'longhaul_queue_full')
    this.#waiting.push(asked)
    return undefined
  }

  /** What has waited longest of all that may begin; its lane is taken until it is left. */
  next(): Asked | undefined {
    if (this.#busy.size >= MAX_ACTIVE) return undefined
    const at = this.#waiting.findIndex(({ lane }) => !this.#busy.has(lane))
    if (at < 0) return undefined
    const [asked] = this.#waiting.splice(at, 1)
    this.#busy.add(asked!.lane)
    return asked
  }

  /** The lane may be taken by the next. */
  leave(lane: LaneName): void {
    this.#busy.delete(lane)
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#waiting = []
  }
}
