/** Of what kind a problem is: a value of the wrong type, a name that there is not, anything else of the value. */
export type Problem = 'type' | 'name' | 'value'

/** Thrown when an expression cannot be parsed or evaluated. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code = 'LONGHAUL_EXPRESSION'
  /** Where in the text it is, from 0. */
  readonly at: number
  readonly problem: Problem
  /** It names what there is not, and is not a mistake in the name of what there is: in a sketch, the model may know. */
  readonly unknown: boolean
  constructor(
    message: string,
    { at = 0, problem = 'value', unknown = false }: { at?: number; problem?: Problem; unknown?: boolean } = {},
  ) {
    super(message)
    this.at = at
    this.problem = problem
    this.unknown = unknown
  }
}

/** Thrown by an operator or a function for what it was given; becomes an `ExpressionError` with its place. */
export class Unfit extends Error {
  readonly problem: Problem
  constructor(message: string, problem: Problem = 'type') {
    super(message)
    this.problem = problem
  }
}
