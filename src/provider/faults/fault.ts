import type { Milliseconds } from '../../clock/index.ts'
import type { ConnectionFailure, Damage, ServiceError } from '../call.ts'
import type { Content } from '../content.ts'
import type { Tokenizer } from '../tokens.ts'

/** What a fault may read of the call that it befalls. */
export interface Circumstances {
  model: string
  /** What a failed client is told to wait where nothing else tells it. */
  retryAfterMs: Milliseconds
  /** The present date, in Unix milliseconds. */
  date: Milliseconds
  /** When the window ends that has let the call fail, in Unix milliseconds; infinity for one without an end. */
  until: Milliseconds | undefined
}

/** How a call ends. */
export type Ending =
  /** With its answer, in good order. */
  | { kind: 'answer' }
  /** With an error in place of an answer. */
  | { kind: 'refusal'; refusal(circumstances: Circumstances): ServiceError }
  /** Not at all: its client has to give up. */
  | { kind: 'silence' }
  /** With a connection that is reset before any byte of an answer, or that is not even made. */
  | { kind: 'reset'; message: string; connection?: ConnectionFailure }
  /** With an answer that is damaged. */
  | { kind: 'damage'; damage: Exclude<Damage, 'stall'>; message: string }
  /** Not at all, though a part of the answer has come: its client has to give up. Pings show that the connection lives. */
  | { kind: 'stall'; pingMs?: Milliseconds }

/** All that there is to say of a fault; each is a file of its own. */
export interface FaultKind {
  /** Whether the model works on the call, so that the client pays for what it generates. */
  readonly billed: boolean
  /** When it shows, as a share of the call's latency; where it is billed, how much longer than usual the whole answer takes. */
  readonly at: number | ((settings: { slowFactor: number }) => number)
  /** When it shows, in place of a share, where the latency of the service does not matter. */
  readonly afterMs?: Milliseconds
  /**
   * Whether the request itself meets it, before the service has taken it in, so that who would fetch the answer later gets it at once.
   */
  readonly atDoor?: true
  /** What becomes of what the model says. */
  readonly content?: (content: Content, tokenizer: Tokenizer) => Content
  /** The share of the answer that is generated and sent. Default 1. */
  readonly cut?: number
  /** Whether the bytes of the answer come in pieces that are cut anywhere. */
  readonly fragmented?: true
  readonly ending: Ending
  /** What takes its place where the answer does not stream. */
  readonly unstreamed?: FaultKind
}

/** The share of an answer that comes before it breaks off. */
export const HALF = 0.5
