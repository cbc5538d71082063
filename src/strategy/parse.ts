import type { IToken } from 'chevrotain'
import { nearest } from '../options/index.ts'
import { type PatternError } from './errors.ts'
import { FORMS } from './statements/index.ts'
import { strategyGrammar } from './grammar.ts'
import { GrammarError } from './grammar-error.ts'
import { readTokens } from './layout.ts'
import { Places, type SourceOrigin } from './places.ts'
import { Newline, Outdent } from './tokens.ts'
import type { Strategy } from './tree.ts'

/** Options of parsing a strategy. */
export interface StrategyOptions extends Partial<SourceOrigin> {
  /** Lines and conditions in plain language are errors. Default false. */
  strict?: boolean
}

/**
 * Parses the text of a strategy.
 *
 * @throws PatternError with file, line, column and a hint
 * @example
 * ```ts
 * parseStrategy('GATHER responses FROM agents WITH timeout: 15s').statements[0]?.kind // 'gather'
 * ```
 */
export function parseStrategy(
  text: string,
  { file = 'strategy', line = 1, indentation = 0, source = text, strict = false }: StrategyOptions = {},
): Strategy {
  const places = new Places(text, { file, line, indentation, source })
  const grammar = strategyGrammar()
  grammar.places = places
  grammar.strict = strict
  const { tokens, isSketch } = readTokens(text, { places, strict, fit: (line) => grammar.fit(line) })
  grammar.unknown.length = 0
  grammar.input = tokens
  let strategy: Strategy
  try {
    strategy = grammar.strategy()
    const [unknown] = grammar.unknown
    if (unknown && !isSketch && grammar.errors.length === 0) throw unknown
  } catch (error) {
    if (error instanceof GrammarError) throw places.error(error.offset, error.message, error.hint)
    throw error
  }
  const [problem] = grammar.errors
  if (problem) throw misfit(tokens, problem.token, places, text)
  return isSketch ? { ...strategy, isSketch } : strategy
}

const NO_BLOCK = 'The block below this line is missing, or not indented.'
const INNER_WORDS = ['FROM', 'WITH', 'IN', 'TO', 'AS', 'INTO', 'OR']

/** What stands where it should not, and how the statement is written. */
function misfit(tokens: readonly IToken[], found: IToken, places: Places, text: string): PatternError {
  const end = tokens.indexOf(found)
  const index = end < 0 ? tokens.length : end
  let first = index
  while (first > 0 && tokens[first - 1]!.tokenType !== Newline && tokens[first - 1]!.image !== '') first -= 1
  const word = tokens[first]?.image ?? ''
  const form = FORMS[word] ?? (/^\w+$/.test(word) ? FORMS['SET'] : undefined)
  const isEnd = end < 0
  const offset = isEnd ? text.length : found.startOffset
  if (found.image === 'ELSE' || found.image === 'ELIF')
    return places.error(
      offset,
      `This ${found.image} has no IF.`,
      'Write it below an IF block, with the same indentation.',
    )
  if (found.image === 'ON')
    return places.error(
      offset,
      'This ON failure guards no statement.',
      'Write it below the statement that it guards, with the same indentation.',
    )
  const hint = form && `The form is: ${form}`
  const before = tokens[index - 1]
  if (before?.tokenType === Newline && tokens[index - 2]?.image === ':')
    return isEnd || found.tokenType === Outdent
      ? places.error(before.startOffset, NO_BLOCK, 'Indent the lines of the block.')
      : places.error(offset, 'The line above needs a block here.', 'Indent the lines of the block.')
  if (found.image === '=')
    return places.error(offset, '"=" is not allowed here.', `To compare, write ==. ${hint ?? ''}`.trim())
  if (found.tokenType === Newline || found.image === '') {
    const problem =
      found.tokenType.name === 'Indent'
        ? 'This line is indented, but the line above does not start a block.'
        : before?.image === ':'
          ? NO_BLOCK
          : 'The line ends too early.'
    return places.error(offset, problem, hint)
  }
  const meant = /^[A-Za-z]/.test(found.image) ? nearest(found.image, INNER_WORDS) : undefined
  return places.error(
    offset,
    `"${found.image.slice(0, 60)}" is not allowed here.`,
    [meant && `Did you mean "${meant}"?`, hint].filter(Boolean).join(' ') || undefined,
  )
}
