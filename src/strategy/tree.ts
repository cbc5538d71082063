/** An expression, as text with single spaces and without comments. Times in it are in seconds: `15s` is 15. */
export interface Expression {
  kind: 'expression'
  text: string
}

/** What a statement is given. */
export type Value =
  | Expression
  | { kind: 'object'; entries: readonly Entry[] }
  | { kind: 'list'; items: readonly Value[] }
  /** `1..5`: both ends are included. */
  | { kind: 'range'; from: Expression; to: Expression }
  /** `a OR b`: the first that is known and true, else the last. */
  | { kind: 'either'; values: readonly Expression[] }

/** One `name: value`; in `[key]: value` the name is what an expression gives. */
export interface Entry {
  name: string
  key?: Expression
  value: Value
}

/** What IF and WHILE ask: an expression, or in plain language a question to the orchestrating agent. */
export type Condition = Expression | { kind: 'judgement'; text: string }

/** One statement. Its other fields are defined in the file of its kind in `statements/`. */
export interface Statement {
  /** The kind of the statement, such as `gather`. */
  readonly kind: string
  /** The line of the statement in its file, from 1. */
  readonly line: number
}

/** The statements of a strategy, or of a part of it such as a loop, in order. */
export type Block = readonly Statement[]

/** A strategy as it was read. */
export interface Strategy {
  /** The statements at the top level. */
  statements: Block
  /**
   * Whether the strategy contains plain language. If so, the orchestrating agent supplies the meaning of undefined
   * names.
   */
  isSketch?: true
}
