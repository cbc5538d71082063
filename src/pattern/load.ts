import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { yaml } from '../packages/index.ts'
import { compileProgram, parseStrategy, PatternError, type Strategy } from '../strategy/index.ts'
import { bareStrategy } from './bare.ts'
import { findPattern, isWithin, listPatterns } from './find.ts'
import { refuseMistakes } from './findings/index.ts'
import { withIncluded } from './included.ts'
import { merged } from './merged.ts'
import { comesFrom, type Origin, type Pattern, type PatternText } from './pattern.ts'
import { problemOfRules } from './rules.ts'
import type { PatternData } from './schema.ts'
import { errorAt, offsetOf, readSource, readText, topNames, type Source } from './source.ts'

/** How many patterns extend or include each other. */
const MAX_DEPTH = 10
/** How many files one pattern is made of. */
const MAX_FILES = 50

/** Options of loading a pattern. */
export interface LoadOptions {
  /** The only folders from which longhaul reads patterns, also through links. Default: all folders. */
  within?: readonly string[]
}

/** A file with what it extends and includes. */
interface Family {
  source: Source
  base: Family | undefined
  included: readonly Family[]
}

/** The file of a pattern that is found by its name alone. */
const named = (name: string, further: readonly string[]): string | undefined =>
  listPatterns(further).find((pattern) => pattern.name === name)?.file

/** What a file is called, with or without its folder and its ending. */
const calledAs = (file: string): string => basename(file).replace(/\.ya?ml$/, '')

/** Reads the files that a pattern is made of. */
class Reading {
  /** What is included and is nowhere. */
  readonly missing: PatternError[] = []
  /** All that was read, in the order in which `loadPattern` takes their texts. */
  readonly sources: Source[] = []
  /** Texts of those that are given, in that order. */
  readonly #given: Required<PatternText>[]
  /** Whether all that there is was given: files beside the pattern's own are none of its. */
  #isText: boolean
  readonly #within: readonly string[] | undefined

  constructor(given: readonly Required<PatternText>[], isText: boolean, { within }: LoadOptions) {
    this.#given = [...given]
    this.#isText = isText
    this.#within = within
  }

  family(source: Source, above: readonly Source[]): Family {
    this.sources.push(source)
    const through = [...above, source]
    const { extends: base, includes } = source.data
    return {
      source,
      base: base === undefined || base === null ? undefined : this.#other('extends', ['extends'], base, through),
      included: (includes ?? []).flatMap((each, nth) => {
        const found = this.#other(
          'includes',
          ['includes', nth],
          typeof each === 'string' ? each : each.pattern,
          through,
        )
        return found ? [found] : []
      }),
    }
  }

  /** A pattern that another one names. */
  #other(
    word: 'extends' | 'includes',
    path: readonly PropertyKey[],
    name: string,
    through: readonly Source[],
  ): Family | undefined {
    const source = through.at(-1)!
    const fail = (problem: string): never => {
      throw errorAt(source, path, `${word}: ${problem}`)
    }
    if (through.length > MAX_DEPTH) fail(`more than ${MAX_DEPTH} patterns ${word.replace(/s$/, '')} each other.`)
    if (this.sources.length > MAX_FILES) fail(`the pattern consists of more than ${MAX_FILES} files.`)
    const [next] = this.#given
    // What was included and nowhere is not among what is given.
    const isGiven = next && (word === 'extends' || calledAs(next.file) === calledAs(name))
    if (isGiven) this.#given.shift()
    if (isGiven) return this.family(readSource(next.file, next.text), through)
    const folder = dirname(resolve(source.file))
    const candidates = /\.ya?ml$/.test(name) ? [name] : [`${name}.yaml`, `${name}.yml`]
    const mayRead = (file: string): boolean => this.#within === undefined || isWithin(file, this.#within)
    const beside = this.#isText && this.#within ? [] : candidates.map((candidate) => join(folder, candidate))
    const found =
      beside.find((file) => existsSync(file) && mayRead(file)) ??
      [named(name, this.#within ?? [])].find((file) => file !== undefined && mayRead(file))
    if (!found) {
      const problem = `there is no pattern "${name}" in the folder of this pattern (longhaul looked for ${candidates.join(', ')}), in orchestrations/, or in the package longhaul.`
      if (word === 'extends') return fail(problem)
      this.missing.push(errorAt(source, path, `includes: ${problem}`))
      return undefined
    }
    if (through.some(({ file }) => resolve(file) === found))
      fail(
        `these patterns ${word.replace(/s$/, '')} each other in a circle: ${[...through.map(({ file }) => file), found].join(' → ')}.`,
      )
    const text = readText(found, ` (${word === 'extends' ? 'extended' : 'included'} by ${source.file})`)
    this.#isText = false
    return this.family(readSource(found, text), through)
  }
}

/** A file and those that it extends, its own first. */
const chainOf = ({ source, base }: Family): Source[] => [source, ...(base ? chainOf(base) : [])]

/** What a file says, with what it extends below it, and what it includes beside it. */
function dataOf({ source, base, included }: Family): PatternData {
  const own = base ? (merged(dataOf(base), source.data) as PatternData) : source.data
  return included.reduce((data, each) => withIncluded(data, dataOf(each)), own)
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
 * Reads and validates a pattern with the patterns that it extends and includes.
 *
 * @param given the path of a YAML file, or a name that `findPattern` finds; or its text; or the `sources` of one
 * @throws PatternError with file, line, column and a hint; PatternNotFoundError
 * @example
 * ```ts
 * const pattern = loadPattern('vote.yaml')
 * console.log(pattern.data.name, pattern.file)
 * ```
 */
export function loadPattern(given: string | PatternText | readonly PatternText[], options: LoadOptions = {}): Pattern {
  const [own = { file: 'pattern.yaml', text: '' }, ...others] = textsOf(given)
  const { file, text } = own
  let first: Source
  try {
    first = readSource(file, text)
    if (!topNames().some((name) => first.document.has(name))) throw hasNoStrategy(first.file)
  } catch (error) {
    const bare = bareStrategy(file, text)
    if (!bare) throw error
    const program = compileProgram(bare.strategy, file, text)
    return checked({ file, sources: [own], ...bare, program }, { sources: [], owner: { file, text }, missing: [] })
  }
  const reading = new Reading(others, typeof given !== 'string', options)
  const family = reading.family(first, [])
  const chain = chainOf(family)
  const sources = reading.sources.map((source) => ({ file: source.file, text: source.text }))
  const data = dataOf(family)
  const strict = data.strict ?? false
  let strategy: Strategy | undefined
  let owner = chain[0]!
  for (const source of chain) {
    strategy = strategyOf(source, strict)
    owner = source
    if (strategy) break
  }
  // A sketch may name what there is not.
  const isOpen = !strategy || strategy.isSketch === true
  const [missing] = reading.missing
  if (missing && !isOpen) throw missing
  checkRules(reading.sources, data, strategy ?? { statements: [] })
  const origin: Origin = { sources: reading.sources, owner, missing: reading.missing }
  if (!strategy) {
    if (!SAYS_SOMETHING.some((name) => data[name] !== undefined)) throw hasNoStrategy(file)
    return checked({ file, sources, data, strategy: { statements: [] }, program: compileProgram(CONVERSATION) }, origin)
  }
  if (strategy.statements.length === 0) throw hasNoStrategy(file)
  const program = compileProgram(strategy, owner.file, owner.text)
  return checked({ file, sources, data, strategy, program }, origin)
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
const CONVERSATION: Strategy = { statements: [{ kind: 'converse', line: 1 }] }

const hasNoStrategy = (file: string): PatternError =>
  new PatternError(
    'The pattern has no strategy.',
    { file, line: 1, column: 1 },
    { hint: 'Write the strategy under orchestration_logic: strategy: |' },
  )
