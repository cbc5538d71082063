import type { Json, Scope } from '../json.ts'
import { ExpressionError } from './errors.ts'
import { evaluateNode } from './evaluate.ts'
import { FUNCTIONS } from './functions/index.ts'
import { readExpression, readTemplate } from './read.ts'
import { partsOf, type Node } from './tree.ts'
import { Work } from './work.ts'

export { ExpressionError } from './errors.ts'
export { kindOf, shown } from './kinds.ts'
export { Overrun, tooBig, Work } from './work.ts'
export type { Kind } from './kinds.ts'

const REMEMBERED = 2_000

/** Remembers what was read of the newest texts. */
function remembering(read: (text: string) => Node): (text: string) => Node {
  const known = new Map<string, Node>()
  return (text) => {
    const found = known.get(text)
    if (found) return found
    const node = read(text)
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value!)
    known.set(text, node)
    return node
  }
}

const compiled = remembering(readExpression)
const compiledTemplate = remembering(readTemplate)

/**
 * Evaluates an expression. Nothing of the process can be reached from it.
 *
 * @throws ExpressionError; Overrun where it takes more work than may be done
 */
export const evaluate = (text: string, scope: Scope, work: Work = new Work()): Json =>
  evaluateNode(compiled(text), { text, scope, work })

/**
 * Puts values in place of the `{{…}}` of a text. One that is nothing but such a hole has its value, type and all.
 *
 * @throws ExpressionError; Overrun
 */
export const evaluateTemplate = (text: string, scope: Scope, work: Work = new Work()): Json =>
  evaluateNode(compiledTemplate(text), { text, scope, work })

/** Why a text is no expression; nothing if it is one. `unknown` where it would be one if there were such a function. */
export function problemOfExpression(text: string): ExpressionError | undefined {
  try {
    compiled(text)
    return undefined
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
}

/** A name that an expression reads, and where it stands in the text, from 0. */
export interface Read {
  name: string
  at: number
}

/** The variables that an expression reads. Nothing of a text that is no expression. */
export const readsOf = (text: string): readonly Read[] => readsIn(() => compiled(text))

/** … and the `{{…}}` of a text. */
export const readsOfTemplate = (text: string): readonly Read[] => readsIn(() => compiledTemplate(text))

function readsIn(read: () => Node): readonly Read[] {
  const found: Read[] = []
  const walk = (node: Node, bound: ReadonlySet<string>): void => {
    if (node.kind === 'name' && !bound.has(node.name)) found.push({ name: node.name, at: node.at })
    const inner = node.kind === 'each' ? new Set([...bound, node.name]) : bound
    for (const part of partsOf(node)) walk(part, inner)
  }
  try {
    walk(read(), new Set())
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
  }
  return found
}

/** The variables that an expression reads, and the functions that there are not. */
export function namesIn(text: string): readonly string[] {
  const missing = problemOfExpression(text)
  if (missing?.problem === 'name')
    return [/there is no function "(\w+)"/.exec(missing.message)?.[1] ?? ''].filter(Boolean)
  return [...new Set(readsOf(text).map(({ name }) => name))]
}

/** What an expression is before anything runs; nothing where that depends on variables or chance. */
export function constantOf(text: string): { value: Json } | undefined {
  try {
    return isConstant(compiled(text)) ? { value: evaluate(text, {}, new Work(CONSTANT_WORK)) } : undefined
  } catch {
    return undefined
  }
}

/** More than this is not done before anything runs. */
const CONSTANT_WORK = 10_000

const isConstant = (node: Node): boolean =>
  node.kind !== 'name' && (node.kind !== 'call' || FUNCTIONS[node.name]!.isPure) && partsOf(node).every(isConstant)

/** What is wrong with an expression whatever the variables are: an operator or a function is given a value of the wrong type. */
export const mistakeIn = (text: string): ExpressionError | undefined => mistake(text, compiled)

/** … with the `{{…}}` of a text. */
export const mistakeInTemplate = (text: string): ExpressionError | undefined => mistake(text, compiledTemplate)

function mistake(text: string, read: (text: string) => Node): ExpressionError | undefined {
  const look = (node: Node): ExpressionError | undefined => {
    for (const part of partsOf(node)) {
      const found = look(part)
      if (found) return found
    }
    if (!isConstant(node) || node.kind === 'each') return undefined
    try {
      evaluateNode(node, { text, scope: {}, work: new Work(CONSTANT_WORK) })
    } catch (error) {
      if (error instanceof ExpressionError && error.problem === 'type') return error
    }
    return undefined
  }
  try {
    return look(read(text))
  } catch (error) {
    if (error instanceof ExpressionError) return error.problem === 'name' && error.unknown ? undefined : error
    throw error
  }
}
