import type { IToken } from 'chevrotain'
import { parseDuration } from '../../clock/index.ts'
import { isMistake, suggestion } from '../../options/index.ts'
import { FORBIDDEN_NAMES } from '../forbidden.ts'
import type { Json } from '../json.ts'
import {
  Arrow,
  Colon,
  Comma,
  DurationToken,
  Identifier,
  LBrace,
  LParen,
  LSquare,
  NumberToken,
  RBrace,
  RParen,
  RSquare,
  Template,
  Text,
  tokenize,
  unquote,
} from '../tokens.ts'
import { ExpressionError } from './errors.ts'
import { FUNCTIONS } from './functions/index.ts'
import { holesIn } from './holes.ts'
import type { Node } from './tree.ts'

const MAX_LENGTH = 10_000
const MAX_NESTING = 100
/** Operators, members and items of one expression: each is evaluated within the next. */
const MAX_OPERATORS = 1_500

/** Words that are written in two ways, and operators that are called otherwise elsewhere. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['||', 'or'],
  ['NOT', 'not'],
  ['IN', 'in'],
])
const VALUES: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
])

/** What binds how tightly, from the loosest; `not` stands between `and` and the comparisons, a sign above `*`. */
const BINDING: Readonly<Record<string, number>> = {
  or: 2,
  and: 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  in: 5,
  'not in': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
  '^': 9,
}
const CHOICE = 1
const NOT = 4
const SIGN = 8

/**
 * Reads an expression.
 *
 * @param offset where the text begins within the one that errors speak of
 * @throws ExpressionError
 */
export function readExpression(text: string, offset = 0): Node {
  if (text.length > MAX_LENGTH)
    throw new ExpressionError(`the expression has more than ${MAX_LENGTH} characters`, { at: offset })
  const { tokens, problem } = tokenize(text)
  if (problem)
    throw new ExpressionError(`${JSON.stringify(problem.text.slice(0, 40))} has no meaning in an expression`, {
      at: offset + problem.offset,
    })
  return new Reader(tokens, text.length, offset).whole()
}

/** Reads tokens by how tightly operators bind. */
class Reader {
  readonly #tokens: readonly IToken[]
  readonly #end: number
  readonly #offset: number
  #next = 0
  #depth = 0
  #operators = 0

  constructor(tokens: readonly IToken[], end: number, offset: number) {
    this.#tokens = tokens
    this.#end = end
    this.#offset = offset
  }

  whole(): Node {
    const node = this.#expression(0)
    if (this.#next < this.#tokens.length) throw this.#unexpected()
    return node
  }

  get #token(): IToken | undefined {
    return this.#tokens[this.#next]
  }

  /** The word or operator that comes next, as it is called here. */
  #word(ahead = 0): string {
    const token = this.#tokens[this.#next + ahead]
    if (!token || token.tokenType === Text) return ''
    return WORDS.get(token.image) ?? token.image
  }

  #at(token = this.#token): number {
    return this.#offset + (token?.startOffset ?? this.#end)
  }

  #unexpected(): ExpressionError {
    const token = this.#token
    const before = this.#tokens[this.#next - 1]
    const problem = !token
      ? 'the expression ends too early'
      : token.image === '='
        ? '"=" assigns a value; to compare, write "=="'
        : before && isOperand(before) && isOperand(token)
          ? `an operator is missing before "${token.image.slice(0, 40)}"`
          : `"${token.image.slice(0, 40)}" is not allowed here`
    // Words without operators between them are told where they begin.
    const isMissing = problem.startsWith('an operator')
    return new ExpressionError(problem, { at: isMissing ? this.#at(this.#tokens[0]) : this.#at() })
  }

  /** Counts an operator, a member or an item. */
  #count(): void {
    this.#operators += 1
    if (this.#operators > MAX_OPERATORS)
      throw new ExpressionError(`the expression has more than ${MAX_OPERATORS} operators`, { at: this.#at() })
  }

  #expect(type: unknown): IToken {
    const token = this.#token
    if (token?.tokenType !== type) throw this.#unexpected()
    this.#next += 1
    return token!
  }

  #expression(least: number): Node {
    this.#depth += 1
    if (this.#depth > MAX_NESTING)
      throw new ExpressionError(`the expression is nested more than ${MAX_NESTING} deep`, { at: this.#at() })
    let left = this.#prefix()
    for (;;) {
      const word = this.#word()
      if (word === '?' && least <= CHOICE) {
        this.#count()
        this.#next += 1
        const then = this.#expression(CHOICE)
        this.#expect(Colon)
        left = { kind: 'choice', at: left.at, condition: left, then, otherwise: this.#expression(CHOICE) }
        continue
      }
      const operator = word === 'not' && this.#word(1) === 'in' ? 'not in' : word
      const binding = Object.hasOwn(BINDING, operator) ? BINDING[operator]! : undefined
      if (binding === undefined || binding < least) break
      const at = this.#at()
      this.#count()
      this.#next += operator === 'not in' ? 2 : 1
      // 2 ^ 3 ^ 2 is 2 ^ 9; all others go from the left.
      const right = this.#expression(operator === '^' ? SIGN : binding + 1)
      left = { kind: 'binary', at, operator, left, right }
    }
    this.#depth -= 1
    return left
  }

  #prefix(): Node {
    const word = this.#word()
    const at = this.#at()
    if (word === 'not') {
      this.#next += 1
      return { kind: 'unary', at, operator: 'not', operand: this.#expression(NOT) }
    }
    if (word === '-' || word === '+') {
      this.#next += 1
      const operand = this.#expression(SIGN)
      if (word === '-' && operand.kind === 'constant' && typeof operand.value === 'number')
        return { kind: 'constant', at, value: -operand.value }
      return { kind: 'unary', at, operator: word, operand }
    }
    return this.#behind(this.#operand())
  }

  /** What stands behind a value: members, items, and functions that are written as methods. */
  #behind(first: Node): Node {
    let node = first
    for (;;) {
      const at = this.#at()
      if (this.#word() === '.') {
        this.#count()
        this.#next += 1
        const token = this.#token
        const isName = token && (token.tokenType === Identifier || /^[A-Z]+$/.test(token.image))
        if (!isName) throw this.#unexpected()
        this.#next += 1
        if (this.#token?.tokenType === LParen) node = this.#call(token, [node])
        else if (FORBIDDEN_NAMES.has(token.image))
          throw new ExpressionError(`"${token.image}" cannot be a name`, { at: this.#at(token) })
        else node = { kind: 'member', at: this.#at(token), of: node, name: token.image }
      } else if (this.#token?.tokenType === LSquare) {
        this.#count()
        this.#next += 1
        const index = this.#expression(0)
        this.#expect(RSquare)
        node = { kind: 'index', at, of: node, index }
      } else return node
    }
  }

  #operand(): Node {
    const token = this.#token
    if (!token) throw this.#unexpected()
    const { tokenType, image } = token
    const at = this.#at()
    this.#next += 1
    switch (tokenType) {
      case LParen: {
        const node = this.#expression(0)
        this.#expect(RParen)
        return node
      }
      case LSquare:
        return { kind: 'list', at, items: this.#items(RSquare, () => this.#expression(0)) }
      case LBrace:
        return { kind: 'object', at, entries: this.#entries() }
      case NumberToken:
        return { kind: 'constant', at, value: this.#finite(Number(image), token) }
      case DurationToken:
        return { kind: 'constant', at, value: this.#finite(parseDuration(image) / 1_000, token) }
      case Text:
        return this.#text(image, at)
      case Template:
        return readHole(image, at)
      default:
    }
    const word = WORDS.get(image) ?? image
    if (VALUES.has(image)) return { kind: 'constant', at, value: VALUES.get(image)! }
    if (tokenType !== Identifier || ['and', 'or', 'not', 'in'].includes(word)) {
      this.#next -= 1
      throw this.#unexpected()
    }
    if (this.#token?.tokenType === LParen) return this.#call(token, [])
    if (FORBIDDEN_NAMES.has(image)) throw new ExpressionError(`"${image}" cannot be a name`, { at })
    return { kind: 'name', at, name: image }
  }

  #finite(value: number, token: IToken): number {
    if (Number.isFinite(value)) return value
    throw new ExpressionError(`${token.image.slice(0, 40)} is too large for a number`, { at: this.#at(token) })
  }

  #text(image: string, at: number): Node {
    const said = unquote(image)
    if (!said.includes('{{')) return { kind: 'constant', at, value: said }
    // Places are exact where no letter before is escaped.
    return { kind: 'text', at, parts: textParts(said, at + 1) }
  }

  /** What stands between commas up to a closing bracket; a comma before the bracket says nothing. */
  #items<Item>(close: unknown, one: (nth: number) => Item): Item[] {
    const items: Item[] = []
    while (this.#token?.tokenType !== close) {
      items.push(one(items.length))
      if (this.#token?.tokenType === close) break
      this.#expect(Comma)
    }
    this.#next += 1
    return items
  }

  #entries(): { name: Node; value: Node }[] {
    const seen = new Set<Json>()
    return this.#items(RBrace, () => {
      const entry = this.#entry()
      const { name } = entry
      if (name.kind === 'constant' && seen.has(name.value))
        throw new ExpressionError(`the object contains the name "${String(name.value)}" twice`, { at: name.at })
      if (name.kind === 'constant') seen.add(name.value)
      return entry
    })
  }

  #entry(): { name: Node; value: Node } {
    const token = this.#token
    const at = this.#at()
    if (!token) throw this.#unexpected()
    this.#next += 1
    if (token.tokenType === LSquare) {
      const name = this.#expression(0)
      this.#expect(RSquare)
      this.#expect(Colon)
      return { name, value: this.#expression(0) }
    }
    const isWord = token.tokenType === Identifier || /^[A-Z]+$/.test(token.image)
    if (!isWord && token.tokenType !== Text && token.tokenType !== NumberToken) {
      this.#next -= 1
      throw this.#unexpected()
    }
    const name: Node =
      token.tokenType === Text ? this.#text(token.image, at) : { kind: 'constant', at, value: token.image }
    if (name.kind === 'constant' && FORBIDDEN_NAMES.has(String(name.value)))
      throw new ExpressionError(`"${String(name.value)}" cannot be a name`, { at })
    // `{ round }` is `{ round: round }`.
    if (token.tokenType === Identifier && this.#token?.tokenType !== Colon)
      return { name, value: { kind: 'name', at, name: token.image } }
    this.#expect(Colon)
    return { name, value: this.#expression(0) }
  }

  #call(token: IToken, before: readonly Node[]): Node {
    const { image: name } = token
    const at = this.#at(token)
    this.#expect(LParen)
    const known = Object.keys(FUNCTIONS)
    if (!Object.hasOwn(FUNCTIONS, name))
      throw new ExpressionError(`there is no function "${name}". ${suggestion(name, known)}`.trim(), {
        at,
        problem: 'name',
        unknown: !isMistake(name, known),
      })
    const { takes } = FUNCTIONS[name]!
    const given = [
      ...before,
      ...this.#items(RParen, (nth) => (takes.isEach(nth + before.length) ? this.#each() : this.#expression(0))),
    ]
    const problem = takes.problemOfCount(given.length)
    if (problem !== undefined) throw new ExpressionError(problem, { at, problem: 'type' })
    return { kind: 'call', at, name, given }
  }

  /** `bid -> bid.price < 5`, or `it.price < 5`. */
  #each(): Node {
    const token = this.#token
    const at = this.#at()
    if (token?.tokenType === Identifier && this.#tokens[this.#next + 1]?.tokenType === Arrow) {
      this.#next += 2
      return { kind: 'each', at, name: token.image, body: this.#expression(0) }
    }
    return { kind: 'each', at, name: 'it', body: this.#expression(0) }
  }
}

const OPERANDS: ReadonlySet<unknown> = new Set([Identifier, NumberToken, DurationToken, Text, Template])
const isOperand = ({ tokenType, image }: IToken): boolean =>
  OPERANDS.has(tokenType) && !WORDS.has(image) && !['and', 'or', 'not', 'in'].includes(image)

/** The parts of a text: what stands between its `{{…}}`, and these. */
const textParts = (text: string, at: number): (string | Node)[] =>
  holesIn(text).map((part) => (part.isHole ? strict(readHole(part.text, at + part.at)) : part.text))

/** A text is not to say "null" where there is no such member. */
const strict = (node: Node): Node => (node.kind === 'member' ? { ...node, of: strict(node.of), isNeeded: true } : node)

/** A text with `{{…}}` in it. */
export const readTemplate = (text: string): Node => ({ kind: 'text', at: 0, parts: textParts(text, 0) })

/** What stands between `{{` and `}}`. */
function readHole(image: string, at: number): Node {
  const inner = image.slice(2, -2)
  try {
    return readExpression(inner, at + 2)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new ExpressionError(`${image.slice(0, 60)}: ${error.message}`, {
      at: error.at,
      problem: error.problem,
      unknown: error.problem !== 'name' || error.unknown,
    })
  }
}
