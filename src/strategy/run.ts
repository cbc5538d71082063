import type { Milliseconds } from '../clock/index.ts'
import type { EffectRequest } from './effect.ts'
import type { Json } from './json.ts'
import type { Values } from './values.ts'

/** The failure of a statement, as `failure` in an ON failure block. */
export interface StrategyFailure {
  /** The kind of the failure, such as `timeout` or `assertion`. */
  kind: string
  /** The failure in words. */
  message: string
  /** The line of the failed statement, from 1; 0 if there is none. */
  line: number
  /** The column in the line, from 1, if known. */
  column?: number
}

/** What is open in a thread: loops, guards, retries. */
export type Frame =
  | {
      kind: 'for'
      name: string
      items: readonly Json[] | { from: number; to: number }
      index: number
      head: number
      exit: number
    }
  | { kind: 'while'; head: number; exit: number }
  | { kind: 'guard'; handler: number }
  | { kind: 'retry'; left: number; attempt: number; start: number; backoffMs: Milliseconds }

/** What becomes of the result of an effect: that of the statement, what was asked in its place, the items of a loop. */
export type Then = 'store' | 'said' | 'items' | 'branch' | 'nothing'

/** What an instruction may do. */
export interface Run {
  readonly values: Values
  readonly variables: Record<string, Json>
  /** Where it stands. */
  readonly pc: number
  readonly stack: Frame[]
  /** Asks something; the thread waits. */
  ask: (request: EffectRequest, then: Then) => 'waits'
  /** Goes over items. */
  loop: (name: string, items: readonly Json[] | { from: number; to: number }, exit: number) => void
  /** Starts a thread at each address; this one goes on at `join` when all have ended. */
  fork: (branches: readonly number[], join: number) => 'waits'
  /** Ends the thread, or with a result the strategy. */
  end: (result?: { result: Json }) => 'waits'
}

/** Executes an instruction: goes on with the next one, with that at an address, or waits. */
export type Op = (instruction: never, run: Run) => number | 'waits' | void
