import type { Places } from './places.ts'
import { depthAfter } from './token-lists.ts'
import { STATEMENT_WORDS, tokenize } from './tokens.ts'

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
const MAX_CONTINUED_LINES = 1_000
/** Of one line, and of one statement over several. */
const MAX_LINE = 100_000
const COMMENT = /\s#(\s.*)?$/
export const BULLET = /^[-*]\s+/

/** `name = …`, also `name[key].member = …` */
export function isAssignment(text: string): boolean {
  let at = /^[A-Za-z_]\w*/.exec(text)?.[0].length ?? 0
  if (at === 0) return false
  for (;;) {
    while (text[at] === ' ') at += 1
    if (text[at] === '=') return text[at + 1] !== '='
    if (text[at] === '[') {
      const end = closingOf(text, at)
      if (end === undefined) return false
      at = end + 1
    } else if (text[at] === '.' && /[A-Za-z_]/.test(text[at + 1] ?? '')) {
      at += 1
      while (/\w/.test(text[at] ?? '')) at += 1
    } else return false
  }
}

/** Where the bracket is closed that opens at a place of the line. */
function closingOf(text: string, from: number): number | undefined {
  let depth = 0
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '[') depth += 1
    else if (text[at] === ']') depth -= 1
    if (depth === 0) return at
  }
  return undefined
}

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
      if (trimmed.length > MAX_LINE)
        throw places.error(
          start + indentation,
          `This line has ${trimmed.length} characters; at most ${MAX_LINE} are allowed.`,
        )
      lines.push({ start: start + indentation, end: start + raw.trimEnd().length, indentation, text: trimmed })
    }
    start += raw.length + 1
  }
  if (lines.length > MAX_LINES)
    throw places.error(lines[MAX_LINES]!.start, `The strategy has more than ${MAX_LINES} lines.`)
  return lines
}

/** Reads each line once, however many begin above it. */
class Depths {
  readonly #known = new Map<number, { depth: number; isReadable: boolean }>()
  readonly #text: string
  readonly #lines: readonly Line[]

  constructor(text: string, lines: readonly Line[]) {
    this.#text = text
    this.#lines = lines
  }

  /** How many brackets a line opens, and whether its tokens are ones. No token goes over the end of a line. */
  of(index: number): { depth: number; isReadable: boolean } {
    const found = this.#known.get(index)
    if (found) return found
    const { start, end } = this.#lines[index]!
    const { tokens, problem } = tokenize(this.#text.slice(start, end))
    const read = { depth: depthAfter(tokens), isReadable: problem === undefined }
    this.#known.set(index, read)
    return read
  }
}

/** Where the brackets are closed that are open at the end of a line; its own place where they never are. */
function lastOf(lines: readonly Line[], first: number, depths: Depths, places: Places): number {
  const line = lines[first]!
  const said = line.text.replace(BULLET, '')
  // Brackets in plain language need not be closed.
  const isExact = isAssignment(said) || STATEMENT_WORDS.has(firstWord(said))
  if (!isExact && !/[{[(]\s*(#.*)?$/.test(said)) return first
  let { depth, isReadable } = depths.of(first)
  let last = first
  while (isReadable && depth > 0 && last + 1 < lines.length) {
    last += 1
    const isTooLong = lines[last]!.end - line.start > MAX_LINE
    if (isTooLong || last - first > MAX_CONTINUED_LINES) {
      if (!isExact) return first
      throw places.error(
        line.start,
        isTooLong
          ? `A bracket on this line is not closed within ${MAX_LINE} characters.`
          : `A bracket on this line is not closed within ${MAX_CONTINUED_LINES} lines.`,
      )
    }
    const next = depths.of(last)
    depth += next.depth
    isReadable = next.isReadable
  }
  return isExact || (isReadable && depth <= 0) ? last : first
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
  const depths = new Depths(text, physical)
  const lines: Line[] = []
  for (let index = 0; index < physical.length; index++) {
    const line = physical[index]!
    const last = lastOf(physical, index, depths, places)
    const { end } = physical[last]!
    index = last
    lines.push({ ...line, end, text: withoutComment(text.slice(line.start, end)) })
  }
  return lines
}
