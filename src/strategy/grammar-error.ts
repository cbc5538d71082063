import type { IToken } from 'chevrotain'

/** A line has the form of a statement, and the language does not allow what it says. */
export class GrammarError extends Error {
  readonly offset: number
  readonly hint: string | undefined
  constructor({ startOffset }: Pick<IToken, 'startOffset'>, problem: string, hint?: string) {
    super(problem)
    this.offset = startOffset
    this.hint = hint
  }
}

/** A statement of the right form that says what there is not. */
export class InvalidStatementError extends GrammarError {}
