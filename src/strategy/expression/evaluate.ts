import { isMistake, suggestion } from '../../options/index.ts'
import { FORBIDDEN_NAMES } from '../forbidden.ts'
import { isTrue, textOf, type Json, type Scope } from '../json.ts'
import { ExpressionError, Unfit } from './errors.ts'
import { FUNCTIONS } from './functions/index.ts'
import { described } from './kinds.ts'
import { itemOf, memberOf } from './members.ts'
import { OPERATORS, signed } from './operators.ts'
import type { Node } from './tree.ts'
import type { Work } from './work.ts'

/** What a condition calls its item. */
interface Local {
  name: string
  value: Json
  outer: Local | undefined
}

/** What an expression is evaluated with. */
export interface EvaluationContext {
  text: string
  scope: Scope
  work: Work
}

/**
 * Evaluates a part of an expression.
 *
 * @throws ExpressionError, Overrun
 */
export function evaluateNode(node: Node, context: EvaluationContext, local?: Local): Json {
  const { work } = context
  work.add(1)
  const of = (part: Node): Json => evaluateNode(part, context, local)
  switch (node.kind) {
    case 'constant':
      return node.value
    case 'name':
      return named(node, context, local)
    case 'text':
      return textWith(node, of, context)
    case 'list':
      return node.items.map(of)
    case 'object':
      return objectOf(node, of, context)
    case 'choice':
      return of(isTrue(of(node.condition)) ? node.then : node.otherwise)
    case 'each':
      throw placed(
        new Unfit('a condition with an arrow is allowed in filter, map, any, all, find and sort only'),
        node,
        context,
      )
    case 'unary': {
      const operand = of(node.operand)
      if (node.operator === 'not') return !isTrue(operand)
      return tried(() => signed(node.operator as '-', operand), node, context)
    }
    case 'binary': {
      const left = of(node.left)
      // The first that decides.
      if (node.operator === 'or') return isTrue(left) ? left : of(node.right)
      if (node.operator === 'and') return isTrue(left) ? of(node.right) : left
      const right = of(node.right)
      return tried(() => work.made(OPERATORS[node.operator]!(left, right, work)), node, context)
    }
    case 'member': {
      const kept = gathered(node, context, local)
      if (kept !== undefined) return kept
      const value = of(node.of)
      return tried(() => memberOf(value, node.name, node.isNeeded), node, context)
    }
    case 'index': {
      const [value, index] = [of(node.of), of(node.index)]
      return tried(() => itemOf(value, index), node, context)
    }
    case 'call': {
      const { takes, body } = FUNCTIONS[node.name]!
      const given = node.given.map((part, nth) => {
        if (part.kind !== 'each') {
          const value = of(part)
          tried(() => takes.check(nth, value), part, context)
          return value
        }
        const { name } = part
        return (item: Json): Json => evaluateNode(part.body, context, { name, value: item, outer: local })
      })
      return tried(() => work.made(body(given as Json[], work)), node, context)
    }
    default:
      return node satisfies never
  }
}

function named(node: Extract<Node, { kind: 'name' }>, context: EvaluationContext, local: Local | undefined): Json {
  const { name } = node
  for (let each = local; each; each = each.outer) if (each.name === name) return each.value
  const { scope } = context
  if (Object.hasOwn(scope, name)) {
    const value = scope[name] ?? null
    if (typeof value === 'number' && !Number.isFinite(value))
      throw placed(new Unfit(`"${name}" is ${value}, which is not a number`, 'value'), node, context)
    return value
  }
  const names = Object.keys(scope)
  throw new ExpressionError(`There is no variable "${name}". ${suggestion(name, names)}`.trim(), {
    at: node.at,
    problem: 'name',
    unknown: !isMistake(name, names),
  })
}

/** What a gather has left beside its answers: `votes.missing` is kept as a variable of that name. */
function gathered(
  { of, name }: Extract<Node, { kind: 'member' }>,
  { scope }: EvaluationContext,
  local: Local | undefined,
): Json | undefined {
  if (of.kind !== 'name') return undefined
  for (let each = local; each; each = each.outer) if (each.name === of.name) return undefined
  const kept = `${of.name}.${name}`
  return Object.hasOwn(scope, kept) ? scope[kept] : undefined
}

function textWith(
  { parts }: Extract<Node, { kind: 'text' }>,
  of: (part: Node) => Json,
  { work }: EvaluationContext,
): Json {
  const [only, second] = parts
  if (typeof only === 'object' && second === undefined) return of(only)
  return work.made(parts.map((part) => (typeof part === 'string' ? part : textOf(of(part)))).join(''))
}

function objectOf(
  { entries }: Extract<Node, { kind: 'object' }>,
  of: (part: Node) => Json,
  context: EvaluationContext,
): Json {
  const made: Record<string, Json> = {}
  for (const { name: part, value } of entries) {
    const name = of(part)
    if (typeof name !== 'string' && typeof name !== 'number')
      throw placed(new Unfit(`the name of a member must be a text, not ${described(name)}`), part, context)
    if (FORBIDDEN_NAMES.has(String(name))) throw placed(new Unfit(`"${name}" cannot be a name`, 'name'), part, context)
    made[String(name)] = of(value)
  }
  return made
}

/** @throws ExpressionError with the place of a part, for what does not fit it */
function tried<Result extends Json | void>(make: () => Result, node: Node, context: EvaluationContext): Result {
  let value: Result
  try {
    value = make()
  } catch (error) {
    throw error instanceof Unfit ? placed(error, node, context) : error
  }
  if (typeof value === 'number' && !Number.isFinite(value))
    throw placed(new Unfit(`the result is ${value}, which is not a number`, 'value'), node, context)
  return value
}

/** Most letters of an expression that stand before what is wrong with it. */
const MAX_SHOWN = 60

// A value is not what is needed: a model may have said it otherwise.
function placed({ message, problem }: Unfit, { at }: Node, { text }: EvaluationContext): ExpressionError {
  const start = text.slice(0, MAX_SHOWN).replaceAll('\n', String.raw`\n`)
  return new ExpressionError(`${start}${text.length > MAX_SHOWN ? '…' : ''}: ${message}.`, {
    at,
    problem,
    unknown: problem !== 'name',
  })
}
