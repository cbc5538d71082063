import type { Expression as Parsed } from 'expr-eval-fork'
import { parseDuration } from '../clock/index.ts'
import { exprEval, whenNeeded } from '../packages/index.ts'
import { isMistake, suggestion } from '../options/index.ts'
import { fill, TemplateError } from './template.ts'
import { FUNCTIONS } from './functions.ts'
import { DurationToken, Identifier, Operator, Template, Text, tokenize, unquote } from './tokens.ts'
import { isTrue, textOf, type Json, type Scope } from './json.ts'

/** Thrown when an expression cannot be evaluated. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code = 'LONGHAUL_EXPRESSION'
  /** It names what there is not, and is not a mistake in the name of what there is: in a sketch, the model may know. */
  readonly unknown: boolean
  constructor(message: string, { unknown = false }: { unknown?: boolean } = {}) {
    super(message)
    this.unknown = unknown
  }
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

const isText = (value: Json): boolean => typeof value === 'string'
const isJoined = (value: Json): boolean => isText(value) || Array.isArray(value)

const parser = whenNeeded(() => {
  const { Parser } = exprEval()
  const made = new Parser({ operators: { in: true, assignment: false, fndef: false, factorial: false } })
  // Named operators and constants would take names away from variables.
  const internals = made as unknown as Record<'functions' | 'unaryOps' | 'consts', Record<string, unknown>>
  for (const name of Object.keys(internals.unaryOps))
    if (!['-', '+', 'not'].includes(name)) delete internals.unaryOps[name]
  internals.consts = { true: true, false: false }
  internals.functions = Object.assign(
    Object.create(null) as Record<string, unknown>,
    Object.fromEntries(Object.entries(FUNCTIONS).map(([name, body]) => [`f_${name}`, body])),
  )
  internals.functions['f_fill'] = (text: string, scope: Scope) => textOf(fill(text, scope))
  internals.functions['f_member'] = member
  const { binaryOps } = made as unknown as { binaryOps: Record<string, (a: Json, b: Json) => Json> }
  const [add, join] = [binaryOps['+']!, binaryOps['||']!]
  binaryOps['+'] = (a, b) => (isText(a) || isText(b) ? textOf(a) + textOf(b) : add(a, b))
  // Joins texts and lists; else the first of the two that is true.
  binaryOps['||'] = (a, b) => {
    if ((a ?? false) === false) return b
    return isJoined(a) || isJoined(b) ? join(a, b) : isTrue(a) ? a : b
  }
  return made
})

/** What stands behind a dot. An object gives null for what it does not have: a model may have left it out. */
function member(value: Json | undefined, name: string): Json {
  if (typeof value === 'string' || Array.isArray(value)) {
    if (name === 'length' || name === 'count') return value.length
    if (name === 'empty') return value.length === 0
    throw new Error(`there is no "${name}" in a ${typeof value === 'string' ? 'text' : 'list'}`)
  }
  if (typeof value !== 'object' || value === null)
    throw new Error(`there is no "${name}" in ${value === undefined || value === null ? 'nothing' : textOf(value)}`)
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, Json>>)[name]! : null
}

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
  const parts: string[] = []
  /** Where the operand begins that a dot or a bracket would belong to, within each bracket that is open. */
  const operands: (number | undefined)[] = []
  let operand: number | undefined
  const push = (part: string): void => {
    operand = parts.length
    parts.push(part)
  }
  const open = (bracket: string, begin: number): void => {
    if (operands.length >= MAX_NESTING)
      throw new ExpressionError(`its brackets are nested more than ${MAX_NESTING} deep`)
    operands.push(begin)
    parts.push(bracket)
    operand = undefined
  }
  for (let index = 0; index < tokens.length; index++) {
    const { image, tokenType } = tokens[index]!
    const next = tokens[index + 1]
    if (image === '(' || image === '[') open(image, operand ?? parts.length)
    else if (image === ')' || image === ']') {
      parts.push(image)
      operand = operands.pop()
    } else if (tokenType === Operator && image === '.' && operand !== undefined && next?.tokenType === Identifier) {
      index += 1
      const begin = operand
      if (tokens[index + 1]?.image === '(') {
        // A method is a function whose first argument stands in front.
        index += 1
        parts.splice(begin, 0, `f_${functionNamed(next.image)}(`)
        open(tokens[index + 1]?.image === ')' ? '' : ',', begin)
      } else {
        parts.splice(begin, 0, 'f_member(')
        parts.push(`, ${quoted(next.image)})`)
      }
    } else if (tokenType === DurationToken) push(String(parseDuration(image) / 1_000))
    else if (tokenType === Template) {
      const [name = '', ...members] = image.slice(2, -2).trim().split('.')
      names.add(name)
      push(members.reduce((value, each) => `f_member(${value}, ${quoted(each)})`, `v_${name}`))
    } else if (tokenType === Text) {
      const said = unquote(image)
      push(said.includes('{{') ? `f_fill(${quoted(said)}, v_scope__)` : quoted(said))
    } else if (WORDS.has(image)) {
      const word = WORDS.get(image)!
      if (word === 'v_null') names.add('null')
      push(word)
      if (['and', 'or', 'not', 'in'].includes(word)) operand = undefined
    } else if (tokenType !== Identifier) {
      push(image)
      if (tokenType === Operator) operand = undefined
    } else if (next?.image === '(') push(`f_${functionNamed(image)}`)
    else {
      names.add(image)
      push(`v_${image}`)
    }
  }
  return { text: parts.join(' '), names }
}

function functionNamed(name: string): string {
  if (Object.hasOwn(FUNCTIONS, name)) return name
  const functions = Object.keys(FUNCTIONS)
  throw new ExpressionError(`there is no function "${name}". ${suggestion(name, functions)}`.trim(), {
    unknown: !isMistake(name, functions),
  })
}

const known = new Map<string, Compiled>()

function compile(text: string): Compiled {
  const found = known.get(text)
  if (found) return found
  const { text: translated, names } = translate(text)
  let expression: Parsed
  try {
    expression = parser().parse(translated)
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
          throw new ExpressionError(`There is no variable "${name}". ${suggestion(name, Object.keys(scope))}`, {
            unknown: !isMistake(name, Object.keys(scope)),
          })
        else values[`v_${name}`] = scope[name]
      }
      values['v_scope__'] = scope
      let value: Json
      try {
        value = ((expression.evaluate(values as never) as unknown) ?? null) as Json
      } catch (error) {
        // A value is not what is needed: a model may have said it otherwise.
        const unknown = !(error instanceof TemplateError) || error.unknown
        throw new ExpressionError(`${text}: ${reason(error)}.`, { unknown })
      }
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new ExpressionError(`${text} gives no number.`, { unknown: true })
      return value
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

/** Why a text is no expression; nothing if it is one. `unknown` where it would be one if there were such a function. */
export function problemOfExpression(text: string): { message: string; unknown: boolean } | undefined {
  try {
    compile(text)
    return undefined
  } catch (error) {
    return {
      message: (error as Error).message.replace(/\.$/, ''),
      unknown: error instanceof ExpressionError && error.unknown,
    }
  }
}

/** The variables that an expression reads, and the functions that there are not. Nothing of a text that is no expression. */
export function namesIn(text: string): readonly string[] {
  try {
    return compile(text).names.filter((name) => name !== 'null')
  } catch (error) {
    const [, missing] = /there is no function "(\w+)"/.exec((error as Error).message) ?? []
    return missing === undefined ? [] : [missing]
  }
}

/**
 * Evaluates an expression. Nothing of the process can be reached from it.
 *
 * @throws ExpressionError
 */
export const evaluate = (text: string, scope: Scope): Json => compile(text).evaluate(scope)
