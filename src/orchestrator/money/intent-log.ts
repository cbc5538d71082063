/** Where it is kept that a call is about to be made, so that one that was under way when the process ended is known after it. */
export interface IntentLog {
  /** A call is about to be made, which may cost so much (picodollars). Returns its number. */
  intend(agent: string, model: string, worst: bigint): number
  /** It has ended. */
  settled(intent: number): void
}
