import type { Milliseconds } from '../duration.ts'

/** How long something that may never answer can hold the clock. Milliseconds of real time in which this process looked. */
export interface SettleWindows {
  /** After something was asked of a peer and no answer has come. Default 2 s. */
  settleMs: Milliseconds
  /** After the last piece of an answer has come, in case there are more. Default 10 ms. */
  quietMs: Milliseconds
}

/** Something real that virtual time waits for. */
export interface Holding {
  /** In words, such as ``child process 123 `node server.js` is busy``. */
  what: string
  /** Since when, in real milliseconds. */
  since: Milliseconds
}
