import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Document, LineCounter, Node, Pair } from 'yaml'
import type { z } from 'zod'
import { yaml } from '../packages/index.ts'
import { nearest, suggestion } from '../options/index.ts'
import {
  PatternError,
  FORBIDDEN_NAMES,
  parseStrategy,
  compileProgram,
  type Place,
  type Program,
  type Strategy,
} from '../strategy/index.ts'
import { problemOfRules } from './rules.ts'
import { isDeclaration, schemas, type PatternData } from './schema.ts'
import { bareStrategy, nameOfFile } from './bare.ts'
import { findPattern, isWithin, listPatterns } from './find.ts'

/** A pattern, read and checked. */
export interface Pattern {
  /** The file that it was read from. */
  file: string
  /** What it was read from: its own text, then that of each pattern that the one before it extends. `loadPattern` takes them. */
  sources: readonly Required<PatternText>[]
  data: PatternData
  strategy: Strategy
  program: Program
}

/** Text of a pattern that is in no file. */
export interface PatternText {
  text: string
  /** The name for errors. Default `pattern.yaml`. */
  file?: string
}

const MAX_BYTES = 1024 * 1024
const MAX_DEPTH = 50
const MAX_ALIASES = 100
const MAX_EXTENDS = 10

/** One file of the chain of `extends`. */
interface Source {
  file: string
  text: string
  document: Document
  lines: LineCounter
  data: PatternData
}

const placeOf = (file: string, lines: LineCounter, offset: number): Place => {
  const { line, col } = lines.linePos(offset)
  return { file, line, column: col }
}

const offsetOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0]

function readText(file: string, from: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat?.isFile()) throw new PatternError(`There is no file ${file}${from}.`, { file, line: 1, column: 1 })
  if (stat.size > MAX_BYTES)
    throw new PatternError(`The file has ${stat.size} bytes; at most ${MAX_BYTES} are allowed.`, {
      file,
      line: 1,
      column: 1,
    })
  return readFileSync(file, 'utf8')
}

/** Reads and checks one file, without what it extends. */
function readSource(file: string, text: string): Source {
  if (text.length > MAX_BYTES)
    throw new PatternError(`The text has ${text.length} characters; at most ${MAX_BYTES} are allowed.`, {
      file,
      line: 1,
      column: 1,
    })
  const { isMap, isScalar, LineCounter, visit } = yaml()
  const lines = new LineCounter()
  const document = parsed(file, text, lines)
  const fail = (problem: string, offset: number, hint?: string): never => {
    throw new PatternError(problem, placeOf(file, lines, offset), { source: text, ...(hint && { hint }) })
  }
  const [error] = document.errors
  if (error) {
    // The reader of YAML tells where it was when its stack was full.
    if (error.message.includes('call stack')) fail(`The blocks are nested more than ${MAX_DEPTH} deep.`, error.pos[0])
    fail(
      `YAML: ${error.message.replace(/\.$/, '')}.`,
      error.pos[0],
      error.code === 'TAB_AS_INDENT' ? 'Indent with spaces.' : undefined,
    )
  }
  const [warning] = document.warnings
  if (warning)
    fail(
      `YAML: ${warning.message.replace(/\.$/, '')}.`,
      warning.pos[0],
      'A pattern has texts, numbers, lists and blocks.',
    )
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key
        if (seen.has(name))
          fail('YAML: Map keys must be unique.', offsetOf(key) ?? 0, 'A name may stand only once in a block.')
        seen.add(name)
      }
    },
    Pair: (_, pair: Pair, path) => {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      if (FORBIDDEN_NAMES.has(key)) fail(`"${key}" cannot be a name.`, offsetOf(pair.key) ?? 0)
      if (path.length > MAX_DEPTH * 2)
        fail(`The blocks are nested more than ${MAX_DEPTH} deep.`, offsetOf(pair.key) ?? 0)
    },
  })
  let given: unknown
  try {
    given = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    const { message } = error as Error
    fail(
      `YAML: ${message.replace(/\.$/, '')}.`,
      0,
      message.includes('alias') ? `Aliases (*name) may repeat at most ${MAX_ALIASES} times in all.` : undefined,
    )
  }
  if (!isMap(document.contents)) fail('A pattern is a block of names and values.', 0, 'It begins with name: …')
  const named = isObject(given) && given['name'] === undefined ? { name: nameOfFile(file), ...given } : given
  const read = schemas().pattern.safeParse(named)
  if (!read.success) throw schemaError(read.error, { file, text, document, lines })
  misspelt(read.data, { file, text, document, lines })
  return { file, text, document, lines, data: read.data }
}

/** @throws PatternError for what is nested too deep to be read at all */
function parsed(file: string, text: string, lines: LineCounter): Document {
  try {
    return yaml().parseDocument(text, {
      lineCounter: lines,
      // All names of a block are held against each other below, in one go.
      uniqueKeys: false,
      merge: true,
      resolveKnownTags: false,
      prettyErrors: false,
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new PatternError(`The blocks are nested more than ${MAX_DEPTH} deep.`, { file, line: 1, column: 1 })
  }
}

type Located = Pick<Source, 'file' | 'text' | 'document' | 'lines'>

/** The node that a path leads to, or the nearest above it. */
function nodeAt(document: Document, path: readonly PropertyKey[]): unknown {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length) as unknown[], true)
    if (offsetOf(node) !== undefined) return node
  }
  return document.contents
}

/** The key of a pair, which is where an unknown name stands. */
function keyAt(document: Document, path: readonly PropertyKey[]): unknown {
  const { isMap, isScalar } = yaml()
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1) as unknown[], true) : document.contents
  if (!isMap(parent)) return parent
  return parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key ?? parent
}

function schemaError(error: Pick<z.ZodError, 'issues'>, { file, text, document, lines }: Located): PatternError {
  const issue = nearestIssue(error.issues[0]!)
  const { path } = issue
  const where = path.length > 0 ? `${path.join('.')}: ` : ''
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys
    const offset = offsetOf(keyAt(document, [...path, unknown])) ?? 0
    const hint = suggestion(unknown, knownNames(path))
    return new PatternError(`${where}there is no setting "${unknown}".`, placeOf(file, lines, offset), {
      source: text,
      ...(hint && { hint }),
    })
  }
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && document.getIn(path as unknown[]) === undefined
  const offset = offsetOf(nodeAt(document, path)) ?? 0
  const problem = missing ? `"${String(path.at(-1))}" is missing.` : `${where}${issue.message.replace(/\.$/, '')}.`
  return new PatternError(problem, placeOf(file, lines, offset), { source: text })
}

/** Of a value that may have several shapes, what is wrong with the shape that it has. */
function nearestIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const shapes = issue.errors.flatMap(([first]) => (first && first.code !== 'invalid_type' ? [first] : []))
  const [only] = shapes
  return only && shapes.length === 1 ? nearestIssue({ ...only, path: [...issue.path, ...only.path] }) : issue
}

const knownNames = (path: readonly PropertyKey[]): string[] =>
  path[0] === 'agents' ? Object.keys(schemas().agent.shape) : path.length === 0 ? topNames() : []
const topNames = (): string[] => Object.keys(schemas().pattern.shape)

/** Names of one's own are allowed in some blocks, misspelt ones are not. */
function misspelt(data: PatternData, located: Located): void {
  const { file, text, document, lines } = located
  for (const [path, names] of [[[], topNames()] as const, ...schemas().openBlocks])
    for (const [at, block] of blocksAt(data, path))
      for (const name of Object.keys(block)) {
        const meant = names.includes(name) ? undefined : nearest(name, names)
        if (meant)
          throw new PatternError(
            `There is no setting "${name}".`,
            placeOf(file, lines, offsetOf(keyAt(document, [...at, name])) ?? 0),
            { source: text, hint: `Did you mean "${meant}"?` },
          )
      }
  for (const [name, value] of Object.entries(data.variables ?? {})) {
    const read = isDeclaration(value) ? schemas().declaredVariable.safeParse(value) : undefined
    if (read?.success === false)
      throw schemaError(
        { issues: read.error.issues.map((issue) => ({ ...issue, path: ['variables', name, ...issue.path] })) },
        located,
      )
  }
}

/** The blocks that a path leads to; `*` stands for each item of a list. */
function blocksAt(value: unknown, path: readonly string[], at: PropertyKey[] = []): [PropertyKey[], object][] {
  const [step, ...rest] = path
  if (step === undefined) return isObject(value) ? [[at, value]] : []
  if (step === '*') return Array.isArray(value) ? value.flatMap((item, nth) => blocksAt(item, rest, [...at, nth])) : []
  return isObject(value) ? blocksAt(value[step], rest, [...at, step]) : []
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Blocks are merged, name by name; anything else is replaced. */
function merge(base: unknown, own: unknown): unknown {
  if (!isObject(base) || !isObject(own)) return own === undefined ? base : own
  const names = new Set([...Object.keys(base), ...Object.keys(own)])
  return Object.fromEntries([...names].map((name) => [name, merge(base[name], own[name])]))
}

/** The file of a pattern that is found by its name alone. */
const named = (name: string, further: readonly string[]): string | undefined =>
  listPatterns(further).find((pattern) => pattern.name === name)?.file

/** Where what patterns extend is found. */
export interface LoadOptions {
  /** Folders out of which nothing is read, wherever names and links lead. Default: anything may be read. */
  within?: readonly string[]
}

/** What is known of a pattern that another one extends. */
interface Bases extends LoadOptions {
  /** Texts of those that are given, in their order. */
  given: readonly Required<PatternText>[]
  /** Whether all that there is was given: files beside the pattern's own are none of its. */
  isText: boolean
}

function extended(source: Source, chain: readonly Source[], { given, isText, within }: Bases): Source[] {
  const { extends: base } = source.data
  if (base === undefined || base === null) return [...chain, source]
  const [next, ...rest] = given
  if (next && chain.length < MAX_EXTENDS)
    return extended(readSource(next.file, next.text), [...chain, source], { given: rest, isText, within })
  const fail = (problem: string): never => {
    const offset = offsetOf(source.document.get('extends', true)) ?? 0
    throw new PatternError(problem, placeOf(source.file, source.lines, offset), { source: source.text })
  }
  const folder = dirname(resolve(source.file))
  const candidates = /\.ya?ml$/.test(base) ? [base] : [`${base}.yaml`, `${base}.yml`]
  const mayRead = (file: string): boolean => within === undefined || isWithin(file, within)
  const beside = isText && within ? [] : candidates.map((candidate) => join(folder, candidate))
  const found =
    beside.find((file) => existsSync(file) && mayRead(file)) ??
    [named(base, within ?? [])].find((file) => file !== undefined && mayRead(file))
  if (!found)
    return fail(
      `extends: there is no pattern "${base}" beside this one (looked for ${candidates.join(', ')}), in orchestrations/, or among those that come with longhaul.`,
    )
  const through = [...chain, source]
  if (through.some(({ file }) => resolve(file) === found))
    fail(
      `extends: these patterns extend each other in a circle: ${[...through.map(({ file }) => file), found].join(' → ')}.`,
    )
  if (through.length > MAX_EXTENDS) fail(`extends: more than ${MAX_EXTENDS} patterns extend each other.`)
  const text = readText(found, ` (extended by ${source.file})`)
  return extended(readSource(found, text), through, { given, isText: false, within })
}

/** Where the text of a strategy stands: at the first line of its block. */
function strategyOf({ file, text, document, lines, data }: Source, strict: boolean): Strategy | undefined {
  const path =
    data.orchestration_logic?.strategy === undefined ? ['pattern', 'strategy'] : ['orchestration_logic', 'strategy']
  const node = document.getIn(path, true)
  if (!yaml().isScalar(node) || typeof node.value !== 'string') return undefined
  const start = offsetOf(node) ?? 0
  const inBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  const { line } = lines.linePos(start)
  const first = inBlock
    ? text
        .split('\n')
        .slice(line)
        .find((candidate) => candidate.trim() !== '')
    : undefined
  return parseStrategy(node.value, {
    file,
    line: inBlock ? line + 1 : line,
    indentation: first === undefined ? 0 : first.length - first.trimStart().length,
    source: text,
    strict,
  })
}

/** Reads a file by its path, or a pattern by its name. */
function readNamed(given: string): Required<PatternText> {
  const file = findPattern(given)
  return { file, text: readText(file, '') }
}

/** What is given of a pattern, as texts: its own first. */
function textsOf(given: string | PatternText | readonly PatternText[]): Required<PatternText>[] {
  if (typeof given === 'string') return [readNamed(given)]
  const all: readonly PatternText[] = Array.isArray(given) ? given : [given]
  return all.map(({ file = 'pattern.yaml', text }) => ({ file, text }))
}

/**
 * Reads a pattern with all that it extends, and checks it.
 *
 * @param given the path of a YAML file, or a name that `findPattern` finds; or its text; or the `sources` of one
 * @throws PatternError with file, line, column and a hint; PatternNotFoundError
 */
export function loadPattern(
  given: string | PatternText | readonly PatternText[],
  { within }: LoadOptions = {},
): Pattern {
  const [own = { file: 'pattern.yaml', text: '' }, ...bases] = textsOf(given)
  const { file, text } = own
  let first: Source
  try {
    first = readSource(file, text)
    if (!topNames().some((name) => first.document.has(name))) throw hasNoStrategy(first.file)
  } catch (error) {
    const bare = bareStrategy(file, text)
    if (!bare) throw error
    return { file, sources: [own], ...bare, program: compileProgram(bare.strategy, file, text) }
  }
  const chain = extended(first, [], { given: bases, isText: typeof given !== 'string', within })
  const sources = chain.map((source) => ({ file: source.file, text: source.text }))
  const data = chain.map((source) => source.data as unknown).reduceRight((base, own) => merge(base, own)) as PatternData
  const strict = data.strict ?? false
  let strategy: Strategy | undefined
  let owner = chain[0]!
  for (const source of chain) {
    strategy = strategyOf(source, strict)
    owner = source
    if (strategy) break
  }
  checkRules(chain, data, strategy ?? { statements: [] })
  if (!strategy) {
    if (!SAYS_SOMETHING.some((name) => data[name] !== undefined)) throw hasNoStrategy(file)
    return { file, sources, data, strategy: { statements: [] }, program: CONVERSATION }
  }
  if (strategy.statements.length === 0) throw hasNoStrategy(file)
  return { file, sources, data, strategy, program: compileProgram(strategy, owner.file, owner.text) }
}

/** Throws for a rule that cannot be right, with its place in the file that has it. */
function checkRules(chain: readonly Source[], data: PatternData, strategy: Strategy): void {
  const found = problemOfRules(data, strategy)
  if (!found) return
  const { path, problem, hint } = found
  const { file, text, document, lines } = chain.find((source) => source.document.hasIn(path as unknown[])) ?? chain[0]!
  throw new PatternError(`${path.join('.')}: ${problem}`, placeOf(file, lines, offsetOf(nodeAt(document, path)) ?? 0), {
    source: text,
    ...(hint && { hint }),
  })
}

/** Without any of these and without a strategy, there is nothing in a pattern. */
const SAYS_SOMETHING = ['agents', 'routing', 'routing_rules', 'transformers', 'variables', 'metadata'] as const
/** What a pattern without a strategy does: its agents talk, by its rules. */
const CONVERSATION: Program = compileProgram({ statements: [{ kind: 'converse', line: 1 }] })

const hasNoStrategy = (file: string): PatternError =>
  new PatternError(
    'The pattern has no strategy.',
    { file, line: 1, column: 1 },
    { hint: 'It stands under orchestration_logic: strategy: |' },
  )
