import type { IToken } from 'chevrotain'
import { BULLET, readLines } from './lines.ts'
import { outline, type Node } from './outline.ts'
import type { Places } from './places.ts'
import { readLine, type Reading } from './reading.ts'
import { made, type Fit } from './token-lists.ts'
import { Head, Indent, Newline, Outdent, Prose } from './tokens.ts'

/** A `name: value` in plain language, which says more of the line above. */
const ENTRY = /^(?:[a-z_]\w*|"[^"]*")\s*:(?:\s|$)/

/** The tokens of a strategy. */
export interface Layout {
  tokens: IToken[]
  /** Some lines are plain language: the strategy is a sketch, which a model fills in. */
  isSketch: boolean
}

/**
 * Reads a strategy into tokens. A line in plain language is one token. What is indented below it is its block, or, as lists and `name: value`
 * are, more of its text.
 *
 * @param fit whether tokens of a line are a statement
 * @throws PatternError
 */
export function readTokens(
  text: string,
  { places, strict, fit }: { places: Places; strict: boolean; fit: (tokens: readonly IToken[]) => Fit },
): Layout {
  const roots = outline(readLines(text, places), places)
  const readings = new Map<Node, Reading>()
  let isSketch = false

  const read = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      const reading = readLine(node, { text, places, fit })
      readings.set(node, reading)
      if (reading.kind === 'plain') isSketch = true
      if (!('whole' in reading && reading.whole)) read(node.children)
    }
  }
  read(roots)

  const isPlain = (node: Node): boolean => {
    const { kind } = readings.get(node)!
    return kind === 'plain' || (kind === 'either' && isSketch && !strict)
  }
  const hasStatement = (nodes: readonly Node[]): boolean =>
    nodes.some((node) => !isPlain(node) || hasStatement(node.children))
  const isDetail = (node: Node): boolean =>
    isPlain(node) && (BULLET.test(node.line.text) || ENTRY.test(node.line.text)) && !hasStatement(node.children)
  /** What is indented below a line in plain language: more of its text, and its block. */
  const parts = ({ line, children }: Node): { details: Node[]; block: Node[] } => {
    const opensBlock = line.text.endsWith(':') || hasStatement(children)
    if (!opensBlock) return { details: children, block: [] }
    return { details: children.filter(isDetail), block: children.filter((child) => !isDetail(child)) }
  }

  const tokens: IToken[] = []
  const write = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      const { line, misplaced, children } = node
      if (misplaced)
        throw places.error(
          line.start,
          'The indentation of this line matches no block.',
          `It has ${line.indentation - (roots[0]?.line.indentation ?? 0)} spaces; the surrounding blocks have ${misplaced.join(', ')}.`,
        )
      const reading = readings.get(node)!
      let block = children
      let { end } = line
      if (isPlain(node) || !('tokens' in reading)) {
        const { details, block: rest } = parts(node)
        block = rest
        const [type, said] = block.length > 0 ? [Head, sayingOf(node, details, STEP)] : [Prose, sayingOf(node, details)]
        tokens.push(made(type, line.start, said))
      } else {
        tokens.push(...reading.tokens)
        if (reading.whole) {
          block = []
          end = lastLine(node).end
        }
      }
      tokens.push(made(Newline, end))
      if (block.length === 0) continue
      tokens.push(made(Indent, block[0]!.line.start))
      write(block)
      tokens.push(made(Outdent, lastLine(node).end))
    }
  }
  write(roots)
  return { tokens, isSketch: isSketch && !strict }
}

const lastLine = ({ line, children }: Node): Node['line'] => (children.length > 0 ? lastLine(children.at(-1)!) : line)

const STEP = 2

/** A line in plain language, with the lines that say more of it; indented as they are, or by `step` spaces a level. */
function sayingOf({ line }: Node, details: readonly Node[], step?: number): string {
  const parts = [line.text]
  const add = (nodes: readonly Node[], level: number): void => {
    for (const node of nodes) {
      const spaces = step === undefined ? node.line.indentation - line.indentation : step * level
      parts.push(' '.repeat(Math.max(1, spaces)) + node.line.text)
      add(node.children, level + 1)
    }
  }
  add(details, 1)
  return parts.join('\n')
}
