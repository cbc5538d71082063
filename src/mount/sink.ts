import type { ConnectionFailure } from '../provider/index.ts'
import type { Chunk, ResponseHead } from '../wire/index.ts'

/** Where the bytes of a response go. A mount is little more than one of these. */
export interface Sink {
  /**
   * Status and headers; comes once, before all else but `reset`.
   *
   * @param streams whether the body comes in parts
   */
  head(head: ResponseHead, streams: boolean): void
  write(part: Chunk): void
  end(): void
  /**
   * The connection breaks.
   *
   * @param connection why it was not even made, where that is what the client shall see
   */
  reset(connection?: ConnectionFailure): void
}

/** A request that is being answered. */
export interface Exchange {
  /** The client has gone away. */
  disconnect(): void
}
