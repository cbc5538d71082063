import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { yaml } from '../packages/index.ts'
import { compileProgram, parseStrategy, PatternError, type Program, type Strategy } from '../strategy/index.ts'
import { bareStrategy } from './bare.ts'
import { findPattern, isWithin, listPatterns } from './find.ts'
import { refuseMistakes } from './findings/index.ts'
import { comesFrom, type Origin, type Pattern, type PatternText } from './pattern.ts'
import { problemOfRules } from './rules.ts'
import type { PatternData } from './schema.ts'
import { errorAt, isObject, offsetOf, readSource, readText, topNames, type Source } from './source.ts'

const MAX_EXTENDS = 10

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
    throw errorAt(source, ['extends'], problem)
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
    return checked(
      { file, sources: [own], ...bare, program: compileProgram(bare.strategy, file, text) },
      { sources: [], owner: { file, text } },
    )
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
    return checked(
      { file, sources, data, strategy: { statements: [] }, program: CONVERSATION },
      { sources: chain, owner },
    )
  }
  if (strategy.statements.length === 0) throw hasNoStrategy(file)
  const program = compileProgram(strategy, owner.file, owner.text)
  return checked({ file, sources, data, strategy, program }, { sources: chain, owner })
}

/** @throws PatternError for what cannot be right whatever a run is given */
function checked(pattern: Pattern, origin: Origin): Pattern {
  comesFrom(pattern, origin)
  refuseMistakes(pattern)
  return pattern
}

/** Throws for a rule that cannot be right, with its place in the file that has it. */
function checkRules(chain: readonly Source[], data: PatternData, strategy: Strategy): void {
  const found = problemOfRules(data, strategy)
  if (!found) return
  const { path, problem, hint } = found
  const source = chain.find((each) => each.document.hasIn(path as unknown[])) ?? chain[0]!
  throw errorAt(source, path, `${path.join('.')}: ${problem}`, hint)
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
