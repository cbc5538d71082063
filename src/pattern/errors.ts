import leven from 'leven'

/** Where something stands in a file. Lines and columns count from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

/** Thrown for a pattern or strategy that cannot be read. The message carries file, line, column, the line itself and a hint. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
  readonly code = 'LONGHAUL_INVALID_PATTERN'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly problem: string
  readonly hint: string | undefined

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
}

const WIDTH = 120

function excerpt(text: string, line: number, column: number): string {
  const from = Math.max(0, column - WIDTH)
  const label = `  ${line} | `
  const shown = text.slice(from, from + WIDTH + 40).replaceAll('\t', ' ')
  return `${label}${shown}\n${' '.repeat(label.length + Math.min(column - 1 - from, shown.length))}^`
}

const sorted = (text: string): string => [...text.toLowerCase()].toSorted().join('')

/** The known name that is nearest to what was given, if it is near enough to be what was meant. */
export function nearest(given: string, known: Iterable<string>, most = given.length <= 5 ? 1 : 2): string | undefined {
  let best: string | undefined
  let distance = most
  for (const name of known) {
    if (name === given || Math.abs(name.length - given.length) > distance) continue
    // Two letters that changed places are one mistake.
    const found = sorted(given) === sorted(name) ? 1 : leven(given.toLowerCase(), name.toLowerCase())
    if (found <= distance) {
      best = name
      distance = found - 0.5
    }
  }
  return best
}

const singular = (name: string): string => name.toLowerCase().replace(/(?:es|s)$/, '')

/** Whether a name is so near to a known one that it is a mistake. One thing and several of it are two names. */
export function isMistake(given: string, known: Iterable<string>): boolean {
  const meant = nearest(given, known)
  return meant !== undefined && singular(meant) !== singular(given)
}

/** `Did you mean "x"?`, or the list of what there is. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = nearest(given, known)
  if (near) return `Did you mean "${near}"?`
  return known.length > 0 ? `There ${known.length > 1 ? 'are' : 'is'}: ${known.slice(0, 20).join(', ')}.` : ''
}
