import type { Block, Condition, Entry, Value } from './tree.ts'

/** Writes the parts of a statement. */
export interface Printer {
  value: (value: Value) => string
  object: (entries: readonly Entry[]) => string
  /** ` WITH …`, or nothing. */
  options: (entries: readonly Entry[]) => string
  condition: (condition: Condition) => string
  /** A whole line. */
  line: (text: string) => string
  /** Lines of text as they stand. */
  lines: (text: string) => string
  /** `head:` with its block. */
  headed: (head: string, body: Block) => string
  block: (body: Block) => string
  /** … on the same level. */
  same: (body: Block) => string
}
