import type { IToken } from 'chevrotain'

/** What was read fits the grammar, but makes no sense. */
export class Refusal extends Error {
  readonly offset: number
  readonly hint: string | undefined
  constructor({ startOffset }: Pick<IToken, 'startOffset'>, problem: string, hint?: string) {
    super(problem)
    this.offset = startOffset
    this.hint = hint
  }
}

/** A statement of the right form that says what there is not. */
export class Mistake extends Refusal {}
