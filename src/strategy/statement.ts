import type { OptionProblem, OptionTable, OptionType } from '../options/index.ts'
import type { Options, EffectRequest } from './effect.ts'
import type { Json } from './json.ts'
import type { Compiler } from './compiler.ts'
import type { Printer } from './printer.ts'
import type { Reader } from './reader.ts'
import type { Op } from './run.ts'
import type { Slot } from './slots.ts'
import type { Block, Condition, Entry, Expression, Statement, Value } from './tree.ts'
import type { Values } from './values.ts'

/** What a statement is made of, for whoever walks through all of them. */
export interface Parts {
  values?: readonly Value[]
  /** What may be named without quotes: agents, events. */
  symbols?: readonly Value[]
  entries?: readonly Entry[]
  conditions?: readonly Condition[]
  expressions?: readonly Expression[]
  blocks?: readonly Block[]
}

/** How a statement is read. */
export type Syntax =
  | { slots: readonly Slot[] }
  /** What slots cannot say. Null where another statement reads it. */
  | { read: ((reader: Reader) => StatementBody) | null; ebnf: string | null }

/** A statement before its line is known. */
export type StatementBody = { readonly kind: string }

/** Options behind WITH, or in `{ … }`. */
export interface OptionsOf<Node> {
  /** The word by which errors call the statement. */
  word: string
  of: (statement: Node) => readonly Entry[]
  table: OptionTable
  /** What cannot be left out. */
  needs?: readonly string[]
  /** What is wrong with some of them together. Those that are not known yet are left out. */
  together?: (given: Options) => OptionProblem | undefined
  /** `{ … }`: what it knows and needs is checked where it is read. */
  isRequest?: true
}

/** Everything about one statement: how it is read, printed, checked, and what it does. */
export interface Definition<Node extends Statement = Statement> {
  kind: Node['kind']
  /** How it is written, by its first word, for errors. */
  forms: Readonly<Record<string, string>>
  syntax: Syntax
  /** What the slots hold becomes a node; refuses what makes no sense. */
  made?: (slots: Omit<Node, 'line'>, reader: Reader) => StatementBody
  /** Lines of text; without it, as the slots stand. */
  print?: (statement: Node, printer: Printer) => string
  options?: OptionsOf<Node>
  /** Values that are known before anything runs, and must fit. */
  constants?: (statement: Node) => readonly { expression: Expression; type: OptionType; owner: string }[]
  /** What it is made of, where the slots do not say. */
  parts?: (statement: Node) => Parts
  /** The variables that it sets; without it, `name`. */
  sets?: (statement: Node) => readonly string[]
  /** How many questions to the orchestrating agent it has of itself. */
  asks?: (statement: Node) => number
  /** What it does. */
  does: Effect<Node> | Control<Node>
}

/** Asks something of the orchestrator. */
export interface Effect<Node> {
  request: (statement: Node, values: Values, options: Options) => EffectRequest
  /** What becomes of the answer. */
  store?: (statement: Node, value: Json, variables: Record<string, Json>) => void
  /** The text itself is asked or told: what it names and nothing defines is no reason to ask again. */
  isSaid?: true
}

/** Steers the machine. */
export interface Control<Node> {
  build: (statement: Node, compiler: Compiler) => void
  /** How its instructions are executed, by name. */
  ops?: Readonly<Record<string, Op>>
}

/** Checks a definition against its node. */
export const define = <Node extends Statement>(definition: Definition<Node>): Definition =>
  definition as unknown as Definition

export const isEffect = <Node>(does: Effect<Node> | Control<Node>): does is Effect<Node> => 'request' in does
