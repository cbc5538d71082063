import { createToken, Lexer, type IToken, type TokenType } from 'chevrotain'

/** Stands for every token that may be part of an expression outside of brackets. */
export const Atom = createToken({ name: 'Atom', pattern: Lexer.NA })
/** Stands for every keyword. */
export const Keyword = createToken({ name: 'Keyword', pattern: Lexer.NA })

export const Identifier = createToken({ name: 'Identifier', pattern: /[A-Za-z_]\w*/, categories: [Atom] })

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
      createToken({
        name,
        pattern: words.length === 1 ? name : new RegExp(words.join('|')),
        longer_alt: Identifier,
        categories: [Keyword],
        label: name,
      }),
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

export const Template = createToken({ name: 'Template', pattern: /\{\{\s*[A-Za-z_][\w.]*\s*\}\}/, categories: [Atom] })
export const DurationToken = createToken({
  name: 'Duration',
  pattern: /(?:\d+(?:\.\d+)?(?:ms|[smhd]))+(?![A-Za-z0-9_])/,
  categories: [Atom],
})
export const NumberToken = createToken({
  name: 'Number',
  pattern: /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/,
  categories: [Atom],
})
export const Text = createToken({
  name: 'Text',
  pattern: /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/,
  categories: [Atom],
})
export const RangeDots = createToken({ name: 'RangeDots', pattern: '..', label: '".."' })
export const Equals = createToken({ name: 'Equals', pattern: /=(?!=)/, label: '"="' })
export const Operator = createToken({
  name: 'Operator',
  pattern: /==|!=|>=|<=|\|\||[-+*/%^<>?.]/,
  categories: [Atom],
})
export const LBrace = createToken({ name: 'LBrace', pattern: '{', label: '"{"' })
export const RBrace = createToken({ name: 'RBrace', pattern: '}', label: '"}"' })
export const LSquare = createToken({ name: 'LSquare', pattern: '[', label: '"["' })
export const RSquare = createToken({ name: 'RSquare', pattern: ']', label: '"]"' })
export const LParen = createToken({ name: 'LParen', pattern: '(', label: '"("' })
export const RParen = createToken({ name: 'RParen', pattern: ')', label: '")"' })
export const Comma = createToken({ name: 'Comma', pattern: ',', label: '","' })
export const Colon = createToken({ name: 'Colon', pattern: ':', label: '":"' })
const WhiteSpace = createToken({ name: 'WhiteSpace', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true })
const Comment = createToken({ name: 'Comment', pattern: /#[^\n]*/, group: Lexer.SKIPPED })

/** Made by the line reader, never by the lexer. */
export const Prose = createToken({ name: 'Prose', pattern: Lexer.NA, label: 'a line in plain language' })
/** One that has a block. */
export const Head = createToken({ name: 'Head', pattern: Lexer.NA, label: 'a line in plain language with a block' })
export const Newline = createToken({ name: 'Newline', pattern: Lexer.NA, label: 'the end of the line' })
export const Indent = createToken({ name: 'Indent', pattern: Lexer.NA, label: 'an indented block' })
export const Outdent = createToken({ name: 'Outdent', pattern: Lexer.NA, label: 'the end of the block' })

const longest = (name: KeywordName): number => Math.max(...[name, ...(SYNONYMS[name] ?? [])].map((word) => word.length))
const LEXED: TokenType[] = [
  WhiteSpace,
  Comment,
  Template,
  // The longer first: INTO is not IN, and ELSEIF not ELSE.
  ...KEYWORDS.toSorted((a, b) => longest(b) - longest(a)).map((name) => K[name]),
  Identifier,
  DurationToken,
  NumberToken,
  Text,
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

/** All token types, for the parser. */
export const VOCABULARY: TokenType[] = [...LEXED, Atom, Keyword, Prose, Head, Newline, Indent, Outdent]

const lexer = new Lexer(LEXED, { ensureOptimizations: false })

/** Text that no token fits. Offsets count from 0 within the text. */
export interface LexingProblem {
  offset: number
  text: string
}

/** Splits a text into tokens. Their offsets count within the text. */
export function tokenize(text: string): { tokens: IToken[]; problem: LexingProblem | undefined } {
  const { tokens, errors } = lexer.tokenize(text)
  const [first] = errors
  return {
    tokens,
    problem: first && { offset: first.offset, text: text.slice(first.offset, first.offset + first.length) },
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' }

/** What a text in quotes says. */
export const unquote = (image: string): string =>
  image.slice(1, -1).replaceAll(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped)
