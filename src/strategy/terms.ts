import type { IToken } from 'chevrotain'
import { problemOfExpression } from './expression.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import { FORMS } from './forms.ts'
import { Refusal } from './refusal.ts'
import { Identifier, NumberToken, Operator } from './tokens.ts'
import type { Condition, Expression } from './tree.ts'

/** Joins tokens with single spaces where there was a space. */
function textOf(tokens: readonly IToken[]): string {
  let text = ''
  let end = -1
  for (const token of tokens) {
    text += (end >= 0 && token.startOffset > end ? ' ' : '') + token.image
    end = token.startOffset + token.image.length
  }
  return text
}

/** Words only: nothing that an expression would have. */
const PLAIN_LANGUAGE = /^[A-Za-z_][\w'’-]*( [\w'’-]+)+$/
const EXPRESSION_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in'])
const COMPARES_BADLY = /[^=!<>]=[^=]/

/** @param unknown is told of a function that there is not, which a model may know; else it is refused */
export const expressionOf = (tokens: readonly IToken[], unknown?: (refusal: Refusal) => void): Expression => {
  const text = textOf(tokens)
  const found = problemOfExpression(text)
  if (found === undefined) return { kind: 'expression', text }
  const { message: problem } = found
  if (found.unknown && unknown) {
    unknown(new Refusal(tokens[0]!, `"${text}" is no expression: ${problem.replace(/([^.?])$/, '$1.')}`))
    return { kind: 'expression', text }
  }
  const hint = COMPARES_BADLY.test(text)
    ? 'To compare, write ==.'
    : PLAIN_LANGUAGE.test(text)
      ? 'A text stands in quotes.'
      : undefined
  throw new Refusal(tokens[0]!, `"${text}" is no expression: ${problem.replace(/([^.?])$/, '$1.')}`, hint)
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
export const durationOf = (tokens: readonly IToken[], unknown?: (refusal: Refusal) => void): Expression => {
  const unit = tokens.length > 1 && UNITS.find(([pattern]) => pattern.test(tokens.at(-1)!.image))
  if (!unit) return expressionOf(tokens, unknown)
  const before = tokens.slice(0, -1)
  const [, suffix, factor] = unit
  if (before.length === 1 && before[0]!.tokenType === NumberToken && /^[\d.]+$/.test(before[0]!.image))
    return { kind: 'expression', text: before[0]!.image + suffix }
  return { kind: 'expression', text: `(${expressionOf(before, unknown).text}) ${factor}` }
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

/** What IF asks: an expression, or a question in words. @param strict words are a mistake */
export function conditionOf(
  tokens: readonly IToken[],
  { strict, unknown }: { strict: boolean; unknown: (refusal: Refusal) => void },
): Condition {
  const text = textOf(tokens)
  const isPlain = PLAIN_LANGUAGE.test(text) || isSentence(tokens)
  if (!strict && isPlain && problemOfExpression(text)?.unknown === false) return { kind: 'judgement', text }
  return expressionOf(tokens, unknown)
}

/** The name of a list's item: `each step`, `every_round`. */
const EACH = /^(?:each|every|all)(?=[ _])[ _]?(.*)$/i

/** The item that a loop is about, where it says each, and what it goes over, where it says in what. */
export function eachOf(
  words: readonly IToken[],
  { strict, unknown }: { strict: boolean; unknown: (refusal: Refusal) => void },
): { name: string; text: string; over: Expression | undefined } {
  const at = words.findIndex(({ image }) => image === 'in' || image === 'of')
  const over = at > 0 && at === words.length - 2 ? expressionOf(words.slice(at + 1), unknown) : undefined
  const text = textOf(words)
  const name = EACH.exec(textOf(over ? words.slice(0, at) : words))?.[1]
    ?.split(' ')
    .at(-1)
  if ((strict && !over) || name === undefined || name === '' || FORBIDDEN_NAMES.has(name))
    throw new Refusal(
      words[0]!,
      `FOR ${text}: does not say over what.`,
      `The form is: ${FORMS['FOR']}, or FOR each step: where a list "steps" or the orchestrating agent says which.`,
    )
  return { name, text, over }
}
