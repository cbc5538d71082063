import type { IToken } from 'chevrotain'
import leven from 'leven'
import { nearest } from '../options/index.ts'
import { PatternError } from './errors.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import { BULLET, firstWord, isAssignment } from './lines.ts'
import { blockValue } from './mapping.ts'
import type { Node } from './outline.ts'
import type { Places } from './places.ts'
import {
  Colon,
  Comma,
  Equals,
  Identifier,
  K,
  Keyword,
  LBrace,
  Operator,
  RBrace,
  RSquare,
  SPOKEN_WORDS,
  STATEMENT_WORDS,
  Text,
  TIMID_WORDS,
  tokenize,
} from './tokens.ts'
import { depthAfter, made, type Fit } from './token-lists.ts'

/** What a line is. */
export type Reading =
  /** `tokens` have what is indented below it where `whole` is true. */
  | { kind: 'statement'; tokens: IToken[]; whole: boolean }
  | { kind: 'plain' }
  /** Begins as a statement and goes on in plain language: in a sketch it is plain language, else a mistake. */
  | { kind: 'either'; tokens: IToken[]; whole: boolean }

/** What lines are read with. */
export interface ReadingOptions {
  text: string
  places: Places
  /** Whether tokens of a line are a statement of the grammar. */
  fit: (tokens: readonly IToken[]) => Fit
}

/** So many words next to each other are a sentence. */
const WORDS_OF_A_SENTENCE = 3
const INNER_WORDS = ['FROM', 'WITH', 'INTO']
const MAX_NESTING = 50
const FAILURES = ['failure', 'error', 'timeout']

/**
 * Says whether a line is a statement or plain language.
 *
 * @throws PatternError where a keyword seems misspelt
 */
export function readLine(node: Node, options: ReadingOptions): Reading {
  const { line } = node
  const word = firstWord(line.text)
  const bullet = BULLET.exec(line.text)?.[0]
  if (bullet !== undefined) {
    // One that is a statement is a step of the list.
    const read = STATEMENT_WORDS.has(firstWord(line.text.slice(bullet.length)))
      ? candidate(node, options, bullet.length)
      : undefined
    return read && 'tokens' in read && options.fit(read.tokens) !== 'no'
      ? { kind: 'statement', ...read }
      : { kind: 'plain' }
  }
  if (word === 'ON') return readHandler(node, options)
  const isSet = isAssignment(line.text)
  if (!isSet && !STATEMENT_WORDS.has(word)) {
    misspelt(node, word, options)
    return { kind: 'plain' }
  }
  const read = candidate(node, options)
  if ('tokens' in read && options.fit(read.tokens) !== 'no') return { kind: 'statement', ...read }
  // What ends in a colon is a condition of its block, with a mistake.
  const rest = line.text.slice(word.length).trimStart()
  // What goes on as a statement does is one, with a mistake.
  const isExact = rest.startsWith('{') || isAssignment(rest)
  const isSaid =
    (TIMID_WORDS.has(word) && !isExact) || ((word === 'WHEN' || word === 'CASE') && !line.text.endsWith(':'))
  if (!isSet && isSaid) return { kind: 'plain' }
  const own = isSet ? undefined : SPOKEN_WORDS.get(word)
  const sentence = own && sentenceIn(node, options)
  if (own && sentence && !hasTrouble(sentence, own, node, options)) {
    if (wordsInARow(sentence) >= WORDS_OF_A_SENTENCE) return { kind: 'plain' }
    return { kind: 'either', tokens: 'tokens' in read ? read.tokens : sentence, whole: false }
  }
  if ('problem' in read) throw read.problem
  return { kind: 'statement', ...read }
}

/** `ON failure:` belongs to the statement above; another ON is a condition, as WHEN is. */
function readHandler(node: Node, options: ReadingOptions): Reading {
  const read = candidate(node, options)
  if (!('tokens' in read)) return { kind: 'plain' }
  const [on, what] = read.tokens
  const third = read.tokens[2]
  // Without its colon it is a mistake, and no sentence.
  if (what?.image === 'failure' && (!third || third.tokenType === Colon)) return { kind: 'statement', ...read }
  if (what && third?.tokenType === Colon) {
    const meant = FAILURES.includes(what.image) || nearest(what.image, FAILURES) !== undefined
    if (meant)
      throw options.places.error(
        what.startOffset,
        `There is no handler for "${what.image}".`,
        'The form is: ON failure:. Inside the block, failure.kind is the kind of the failure.',
      )
  }
  const condition = [made(K.WHEN, on!.startOffset, 'WHEN'), ...read.tokens.slice(1)]
  return options.fit(condition) !== 'no'
    ? { kind: 'statement', tokens: condition, whole: read.whole }
    : { kind: 'plain' }
}

/** The tokens of a line as a statement, or why it has none. */
function candidate(
  node: Node,
  { text, places, fit }: ReadingOptions,
  skip = 0,
): { tokens: IToken[]; whole: boolean } | { problem: PatternError } {
  const { start, end } = node.line
  const { tokens: found, problem } = tokenize(text.slice(start + skip, end))
  if (problem) return { problem: unreadable(start + skip + problem.offset, problem.text, places) }
  for (const token of found) {
    token.startOffset += start + skip
    if (FORBIDDEN_NAMES.has(token.image))
      return { problem: places.error(token.startOffset, `"${token.image}" cannot be a name.`) }
  }
  const tokens = withCommas(found, text, places)
  const takesValue =
    tokens.at(-1)?.tokenType === Colon &&
    [-2, -3].some((at) => tokens.at(at)?.tokenType === K.WITH || (at === -3 && tokens.at(at)?.tokenType === Comma))
  const value = takesValue ? blockValue(node.children, { text, end }) : undefined
  if (value) {
    // `WITH:` and `WITH name:` take what is indented below as a value.
    const head = tokens.at(-2)?.tokenType === K.WITH ? tokens.slice(0, -1) : tokens
    const whole = [...head, ...value]
    if (fit(whole) === 'yes') return { tokens: whole, whole: true }
  }
  return { tokens, whole: false }
}

/** The tokens of a line that may be a sentence: an apostrophe within a word begins no text. */
function sentenceIn({ line: { start, end } }: Node, { text }: ReadingOptions): IToken[] | undefined {
  const { tokens, problem } = tokenize(text.slice(start, end).replaceAll(/(?<=\w)['’](?=\w)/g, '_'))
  for (const token of tokens) token.startOffset += start
  return problem ? undefined : tokens
}

/** Whether a line that begins with a keyword is a statement with a mistake rather than a sentence. */
function hasTrouble(
  tokens: readonly IToken[],
  own: readonly string[],
  { children }: Node,
  { fit }: ReadingOptions,
): boolean {
  const [first, second, ...rest] = tokens
  const inner = rest.filter(({ tokenType }) => tokenType.CATEGORIES?.includes(Keyword))
  if (tokens.length < 2 || depthAfter(tokens) !== 0) return true
  if (tokens.some(({ tokenType }) => tokenType === Equals)) return true
  if (inner.some(({ image }) => own.includes(image))) return true
  const mistyped = ({ image, tokenType }: IToken): boolean =>
    tokenType === Identifier && /^[A-Z]{3,5}$/.test(image) && nearest(image, INNER_WORDS) !== undefined
  if (rest.some(mistyped)) return true
  const isHead = tokens.at(-1)!.tokenType === Colon
  // A text in quotes is what a statement is about.
  if (second!.tokenType === Text && first!.tokenType !== K.ASSERT && inner.every(({ image }) => image === 'WITH'))
    return true
  const plainly = tokens.slice(0, -1)
  if (isHead && first!.tokenType !== K.ASSERT && hasMoreThanWords(plainly) && fit(plainly) !== 'no') return true
  // One word alone is a statement that ends too early.
  return tokens.length === 2 || (isHead && children.length === 0)
}

/** How many words stand next to each other. */
function wordsInARow(tokens: readonly IToken[]): number {
  let most = 0
  let row = 0
  for (const { tokenType, image } of tokens.slice(1)) {
    row = tokenType === Identifier && image !== image.toUpperCase() ? row + 1 : 0
    most = Math.max(most, row)
  }
  return most
}

/** Words that others are taken for: those that only some lines begin with are not among them. */
const EXACT_WORDS: ReadonlySet<string> = new Set(
  [...STATEMENT_WORDS].filter((word) => !TIMID_WORDS.has(word) && word !== 'WHEN' && word !== 'CASE'),
)

/** Throws where a line would be a statement if its first word were spelt as a keyword. */
function misspelt(node: Node, word: string, options: ReadingOptions): void {
  const { places, text, fit } = options
  const { start } = node.line
  const capitals = word.toUpperCase()
  const isLower = word !== capitals && STATEMENT_WORDS.has(capitals)
  const meant = isLower ? capitals : word === capitals && word.length >= 3 ? nearest(word, EXACT_WORDS) : undefined
  if (meant === undefined) return
  const { tokens } = tokenize(`${meant}${text.slice(start + word.length, node.line.end)}`)
  // Another word is no slip, unless the rest leaves no doubt.
  const isSlipped = !isLower && isSlip(word, meant)
  const isOther = !isLower && !isSlipped && word.length === meant.length && leven(word, meant) > 1
  if (isOther || (!isSlipped && !hasMoreThanWords(tokens))) return
  if (fit(tokens) === 'no') return
  throw places.error(
    start,
    `There is no statement "${word}".`,
    isLower
      ? `Statements are written in capitals: ${meant}. If the line is plain language for the model, start the line with another word.`
      : `Did you mean "${meant}"? If the line is plain language for the model, start the line with another word.`,
  )
}

/** Whether a letter was left out or doubled, or two have changed places: GATHR, but not OMIT for EMIT. */
function isSlip(word: string, meant: string): boolean {
  const sorted = (text: string): string => [...text].toSorted().join('')
  return Math.abs(word.length - meant.length) === 1 ? leven(word, meant) === 1 : sorted(word) === sorted(meant)
}

const hasMoreThanWords = (tokens: readonly IToken[]): boolean =>
  tokens.length === 1 || tokens.slice(1).some(({ tokenType }) => tokenType !== Identifier)

/** In an object, the end of a line separates entries as a comma does; a comma before the end of brackets says nothing. */
function withCommas(tokens: readonly IToken[], text: string, places: Places): IToken[] {
  const result: IToken[] = []
  const open: unknown[] = []
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]
    const next = tokens[index + 1]
    const startsEntry =
      open.at(-1) === LBrace &&
      (token.tokenType === Identifier || token.tokenType === Text || /^[A-Z]+$/.test(token.image)) &&
      next?.tokenType === Colon
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
    if (['{', '[', '('].includes(token.image)) {
      open.push(token.tokenType)
      if (open.length > MAX_NESTING)
        throw places.error(token.startOffset, `Brackets are nested more than ${MAX_NESTING} deep.`)
    } else if (['}', ']', ')'].includes(token.image)) open.pop()
    if (token.tokenType === Comma && (next?.tokenType === RBrace || next?.tokenType === RSquare)) continue
    result.push(token)
  }
  return result
}

function unreadable(offset: number, found: string, places: Places): PatternError {
  const quote = found[0] === '"' || found[0] === "'"
  const shown = JSON.stringify(found.slice(0, 20))
  const word = { '&': 'and', '!': 'not' }[found[0]!]
  if (word) return places.error(offset, `${shown} has no meaning here.`, `Write "${word}".`)
  return quote
    ? places.error(offset, 'This text has no closing quote.', `Close it with ${found[0]} on the same line.`)
    : places.error(offset, `${shown} has no meaning here.`, 'Write texts in quotes, such as "round over".')
}
