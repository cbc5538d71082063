import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { yaml } from '../packages/index.ts'
import { compileProgram, parseStrategy, PatternError, type Program, type Strategy } from '../strategy/index.ts'
import { bareStrategy } from './bare.ts'
import { findPattern, listPatterns } from './find.ts'
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
const named = (name: string): string | undefined => listPatterns().find((pattern) => pattern.name === name)?.file

function extended(source: Source, chain: readonly Source[]): Source[] {
  const { extends: base } = source.data
  if (base === undefined || base === null) return [...chain, source]
  const fail = (problem: string): never => {
    throw errorAt(source, ['extends'], problem)
  }
  const folder = dirname(resolve(source.file))
  const candidates = /\.ya?ml$/.test(base) ? [base] : [`${base}.yaml`, `${base}.yml`]
  const found = candidates.map((candidate) => join(folder, candidate)).find((file) => existsSync(file)) ?? named(base)
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
  return extended(readSource(found, readText(found, ` (extended by ${source.file})`)), through)
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

/**
 * Reads a pattern with all that it extends, and checks it.
 *
 * @param given the path of a YAML file, or a name that `findPattern` finds; or its text
 * @throws PatternError with file, line, column and a hint; PatternNotFoundError
 */
export function loadPattern(given: string | PatternText): Pattern {
  const { file = 'pattern.yaml', text } = typeof given === 'string' ? readNamed(given) : given
  let first: Source
  try {
    first = readSource(file, text)
    if (!topNames().some((name) => first.document.has(name))) throw hasNoStrategy(first.file)
  } catch (error) {
    const bare = bareStrategy(file, text)
    if (!bare) throw error
    return checked(
      { file, ...bare, program: compileProgram(bare.strategy, file, text) },
      { sources: [], owner: { file, text } },
    )
  }
  const chain = extended(first, [])
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
    return checked({ file, data, strategy: { statements: [] }, program: CONVERSATION }, { sources: chain, owner })
  }
  if (strategy.statements.length === 0) throw hasNoStrategy(file)
  const program = compileProgram(strategy, owner.file, owner.text)
  return checked({ file, data, strategy, program }, { sources: chain, owner })
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
