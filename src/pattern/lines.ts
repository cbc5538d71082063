import { createTokenInstance, type IToken } from 'chevrotain'
import { nearest, PatternError, type Place } from './errors.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import {
  Colon,
  Comma,
  Identifier,
  Indent,
  LBrace,
  LParen,
  LSquare,
  Newline,
  Operator,
  Outdent,
  Prose,
  RBrace,
  RParen,
  RSquare,
  STATEMENT_WORDS,
  Text,
  tokenize,
} from './tokens.ts'

/** Where the text of a strategy stands in its file. */
export interface SourceOrigin {
  file: string
  /** The line of the file on which the text begins, from 1. */
  line: number
  /** How many columns of the file stand before the text. */
  indentation: number
  /** The whole file, to show the line that is wrong. */
  source?: string
}

const MAX_LENGTH = 256 * 1024
const MAX_LINES = 10_000
const MAX_DEPTH = 50
const MAX_CONTINUED_LINES = 200

/** Finds the place in the file of an offset in the text. */
export class Places {
  readonly #starts: number[] = [0]
  readonly #origin: SourceOrigin

  constructor(text: string, origin: SourceOrigin) {
    this.#origin = origin
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  at(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    const { file, line, indentation } = this.#origin
    return { file, line: line + low, column: offset - this.#starts[low]! + 1 + indentation }
  }

  error(offset: number, problem: string, hint?: string): PatternError {
    const { source } = this.#origin
    return new PatternError(problem, this.at(offset), {
      ...(hint && { hint }),
      ...(source !== undefined && { source }),
    })
  }
}

interface Line {
  start: number
  end: number
  indentation: number
  text: string
}

const ASSIGNMENT = /^[A-Za-z_]\w*\s*=(?!=)/
const OPENS: ReadonlySet<unknown> = new Set([LBrace, LParen, LSquare])
const CLOSES: ReadonlySet<unknown> = new Set([RBrace, RParen, RSquare])

/** The lines that are not empty or comments only. */
function readLines(text: string, places: Places): Line[] {
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

/** Whether a line is a statement of the language, and not plain language. Throws where a keyword seems misspelt. */
function isStatement(line: Line, places: Places): boolean {
  if (ASSIGNMENT.test(line.text)) return true
  const [word = ''] = /^[A-Za-z_]+/.exec(line.text) ?? []
  if (STATEMENT_WORDS.has(word)) return true
  if (/^ON\s+failure\s*:/.test(line.text)) return true
  if (word !== word.toUpperCase() || word.length < 3) return false
  const meant = nearest(word, STATEMENT_WORDS)
  if (meant)
    throw places.error(
      line.start,
      `There is no statement "${word}".`,
      `Did you mean "${meant}"? If the line is plain language for the model, begin it with another word.`,
    )
  return false
}

/** How many brackets are open after these tokens. */
function depthOf(tokens: readonly IToken[]): number {
  let depth = 0
  for (const { tokenType } of tokens) {
    if (OPENS.has(tokenType)) depth += 1
    else if (CLOSES.has(tokenType)) depth -= 1
  }
  return depth
}

function made(type: typeof Newline, at: number, image = ''): IToken {
  return createTokenInstance(type, image, at, at + image.length, 1, 1, 1, 1)
}

/** In an object, the end of a line separates entries as a comma does. */
function withCommas(tokens: readonly IToken[], text: string, places: Places): IToken[] {
  const result: IToken[] = []
  const open: unknown[] = []
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]
    const startsEntry =
      open.at(-1) === LBrace &&
      (token.tokenType === Identifier || token.tokenType === Text || /^[A-Z]+$/.test(token.image)) &&
      tokens[index + 1]?.tokenType === Colon
    if (
      startsEntry &&
      before &&
      before.tokenType !== Comma &&
      before.tokenType !== LBrace &&
      before.tokenType !== Operator
    ) {
      const gap = text.slice(before.startOffset + before.image.length, token.startOffset)
      if (gap.includes('\n')) result.push(made(Comma, token.startOffset, ','))
    }
    if (OPENS.has(token.tokenType)) {
      open.push(token.tokenType)
      if (open.length > MAX_DEPTH)
        throw places.error(token.startOffset, `Brackets are nested more than ${MAX_DEPTH} deep.`)
    } else if (CLOSES.has(token.tokenType)) open.pop()
    result.push(token)
  }
  return result
}

/**
 * Reads a strategy into tokens: a line in plain language is one token, with all that is indented below it.
 *
 * @throws PatternError
 */
export function readTokens(text: string, places: Places): IToken[] {
  const lines = readLines(text, places)
  const tokens: IToken[] = []
  const indentations = [0]
  const base = lines[0]?.indentation ?? 0
  const indentTo = (line: Line): void => {
    const depth = line.indentation - base
    if (depth > indentations.at(-1)!) {
      indentations.push(depth)
      if (indentations.length > MAX_DEPTH)
        throw places.error(line.start, `Blocks are nested more than ${MAX_DEPTH} deep.`)
      tokens.push(made(Indent, line.start))
      return
    }
    while (depth < indentations.at(-1)!) {
      indentations.pop()
      tokens.push(made(Outdent, line.start))
    }
    if (depth !== indentations.at(-1))
      throw places.error(
        line.start,
        'The indentation of this line fits no block.',
        `It has ${depth} spaces; the blocks around it have ${indentations.join(', ')}.`,
      )
  }

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!
    indentTo(line)
    if (!isStatement(line, places)) {
      const parts = [line.text]
      while (lines[index + 1] && lines[index + 1]!.indentation > line.indentation) {
        index += 1
        const child = lines[index]!
        parts.push(' '.repeat(child.indentation - line.indentation) + child.text)
      }
      tokens.push(made(Prose, line.start, parts.join('\n')), made(Newline, lines[index]!.end))
      continue
    }
    let { end } = line
    let read = tokenize(text.slice(line.start, end))
    const first = index
    while (!read.problem && depthOf(read.tokens) > 0 && index + 1 < lines.length) {
      index += 1
      if (index - first > MAX_CONTINUED_LINES)
        throw places.error(line.start, `A bracket on this line is still open ${MAX_CONTINUED_LINES} lines below.`)
      end = lines[index]!.end
      read = tokenize(text.slice(line.start, end))
    }
    if (read.problem) throw unreadable(line.start + read.problem.offset, read.problem.text, places)
    for (const token of read.tokens) {
      token.startOffset += line.start
      if (FORBIDDEN_NAMES.has(token.image)) throw places.error(token.startOffset, `"${token.image}" cannot be a name.`)
    }
    tokens.push(...withCommas(read.tokens, text, places), made(Newline, end))
  }
  while (indentations.pop()! > 0) tokens.push(made(Outdent, text.length))
  return tokens
}

function unreadable(offset: number, found: string, places: Places): PatternError {
  const quote = found[0] === '"' || found[0] === "'"
  const shown = JSON.stringify(found.slice(0, 20))
  return quote
    ? places.error(offset, 'This text has no end.', `Close it with ${found[0]} on the same line.`)
    : places.error(offset, `${shown} means nothing here.`, 'Texts stand in quotes, such as "round over".')
}
