import { readFileSync, statSync } from 'node:fs'
import type { Document, LineCounter, Node, Pair } from 'yaml'
import type { z } from 'zod'
import { nearest, suggestion } from '../options/index.ts'
import { yaml } from '../packages/index.ts'
import { FORBIDDEN_NAMES, PatternError, type Place } from '../strategy/index.ts'
import { nameOfFile } from './bare.ts'
import { problemOfVariables } from './declared.ts'
import { isDeclaration, schemas, type PatternData } from './schema.ts'

const MAX_BYTES = 1024 * 1024
const MAX_DEPTH = 50
const MAX_ALIASES = 100

/** One file of a pattern: its own, or one that it extends or includes. */
export interface Source {
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

export const offsetOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0]

export function readText(file: string, from: string): string {
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
export function readSource(file: string, text: string): Source {
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
      'A pattern consists of texts, numbers, lists and blocks.',
    )
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key
        if (seen.has(name))
          fail('YAML: Map keys must be unique.', offsetOf(key) ?? 0, 'Use each name only once in a block.')
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
  if (!isMap(document.contents)) fail('A pattern is a block of names and values.', 0, 'Start the file with name: …')
  const named = isObject(given) && given['name'] === undefined ? { name: nameOfFile(file), ...given } : given
  const read = schemas().pattern.safeParse(named)
  const located = { file, text, document, lines }
  const issues = (read.error?.issues ?? []).map(nearestIssue)
  const slips = [...misspelt(isObject(named) ? named : {})]
  // A block with a name that there is not lacks what was meant by it.
  const slipped = [...issues.filter(({ code }) => code === 'unrecognized_keys'), ...slips].map(({ path }) => `${path}`)
  const first = PatternError.firstOf([
    ...issues
      .filter(({ code, path }) => code !== 'custom' || !slipped.includes(`${path}`))
      .flatMap((issue) => schemaErrors(issue, located)),
    ...slips.map(({ path, name, meant }) => slipError([...path, name], meant, located)),
    ...wrongVariables(named).flatMap((issue) => schemaErrors(issue, located)),
  ])
  if (first || !read.success) throw first
  const source = { ...located, data: read.data }
  const found = problemOfVariables(read.data)
  if (found) throw errorAt(source, found.path, found.problem, found.hint)
  return source
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

/** What is wrong at a place of a file. */
export function errorAt(
  { file, text, document, lines }: Located,
  path: readonly PropertyKey[],
  problem: string,
  hint?: string,
  /** What of the value is wrong, as it stands in it. */
  part?: string,
): PatternError {
  const node = nodeAt(document, path)
  const start = offsetOf(node) ?? 0
  const within = part === undefined ? -1 : text.slice(start, (node as Node | undefined)?.range?.[1]).indexOf(part)
  return new PatternError(problem, placeOf(file, lines, start + Math.max(0, within)), {
    source: text,
    ...(hint && { hint }),
  })
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

/** What is wrong with a value, by its schema: one problem, or one for each name that there is not. */
function schemaErrors(issue: z.core.$ZodIssue, { file, text, document, lines }: Located): PatternError[] {
  const { path } = issue
  const where = path.length > 0 ? `${path.join('.')}: ` : ''
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((unknown) => {
      const offset = offsetOf(keyAt(document, [...path, unknown])) ?? 0
      const hint = suggestion(unknown, knownNames(path))
      return new PatternError(`${where}there is no setting "${unknown}".`, placeOf(file, lines, offset), {
        source: text,
        ...(hint && { hint }),
      })
    })
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && document.getIn(path as unknown[]) === undefined
  const offset = offsetOf(nodeAt(document, path)) ?? 0
  const problem = missing ? `"${String(path.at(-1))}" is missing.` : `${where}${issue.message.replace(/\.$/, '')}.`
  return [new PatternError(problem, placeOf(file, lines, offset), { source: text })]
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
export const topNames = (): string[] => Object.keys(schemas().pattern.shape)

/** A name in a block that is nearly one of those that the block may have. */
interface Slip {
  path: PropertyKey[]
  name: string
  meant: string
}

/** Names of one's own are allowed in some blocks, misspelt ones are not. */
function* misspelt(given: Readonly<Record<string, unknown>>): Generator<Slip> {
  for (const [path, names] of [[[], topNames()] as const, ...schemas().openBlocks])
    for (const [at, block] of blocksAt(given, path))
      for (const name of Object.keys(block)) {
        const meant = names.includes(name) ? undefined : nearest(name, names)
        if (meant) yield { path: at, name, meant }
      }
}

function slipError(
  path: readonly PropertyKey[],
  meant: string,
  { file, text, document, lines }: Located,
): PatternError {
  return new PatternError(
    `There is no setting "${String(path.at(-1))}".`,
    placeOf(file, lines, offsetOf(keyAt(document, path)) ?? 0),
    { source: text, hint: `Did you mean "${meant}"?` },
  )
}

/** What is wrong with the declarations of variables. */
function wrongVariables(given: unknown): z.core.$ZodIssue[] {
  const variables = isObject(given) ? given['variables'] : undefined
  return Object.entries(isObject(variables) ? variables : {}).flatMap(([name, value]) => {
    const read = isDeclaration(value) ? schemas().declaredVariable.safeParse(value) : undefined
    return (read?.error?.issues ?? []).map((issue) =>
      nearestIssue({ ...issue, path: ['variables', name, ...issue.path] }),
    )
  })
}

/** The blocks that a path leads to; `*` stands for each item of a list. */
function blocksAt(value: unknown, path: readonly string[], at: PropertyKey[] = []): [PropertyKey[], object][] {
  const [step, ...rest] = path
  if (step === undefined) return isObject(value) ? [[at, value]] : []
  if (step === '*') return Array.isArray(value) ? value.flatMap((item, nth) => blocksAt(item, rest, [...at, nth])) : []
  return isObject(value) ? blocksAt(value[step], rest, [...at, step]) : []
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
