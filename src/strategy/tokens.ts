import type { IToken, TokenType } from 'chevrotain'
import { chevrotain, whenNeeded } from '../packages/index.ts'

// The types of tokens are plain data, which the lexer completes when it is made.

/** Stands for every token that may be part of an expression outside of brackets. */
export const Atom: TokenType = { name: 'Atom' }
/** Stands for every keyword. */
export const Keyword: TokenType = { name: 'Keyword' }

export const Identifier: TokenType = { name: 'Identifier', PATTERN: /[A-Za-z_]\w*/, CATEGORIES: [Atom] }

const KEYWORDS = [
  'GATHER',
  'FROM',
  'WITH',
  'FOREACH',
  'FOR',
  'IN',
  'WHILE',
  'BREAK',
  'CONTINUE',
  'IF',
  'ELIF',
  'ELSE',
  'WHEN',
  'AWAIT',
  'AS',
  'COLLECT',
  'INTO',
  'PROCESS',
  'SET',
  'SPAWN',
  'TERMINATE',
  'SEND',
  'TO',
  'BROADCAST',
  'EMIT',
  'WAIT',
  'PAUSE',
  'OR',
  'PARALLEL',
  'RETRY',
  'TRY',
  'ON',
  'CHECKPOINT',
  'RETURN',
  'CALL',
  'LOG',
  'ASSERT',
  'TRACK',
  'QUERY',
  'AGGREGATE',
  'COORDINATE',
] as const
export type KeywordName = (typeof KEYWORDS)[number]

/** Verbs that say the same as SET where `name =` stands behind them. */
const VERBS = ['CALCULATE', 'COMPUTE', 'DEFINE', 'DETERMINE', 'GENERATE', 'SELECT', 'UPDATE'] as const
/** Other words for a keyword. */
const SYNONYMS: Partial<Record<KeywordName, readonly string[]>> = {
  SET: VERBS,
  ELIF: ['ELSIF', 'ELSEIF'],
  WHEN: ['CASE'],
}

/** One token type a keyword. */
export const K = Object.fromEntries(
  KEYWORDS.map((name) => {
    const words = [name, ...(SYNONYMS[name] ?? [])]
    return [
      name,
      {
        name,
        PATTERN: words.length === 1 ? name : new RegExp(words.join('|')),
        LONGER_ALT: Identifier,
        CATEGORIES: [Keyword],
        LABEL: name,
      },
    ]
  }),
) as Record<KeywordName, TokenType>

/** Keywords that stand only within a statement. */
const INNER_WORDS: ReadonlySet<string> = new Set<KeywordName>(['FROM', 'WITH', 'IN', 'AS', 'INTO', 'TO', 'OR', 'ON'])

/** Words with which a statement may begin. */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set([
  ...KEYWORDS.filter((name) => !INNER_WORDS.has(name)),
  ...Object.values(SYNONYMS).flat(),
])
/** Words that begin a statement only where the rest fits it: else the line is plain language. */
export const TIMID_WORDS: ReadonlySet<string> = new Set([...VERBS, 'TRACK', 'QUERY', 'AGGREGATE', 'COORDINATE'])
/** Words of the language that are also said to a model, with the words by which their statement is known. */
export const SPOKEN_WORDS: ReadonlyMap<string, readonly KeywordName[]> = new Map<string, readonly KeywordName[]>([
  ['ASSERT', []],
  ['BROADCAST', ['TO']],
  ['CHECKPOINT', []],
  ['COLLECT', ['INTO']],
  ['EMIT', []],
  ['GATHER', ['FROM']],
  ['PARALLEL', []],
  ['PAUSE', []],
  ['PROCESS', ['AS']],
  ['RETRY', []],
  ['SEND', ['TO']],
  ['SET', []],
  ['SPAWN', ['AS']],
  ['TERMINATE', []],
  ['WAIT', []],
])

/** A word with an apostrophe, which stands in sentences alone: `don't`, `team’s`. */
const Contraction: TokenType = {
  name: 'Contraction',
  PATTERN: /[A-Za-z_]\w*['’](?:t|s|re|ve|ll|d|m)(?![\w'’])/,
  CATEGORIES: [Atom],
  LABEL: 'a word with an apostrophe',
}

export const Template: TokenType = { name: 'Template', PATTERN: /\{\{[^{}\n]+\}\}/, CATEGORIES: [Atom] }
export const DurationToken: TokenType = {
  name: 'Duration',
  PATTERN: /(?:\d+(?:\.\d+)?(?:ms|[smhd]))+(?![A-Za-z0-9_])/,
  CATEGORIES: [Atom],
}
export const NumberToken: TokenType = {
  name: 'Number',
  PATTERN: /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/,
  CATEGORIES: [Atom],
}
export const Text: TokenType = {
  name: 'Text',
  PATTERN: /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'/,
  CATEGORIES: [Atom],
}
/** A quote that nothing closes, to the end of its line: read once, and not again from each of its letters. */
const OpenText: TokenType = { name: 'OpenText', PATTERN: /"[^\n]*|'[^\n]*/ }
/** `bid -> bid.price < 5` */
export const Arrow: TokenType = { name: 'Arrow', PATTERN: '->', CATEGORIES: [Atom], LABEL: '"->"' }
export const RangeDots: TokenType = { name: 'RangeDots', PATTERN: '..', LABEL: '".."' }
export const Equals: TokenType = { name: 'Equals', PATTERN: /=(?!=)/, LABEL: '"="' }
export const Operator: TokenType = {
  name: 'Operator',
  PATTERN: /==|!=|>=|<=|\|\||[-+*/%^<>?.]/,
  CATEGORIES: [Atom],
}
export const LBrace: TokenType = { name: 'LBrace', PATTERN: '{', LABEL: '"{"' }
export const RBrace: TokenType = { name: 'RBrace', PATTERN: '}', LABEL: '"}"' }
export const LSquare: TokenType = { name: 'LSquare', PATTERN: '[', LABEL: '"["' }
export const RSquare: TokenType = { name: 'RSquare', PATTERN: ']', LABEL: '"]"' }
export const LParen: TokenType = { name: 'LParen', PATTERN: '(', LABEL: '"("' }
export const RParen: TokenType = { name: 'RParen', PATTERN: ')', LABEL: '")"' }
export const Comma: TokenType = { name: 'Comma', PATTERN: ',', LABEL: '","' }
export const Colon: TokenType = { name: 'Colon', PATTERN: ':', LABEL: '":"' }

/** Made by the line reader, never by the lexer. */
export const Prose: TokenType = { name: 'Prose', LABEL: 'a line in plain language' }
/** One that has a block. */
export const Head: TokenType = { name: 'Head', LABEL: 'a line in plain language with a block' }
export const Newline: TokenType = { name: 'Newline', LABEL: 'the end of the line' }
export const Indent: TokenType = { name: 'Indent', LABEL: 'an indented block' }
export const Outdent: TokenType = { name: 'Outdent', LABEL: 'the end of the block' }

const longest = (name: KeywordName): number => Math.max(...[name, ...(SYNONYMS[name] ?? [])].map((word) => word.length))
const LEXED: readonly TokenType[] = [
  Template,
  Contraction,
  // The longer first: INTO is not IN, and ELSEIF not ELSE.
  ...KEYWORDS.toSorted((a, b) => longest(b) - longest(a)).map((name) => K[name]),
  Identifier,
  DurationToken,
  NumberToken,
  Text,
  OpenText,
  Arrow,
  RangeDots,
  Equals,
  Operator,
  LBrace,
  RBrace,
  LSquare,
  RSquare,
  LParen,
  RParen,
  Comma,
  Colon,
]

const NEVER_LEXED: readonly TokenType[] = [Atom, Keyword, Prose, Head, Newline, Indent, Outdent]

const lexer = whenNeeded(() => {
  const { createToken, Lexer } = chevrotain()
  for (const type of NEVER_LEXED) type.PATTERN = Lexer.NA
  const skipped = [
    createToken({ name: 'WhiteSpace', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true }),
    createToken({ name: 'Comment', pattern: /#[^\n]*/, group: Lexer.SKIPPED }),
  ]
  return new Lexer([...skipped, ...LEXED, ...NEVER_LEXED], { ensureOptimizations: false })
})

/** All token types, for the parser. */
export function vocabulary(): TokenType[] {
  lexer()
  return [...LEXED, ...NEVER_LEXED]
}

/** Text that no token fits. Offsets count from 0 within the text. */
export interface LexingProblem {
  offset: number
  text: string
}

/** Splits a text into tokens. Their offsets count within the text. */
export function tokenize(text: string): { tokens: IToken[]; problem: LexingProblem | undefined } {
  const { tokens, errors } = lexer().tokenize(text)
  const [first] = errors
  const open = tokens.find(({ tokenType }) => tokenType === OpenText)
  const problem =
    open && !(first && first.offset < open.startOffset)
      ? { offset: open.startOffset, text: open.image }
      : first && { offset: first.offset, text: text.slice(first.offset, first.offset + first.length) }
  return { tokens, problem }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' }

/** What a text in quotes says. */
export const unquote = (image: string): string =>
  image.slice(1, -1).replaceAll(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped)
