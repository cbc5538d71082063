import type { IToken } from 'chevrotain'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import { BULLET } from './lines.ts'
import type { Node } from './outline.ts'
import { depthAfter, made } from './token-lists.ts'
import { Colon, Comma, Identifier, Keyword, LBrace, LSquare, RBrace, RSquare, Text, tokenize } from './tokens.ts'

/** Where a block stands. */
interface BlockPlace {
  text: string
  /** The end of the line above it. */
  end: number
}

/** Tokens of an object or a list whose entries stand on lines of their own, as in YAML; nothing where a line is no entry. */
export function blockValue(nodes: readonly Node[], { text, end }: BlockPlace): IToken[] | undefined {
  if (nodes.length === 0) return undefined
  const isList = nodes.every(({ line }) => BULLET.test(line.text))
  const values: IToken[] = []
  for (const node of nodes) {
    const entry = isList ? item(node, text) : pair(node, text)
    if (!entry) return undefined
    if (values.length > 0) values.push(made(Comma, node.line.start, ','))
    values.push(...entry)
  }
  return isList
    ? [made(LSquare, end, '['), ...values, made(RSquare, end, ']')]
    : [made(LBrace, end, '{'), ...values, made(RBrace, end, '}')]
}

/** `- value` */
function item({ line, children }: Node, text: string): IToken[] | undefined {
  if (children.length > 0) return undefined
  const skip = BULLET.exec(line.text)![0].length
  return read(text, line.start + skip, line.end)
}

/** `name: value`, or `name:` with a block of its own. */
function pair({ line, children, misplaced }: Node, text: string): IToken[] | undefined {
  const tokens = read(text, line.start, line.end)
  const [name, colon] = tokens ?? []
  const isName = name && (name.tokenType === Identifier || name.tokenType === Text || isKeyword(name))
  if (!tokens || !isName || misplaced || colon?.tokenType !== Colon || depthAfter(tokens) !== 0) return undefined
  if (children.length === 0) return tokens.length > 2 ? tokens : undefined
  const value = tokens.length === 2 ? blockValue(children, { text, end: line.end }) : undefined
  return value && [...tokens, ...value]
}

const isKeyword = ({ tokenType }: IToken): boolean => tokenType.CATEGORIES?.includes(Keyword) ?? false

function read(text: string, start: number, end: number): IToken[] | undefined {
  const { tokens, problem } = tokenize(text.slice(start, end))
  if (problem) return undefined
  for (const token of tokens) token.startOffset += start
  return tokens.length > 0 && !tokens.some(({ image }) => FORBIDDEN_NAMES.has(image)) ? tokens : undefined
}
