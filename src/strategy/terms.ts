import type { IToken } from 'chevrotain'
import { problemOfExpression } from './expression/index.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import { locate, type Pieces, type Places } from './places.ts'
import { GrammarError } from './grammar-error.ts'
import { Identifier, Operator } from './tokens.ts'
import type { Condition, Expression } from './tree.ts'

/** What terms are read with. */
export interface TermOptions {
  places: Places
  /** Words are a mistake. */
  strict: boolean
  /** Is told of what a model may know; without it, that is refused. */
  unknown?: ((refusal: GrammarError) => void) | undefined
}

/** Joins tokens with single spaces where there was a space. */
function joined(tokens: readonly IToken[]): { text: string; pieces: Pieces } {
  let text = ''
  let end = -1
  const pieces: [number, number][] = []
  for (const token of tokens) {
    text += end >= 0 && token.startOffset > end ? ' ' : ''
    pieces.push([text.length, token.startOffset])
    text += token.image
    end = token.startOffset + token.image.length
  }
  return { text, pieces }
}

/** Words only: nothing that an expression would have. */
const PLAIN_LANGUAGE = /^[A-Za-z_][\w'’-]*( [\w'’-]+)+$/
const EXPRESSION_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in'])

export const expressionOf = (tokens: readonly IToken[], { places, unknown }: TermOptions): Expression => {
  const { text, pieces } = joined(tokens)
  const expression: Expression = { kind: 'expression', text }
  locate(expression, places, pieces)
  const found = problemOfExpression(text)
  if (found === undefined) return expression
  const refuse = (hint?: string): GrammarError => {
    const [within, offset] = pieces.findLast(([each]) => each <= found.at) ?? pieces[0]!
    const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
    const at = offset + Math.max(0, found.at - within)
    return new GrammarError(
      { startOffset: at },
      `"${shown}" is not a valid expression: ${found.message.replace(/([^.?])$/, '$1.')}`,
      hint,
    )
  }
  if (found.unknown && unknown) {
    unknown(refuse())
    return expression
  }
  throw refuse(PLAIN_LANGUAGE.test(text) ? 'Write texts in quotes.' : undefined)
}

/** Units of time in words: as a suffix of a number, and as a factor for seconds. */
const UNITS: readonly [pattern: RegExp, suffix: string, factor: string][] = [
  [/^(ms|milliseconds?)$/i, 'ms', '/ 1000'],
  [/^(s|secs?|seconds?)$/i, 's', '* 1'],
  [/^(m|mins?|minutes?)$/i, 'm', '* 60'],
  [/^(h|hours?)$/i, 'h', '* 3600'],
  [/^(d|days?)$/i, 'd', '* 86400'],
]

/** `2 seconds` is `2s`, and `n minutes` is `(n) * 60`. */
export const durationOf = (tokens: readonly IToken[], options: TermOptions): Expression => {
  const unit = tokens.length > 1 && UNITS.find(([pattern]) => pattern.test(tokens.at(-1)!.image))
  if (!unit) return expressionOf(tokens, options)
  const before = tokens.slice(0, -1)
  const [, suffix, factor] = unit
  const isNumber = before.length === 1 && /^\d[\d.]*$/.test(before[0]!.image)
  const expression: Expression = {
    kind: 'expression',
    text: isNumber ? before[0]!.image + suffix : `(${expressionOf(before, options).text}) ${factor}`,
  }
  const { pieces } = joined(before)
  locate(expression, options.places, isNumber ? pieces : pieces.map(([within, offset]) => [within + 1, offset]))
  return expression
}

/** Two words next to each other, and nothing that reckons or compares. */
function isSentence(tokens: readonly IToken[]): boolean {
  const isWord = (token: IToken | undefined): boolean =>
    token?.tokenType === Identifier && !EXPRESSION_WORDS.has(token.image.toLowerCase())
  return (
    tokens.some((token, index) => isWord(token) && isWord(tokens[index + 1])) &&
    tokens.every(({ tokenType, image }) => tokenType !== Operator || image === '.')
  )
}

/** What IF asks: an expression, or a question in words. */
export function conditionOf(tokens: readonly IToken[], options: TermOptions): Condition {
  const { text, pieces } = joined(tokens)
  const isPlain = PLAIN_LANGUAGE.test(text) || isSentence(tokens)
  if (options.strict || !isPlain || problemOfExpression(text)?.unknown !== false) return expressionOf(tokens, options)
  const condition: Condition = { kind: 'judgement', text }
  locate(condition, options.places, pieces)
  return condition
}

/** The name of a list's item: `each step`, `every_round`. */
const EACH = /^(?:each|every|all)(?=[ _])[ _]?(.*)$/i

/** The item that a loop is about, where it says each, and what it goes over, where it says in what. */
export function eachOf(
  words: readonly IToken[],
  options: TermOptions,
): { name: string; text: string; over: Expression | undefined } {
  const at = words.findIndex(({ image }) => image === 'in' || image === 'of')
  const over = at > 0 && at === words.length - 2 ? expressionOf(words.slice(at + 1), options) : undefined
  const { text } = joined(words)
  const name = EACH.exec(joined(over ? words.slice(0, at) : words).text)?.[1]
    ?.split(' ')
    .at(-1)
  if ((options.strict && !over) || name === undefined || name === '' || FORBIDDEN_NAMES.has(name))
    throw new GrammarError(
      words[0]!,
      `FOR ${text}: names no list.`,
      'The form is: FOR round IN 1..10:, or FOR each step:, with a variable "steps" or with items that the orchestrating agent lists.',
    )
  return { name, text, over }
}
