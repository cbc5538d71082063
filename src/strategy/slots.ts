import type { KeywordName } from './tokens.ts'

/** A part of a statement. `as` is what the statement's node calls it. */
export type Slot =
  | { slot: 'word'; word: KeywordName }
  | { slot: ValueSlot; as: string }
  /** Stands there or not; what it would hold is null then. */
  | { slot: 'maybe'; of: readonly Slot[] }

/** What a slot may hold. */
type ValueSlot =
  | 'name'
  | 'value'
  /** Agents: names need no quotes where no variable is called so. */
  | 'agents'
  | 'expression'
  | 'condition'
  /** A condition that is never a question in plain language. */
  | 'certain'
  /** `WITH name: value, …`; none is an empty list. */
  | 'options'
  /** `{ name: value, … }` */
  | 'object'
  | 'block'

/** A keyword of a statement. */
export const word = (name: KeywordName): Slot => ({ slot: 'word', word: name })
export const name = (as: string): Slot => ({ slot: 'name', as })
export const value = (as: string): Slot => ({ slot: 'value', as })
export const agents = (as: string): Slot => ({ slot: 'agents', as })
export const expression = (as: string): Slot => ({ slot: 'expression', as })
export const condition = (as: string): Slot => ({ slot: 'condition', as })
export const certain = (as: string): Slot => ({ slot: 'certain', as })
export const options: Slot = { slot: 'options', as: 'options' }
export const object = (as: string): Slot => ({ slot: 'object', as })
export const block: Slot = { slot: 'block', as: 'body' }
export const maybe = (...of: readonly Slot[]): Slot => ({ slot: 'maybe', of })
/** `AS name` */
export const asName: Slot = maybe(word('AS'), name('name'))
