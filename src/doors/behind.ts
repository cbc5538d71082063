import type { Socket as DatagramSocket } from 'node:dgram'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A timer as the clock in force sees it. */
export interface Armed {
  /** Milliseconds from arming to firing; a whole number, 1 at least. */
  readonly delay: number
  /** Whether the timer is an interval. */
  readonly repeats: boolean
  /** Whether the timer holds the process open. */
  hasRef?(): boolean
  /** Where the clock in force has put the timer, while it is armed there: no table of all timers has to be asked. */
  kept?: object | undefined
  /** Calls the callback, and arms an interval again. The clock has taken the timer out before. */
  fire(): void
}

/** Time that stands behind the doors of `setTimeout`, `Date`, `performance` and their kin. */
export interface TimeBehind {
  /** The simulated date in Unix milliseconds. A read of a clock, which lets time pass if nothing else does. */
  wall(): number
  /** The simulated monotonic time in milliseconds on the scale of the real `performance.now()`. A read of a clock. */
  monotonic(): number
  /** Arms a timer that is not armed. */
  arm(timer: Armed): void
  /** Takes a timer out that is armed. */
  disarm(timer: Armed): void
}

/** Chance that stands behind `Math.random` and the functions of `crypto`. */
export interface ChanceBehind {
  /** A number in [0, 1). */
  random(): number
  /** Fills the bytes. */
  fill(bytes: Uint8Array): void
}

/** Where the code under test is about to connect to, or sends a request. */
export interface Destination {
  /** Name or address, as the code under test wrote it. */
  host: string
  /** Nothing where a name is looked up. */
  port: number | undefined
  /** Whether the bytes on it are encrypted. */
  secure: boolean
}

/**
 * What becomes of a connection. `pass`: it is opened. `answer`: the simulated services answer on it, inside this process.
 * `refuse`: it is not opened; what asked for it fails.
 */
export type Verdict = 'pass' | 'answer' | 'refuse'

/** The network that stands behind `fetch`, sockets, look-ups of names and datagrams. */
export interface NetworkBehind {
  /** Answers a request that was made by the global `fetch`; `undefined` lets it pass on to the real one. */
  fetch(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> | undefined
  /**
   * Judges a request by its own destination, not by the peer of its socket.
   *
   * @param path what is asked for there, where that is known
   */
  judge(destination: Destination, path?: string): Verdict
  /**
   * Answers a request that came over a connection which was judged `answer`.
   *
   * @returns what to call when the client goes away
   */
  serve(request: IncomingMessage, response: ServerResponse, destination: Destination): () => void
  /** Answers a request for another protocol, such as WebSocket, on a connection which was judged `answer`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, destination: Destination): void
  /**
   * Puts what was judged `refuse` on the record.
   *
   * @param what what was asked for, as far as it is known
   * @returns the error with which it fails
   */
  refuse(destination: Destination, what: { method: string; path: string }): Error
}

/** Receives work that the clock cannot see by itself. */
export interface WorkBehind {
  /** Keeps virtual time still until `work` settles; the promise returned settles as it does, after that. */
  hold<T>(work: PromiseLike<T>, what: string): Promise<T>
  /** A datagram is about to be sent. */
  datagram(socket: DatagramSocket, to: { port: number; address: string }): void
}

/** What stands behind the doors of a worker; nothing is the real thing. */
export interface Behind {
  time: TimeBehind | undefined
  chance: ChanceBehind | undefined
  network: NetworkBehind | undefined
  work: WorkBehind | undefined
}
