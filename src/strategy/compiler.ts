import type { Block, Condition, Entry, Expression, Statement } from './tree.ts'

/** One step of a program. Addresses are indices into the list of instructions. `line` is that of the statement. */
export interface Instruction {
  readonly op: string
  readonly line: number
  /** Where in the line the statement begins, from 1, if that is known. */
  column?: number
  /** The statement as text: in a sketch, what it names and does not define is asked of the orchestrating agent. */
  readonly said?: string
}

/** A strategy as a list of instructions, so that where it stands is a number. */
export type Program = readonly Instruction[]

/** Asks: an expression, or a question in plain language. */
export interface Branch extends Instruction {
  op: 'branch'
  condition: Condition
  otherwise: number
}
export interface Jump extends Instruction {
  op: 'jump'
  to: number
}

/** Makes instructions of statements. */
export interface Compiler {
  /** The address of what comes next. */
  readonly here: number
  add: <Added extends Instruction>(instruction: Added) => Added
  block: (body: Block, options?: { inLoop?: boolean }) => void
  one: (statement: Statement, options?: { inLoop?: boolean }) => void
  /** Jumps to `otherwise` where the condition does not hold. */
  branch: (condition: Condition, line: number) => Branch
  jump: (line: number) => Jump
  readonly inLoop: boolean
  /** Whether an ON failure stands below the statement. */
  readonly isGuarded: boolean
  /** Asks what a statement asks. */
  effect: (statement: Statement) => void
  /** In a sketch, the text by which the orchestrating agent is asked instead. */
  said: (statement: Statement) => { said?: string }
  /** @throws PatternError at a part of a statement, or at its line */
  fail: (statement: Statement, problem: string, hint?: string, at?: Expression | Entry) => never
}
