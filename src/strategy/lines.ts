import type { IToken } from 'chevrotain'
import type { Places } from './places.ts'
import { LBrace, LParen, LSquare, RBrace, RParen, RSquare, STATEMENT_WORDS, tokenize } from './tokens.ts'

/** A line of a strategy, with those below it on which its brackets are closed. */
export interface Line {
  /** Offset of its first character that is no space. */
  start: number
  end: number
  indentation: number
  /** Without a comment at the end. */
  text: string
}

const MAX_LENGTH = 256 * 1024
const MAX_LINES = 10_000
const MAX_CONTINUED_LINES = 200
const OPENS: ReadonlySet<unknown> = new Set([LBrace, LParen, LSquare])
const CLOSES: ReadonlySet<unknown> = new Set([RBrace, RParen, RSquare])
const ASSIGNMENT = /^[A-Za-z_]\w*\s*=(?!=)/
const COMMENT = /\s#(\s.*)?$/
export const BULLET = /^[-*]\s+/

/** How many brackets are open after these tokens. */
function depthOf(tokens: readonly IToken[]): number {
  let depth = 0
  for (const { tokenType } of tokens) {
    if (OPENS.has(tokenType)) depth += 1
    else if (CLOSES.has(tokenType)) depth -= 1
  }
  return depth
}

/** `name = …` */
export const isAssignment = (text: string): boolean => ASSIGNMENT.test(text)

/** The word that a line begins with. */
export const firstWord = (text: string): string => /^[A-Za-z_]+/.exec(text)?.[0] ?? ''

/** The lines that are not empty or comments only. */
function physicalLines(text: string, places: Places): Line[] {
  if (text.length > MAX_LENGTH)
    throw places.error(0, `The strategy has ${text.length} characters; at most ${MAX_LENGTH} are allowed.`)
  const lines: Line[] = []
  let start = 0
  for (const raw of text.split('\n')) {
    const trimmed = raw.trim()
    if (trimmed !== '' && !trimmed.startsWith('#')) {
      const indentation = raw.length - raw.trimStart().length
      const tab = raw.slice(0, indentation).indexOf('\t')
      if (tab >= 0) throw places.error(start + tab, 'A tab indents this line.', 'Indent with spaces.')
      lines.push({ start: start + indentation, end: start + raw.trimEnd().length, indentation, text: trimmed })
    }
    start += raw.length + 1
  }
  if (lines.length > MAX_LINES)
    throw places.error(lines[MAX_LINES]!.start, `The strategy has more than ${MAX_LINES} lines.`)
  return lines
}

/** Where the brackets are closed that are open at the end of a line; its own place where they never are. */
function lastOf(lines: readonly Line[], first: number, text: string, places: Places): number {
  const line = lines[first]!
  const said = line.text.replace(BULLET, '')
  // Brackets in plain language need not be closed.
  const isExact = isAssignment(said) || STATEMENT_WORDS.has(firstWord(said))
  if (!isExact && !/[{[(]\s*(#.*)?$/.test(said)) return first
  let read = tokenize(text.slice(line.start, line.end))
  let last = first
  while (!read.problem && depthOf(read.tokens) > 0 && last + 1 < lines.length) {
    last += 1
    if (last - first > MAX_CONTINUED_LINES) {
      if (!isExact) return first
      throw places.error(line.start, `A bracket on this line is still open ${MAX_CONTINUED_LINES} lines below.`)
    }
    read = tokenize(text.slice(line.start, lines[last]!.end))
  }
  return isExact || (!read.problem && depthOf(read.tokens) <= 0) ? last : first
}

function withoutComment(text: string): string {
  const found = COMMENT.exec(text)
  if (!found) return text
  const before = text.slice(0, found.index)
  return (before.split('"').length - 1) % 2 === 0 ? before.trimEnd() : text
}

/**
 * Reads the lines of a strategy.
 *
 * @throws PatternError
 */
export function readLines(text: string, places: Places): Line[] {
  const physical = physicalLines(text, places)
  const lines: Line[] = []
  for (let index = 0; index < physical.length; index++) {
    const line = physical[index]!
    const last = lastOf(physical, index, text, places)
    const { end } = physical[last]!
    index = last
    lines.push({ ...line, end, text: withoutComment(text.slice(line.start, end)) })
  }
  return lines
}
