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

/** One `name: value`. */
export interface Entry {
  name: string
  value: Value
}

/** What IF and WHILE ask: an expression, or in plain language a question to the orchestrating agent. */
export type Condition = Expression | { kind: 'judgement'; text: string }

/** One `IF` or `ELIF` with its block. */
export interface Branch {
  condition: Condition
  body: Block
}

export type Block = readonly Statement[]

/** What a statement says, apart from where it stands. */
export type StatementBody =
  | { kind: 'gather'; name: string; from: Value; options: readonly Entry[] }
  | { kind: 'completion'; name: string | null; from: Value; options: readonly Entry[] }
  | { kind: 'events'; request: readonly Entry[]; name: string | null }
  | { kind: 'set'; name: string; value: Value }
  | { kind: 'call'; name: string | null; function: string; arguments: readonly Value[] }
  | { kind: 'collect'; value: Value; into: string }
  | { kind: 'process'; value: Value; name: string | null }
  /** `agent` is null for `SPAWN { … }`; `name` is set to who was made. */
  | { kind: 'spawn'; agent: Value | null; options: readonly Entry[]; name: string | null }
  | { kind: 'terminate'; agent: Value }
  /** `name` is set to who was told. */
  | { kind: 'send'; message: Value; to: Value; name: string | null }
  | { kind: 'broadcast'; message: Value; to: Value | null; options: readonly Entry[] }
  | { kind: 'emit'; event: Expression; to: Value | null; data: Value | null }
  | { kind: 'track'; entry: readonly Entry[]; name: string | null }
  | { kind: 'query'; request: readonly Entry[]; name: string | null }
  | { kind: 'aggregate'; request: readonly Entry[]; name: string | null }
  | { kind: 'coordinate'; request: readonly Entry[]; name: string | null }
  | { kind: 'wait'; duration: Expression }
  | { kind: 'waitFor'; name: string; timeout: Expression | null }
  | { kind: 'if'; branches: readonly Branch[]; otherwise: Block | null }
  | { kind: 'for'; name: string; in: Value; body: Block }
  /** `FOR each step:`: over the list `steps`, else over what the orchestrating agent says that they are. */
  | { kind: 'forEach'; name: string; text: string; body: Block }
  | { kind: 'while'; condition: Condition; body: Block }
  | { kind: 'parallel'; body: Block }
  | { kind: 'retry'; times: Expression; options: readonly Entry[]; body: Block }
  | { kind: 'guarded'; body: Statement; handler: Block }
  | { kind: 'break' }
  | { kind: 'continue' }
  | { kind: 'checkpoint'; name: string | null }
  | { kind: 'return'; value: Value | null }
  | { kind: 'log'; value: Value }
  | { kind: 'assert'; condition: Expression }
  /** A line in plain language: asked of the orchestrating agent. */
  | { kind: 'ask'; text: string }
  /** ASSERT in plain language: the orchestrating agent may say no. */
  | { kind: 'check'; text: string }
  /** What a pattern without a strategy does: its agents talk. */
  | { kind: 'converse' }
  /** One with a block: asked, and then the block is run. */
  | { kind: 'stage'; text: string; body: Block }

/** One statement. `line` counts from 1 in the file. */
export type Statement = StatementBody & { line: number }

/** A strategy as it was read. */
export interface Strategy {
  statements: Block
  /** It has lines in plain language: what it names and does not define is for the orchestrating agent to say. */
  isSketch?: true
}
