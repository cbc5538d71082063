/** A place in a file. Lines and columns count from 1. */
export interface Place {
  /** The path of the file. */
  file: string
  /** The line, from 1. */
  line: number
  /** The column, from 1. */
  column: number
}

/** Thrown for a pattern or strategy that cannot be parsed. The message contains file, line, column, the line itself and a hint. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
  readonly code = 'LONGHAUL_INVALID_PATTERN'
  /** The path of the pattern. */
  readonly file: string
  /** The line of the problem, from 1. */
  readonly line: number
  /** The column of the problem, from 1. */
  readonly column: number
  /** The problem, without its place. */
  readonly problem: string
  /** What to do about the problem, if known. */
  readonly hint: string | undefined
  #others: readonly PatternError[] = []

  constructor(
    problem: string,
    { file, line, column }: Place,
    { hint, source }: { hint?: string; source?: string } = {},
  ) {
    const text = source?.split('\n')[line - 1]
    const shown = text === undefined ? '' : `\n${excerpt(text, line, column)}`
    super(`${file}:${line}:${column}: ${problem}${shown}${hint ? `\n  ${hint}` : ''}`)
    this.file = file
    this.line = line
    this.column = column
    this.problem = problem
    this.hint = hint
  }

  /** Further problems that were found in the file together with this one, in the order of its lines. */
  get others(): readonly PatternError[] {
    return this.#others
  }

  /**
   * The first of several problems of a file, which has the others.
   *
   * @internal
   */
  static firstOf(problems: readonly PatternError[]): PatternError | undefined {
    const [first, ...others] = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    if (first) first.#others = others
    return first
  }
}

const WIDTH = 120

function excerpt(text: string, line: number, column: number): string {
  const from = Math.max(0, column - WIDTH)
  const label = `  ${line} | `
  const shown = text.slice(from, from + WIDTH + 40).replaceAll('\t', ' ')
  return `${label}${shown}\n${' '.repeat(label.length + Math.min(column - 1 - from, shown.length))}^`
}
