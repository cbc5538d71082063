import { Parser } from 'expr-eval-fork'
import { parseDuration } from '../clock/index.ts'
import { suggestion } from './errors.ts'
import { fill } from './template.ts'
import { FUNCTIONS } from './functions.ts'
import { DurationToken, Identifier, Operator, Template, Text, tokenize, unquote } from './tokens.ts'
import { textOf, type Json, type Scope } from './json.ts'

/** Thrown when an expression cannot be evaluated. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code = 'LONGHAUL_EXPRESSION'
}

interface Compiled {
  evaluate(scope: Scope): Json
  /** The names that the expression reads. */
  names: readonly string[]
}

const MAX_LENGTH = 10_000
const MAX_NESTING = 100
const REMEMBERED = 2_000
const WORDS: ReadonlyMap<string, string> = new Map([
  ...['and', 'or', 'not', 'in'].flatMap((word): [string, string][] => [
    [word, word],
    [word.toUpperCase(), word],
  ]),
  ...['true', 'false'].flatMap((word): [string, string][] => [
    [word, word],
    [`${word[0]!.toUpperCase()}${word.slice(1)}`, word],
  ]),
  ['null', 'v_null'],
  ['None', 'v_null'],
])

const parser = new Parser({ operators: { in: true, assignment: false, fndef: false, factorial: false } })
// Named operators and constants would take names away from variables.
const internals = parser as unknown as Record<'functions' | 'unaryOps' | 'consts', Record<string, unknown>>
for (const name of Object.keys(internals.unaryOps))
  if (!['-', '+', 'not'].includes(name)) delete internals.unaryOps[name]
internals.consts = { true: true, false: false }
internals.functions = Object.assign(
  Object.create(null) as Record<string, unknown>,
  Object.fromEntries(Object.entries(FUNCTIONS).map(([name, body]) => [`f_${name}`, body])),
)

internals.functions['f_fill'] = (text: string, scope: Scope) => textOf(fill(text, scope))

const quoted = (text: string): string => JSON.stringify(text).replaceAll(/[\u2028\u2029]/g, '')

/**
 * Translates into the words of the expression library: variables and functions get prefixes, so that none is hidden by
 * the library's own names; durations become seconds; `{{name}}` becomes the variable.
 */
function translate(text: string): { text: string; names: Set<string> } {
  if (text.length > MAX_LENGTH) throw new ExpressionError(`it has more than ${MAX_LENGTH} characters`)
  const { tokens, problem } = tokenize(text)
  if (problem) throw new ExpressionError(`${JSON.stringify(problem.text)} means nothing in an expression`)
  const names = new Set<string>()
  let depth = 0
  const parts = tokens.map((token, index) => {
    const { image, tokenType } = token
    if (image === '(' || image === '[') depth += 1
    if (image === ')' || image === ']') depth -= 1
    if (depth > MAX_NESTING) throw new ExpressionError(`its brackets are nested more than ${MAX_NESTING} deep`)
    if (tokenType === DurationToken) return String(parseDuration(image) / 1_000)
    if (tokenType === Template) {
      const path = image.slice(2, -2).trim()
      names.add(path.split('.')[0]!)
      return `v_${path}`
    }
    if (tokenType === Text) {
      const said = unquote(image)
      return said.includes('{{') ? `f_fill(${quoted(said)}, v_scope__)` : quoted(said)
    }
    const word = WORDS.get(image)
    if (word) {
      if (word === 'v_null') names.add('null')
      return word
    }
    if (tokenType !== Identifier) return image
    const before = tokens[index - 1]
    if (before?.tokenType === Operator && before.image === '.') return image
    if (tokens[index + 1]?.image === '(') {
      if (!Object.hasOwn(FUNCTIONS, image))
        throw new ExpressionError(
          `there is no function "${image}". ${suggestion(image, Object.keys(FUNCTIONS))}`.trim(),
        )
      return `f_${image}`
    }
    names.add(image)
    return `v_${image}`
  })
  return { text: parts.join(' '), names }
}

const known = new Map<string, Compiled>()

function compile(text: string): Compiled {
  const found = known.get(text)
  if (found) return found
  const { text: translated, names } = translate(text)
  let expression: ReturnType<Parser['parse']>
  try {
    expression = parser.parse(translated)
  } catch (error) {
    throw new ExpressionError(reason(error))
  }
  const compiled: Compiled = {
    names: [...names],
    evaluate(scope) {
      const values: Record<string, unknown> = Object.create(null)
      for (const name of names) {
        if (name === 'null') values['v_null'] = null
        else if (!Object.hasOwn(scope, name))
          throw new ExpressionError(`There is no variable "${name}". ${suggestion(name, Object.keys(scope))}`)
        else values[`v_${name}`] = scope[name]
      }
      values['v_scope__'] = scope
      try {
        return ((expression.evaluate(values as never) as unknown) ?? null) as Json
      } catch (error) {
        throw new ExpressionError(`${text}: ${reason(error)}.`)
      }
    },
  }
  if (known.size >= REMEMBERED) known.delete(known.keys().next().value!)
  known.set(text, compiled)
  return compiled
}

/** What the library says, in the words of the language. */
const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replaceAll(/parse error \[\d+:\d+\]: /g, '')
    .replaceAll(/\b[vf]_(\w+)/g, '$1')
    .replace(/Cannot read properties of (null|undefined) \(reading '(.*)'\)/, 'there is no "$2" in nothing')
    .replace(/\.$/, '')

/** Why a text is no expression; nothing if it is one. */
export function problemOfExpression(text: string): string | undefined {
  try {
    compile(text)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/\.$/, '')
  }
}

/**
 * Evaluates an expression. Nothing of the process can be reached from it.
 *
 * @throws ExpressionError
 */
export const evaluate = (text: string, scope: Scope): Json => compile(text).evaluate(scope)
