import type { IToken, TokenType } from 'chevrotain'
import type { GrammarError } from './grammar-error.ts'
import type { TermOptions } from './terms.ts'
import type { Block, Condition, Entry, Expression, Value } from './tree.ts'

/** Rules of the grammar that statements are made of, each with what it reads. */
export interface Rules {
  value: Value
  object: Entry[]
  entries: Entry[]
  options: Entry[]
  expression: Expression
  condition: Condition
  certain: Expression
  block: Block
  /** A block without its colon. */
  indented: Block
  /** Tokens of an expression. */
  tokens: IToken[]
  /** `completion FROM value [options]`, `gather` and `call`, which may also be assigned. */
  completion: { kind: 'completion'; from: Value; options: Entry[] }
  gather: { kind: 'gather'; name: string; from: Value; options: Entry[] }
  call: { kind: 'call'; function: string; arguments: Value[] }
  assignment: { kind: string }
}

/**
 * Reads the parts of a statement. Each use of the same verb has another number, by which the grammar tells them apart (as the parser's own
 * `CONSUME1`, `CONSUME2` do).
 */
export interface Reader {
  take(nth: number, type: TokenType): IToken
  read<Name extends keyof Rules>(nth: number, rule: Name): Rules[Name]
  maybe<Result>(nth: number, part: () => Result): Result | undefined
  pick<Result>(
    nth: number,
    alternatives: { ALT: () => Result; GATE?: () => boolean; IGNORE_AMBIGUITIES?: boolean }[],
  ): Result
  many(nth: number, part: () => void): void
  some(nth: number, part: () => void): void
  /** What is done with what was read, and not while the grammar learns its rules. */
  act<Result>(action: () => Result): Result
  /** The token so many places ahead, from 1. */
  ahead(places: number): IToken
  readonly terms: TermOptions
  /** The token that the statement begins with. */
  readonly first: IToken
  /** A line in plain language; in a strict strategy it is refused. */
  prose(token: IToken): string
  /** Where an entry stands. */
  tokenOf(entry: Entry): IToken | undefined
  /** @throws GrammarError */
  refuse(token: IToken, problem: string, hint?: string): never
  /** As `refuse`, for a statement of the right form. */
  mistake(token: IToken, problem: string, hint?: string): GrammarError
}
