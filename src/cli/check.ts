import { listedModel } from '../money/index.ts'
import { functionsOf, targetOf } from '../orchestrator/index.ts'
import {
  delegatedBy,
  findingsOf,
  loadPattern,
  resolveAgents,
  resolveVariables,
  type Finding,
  type Pattern,
} from '../pattern/index.ts'
import { PatternError } from '../strategy/index.ts'
import { UsageError, type Command } from './flags.ts'
import { functionsIn } from './functions.ts'

/** `longhaul check PATTERN …`, which is also called `validate`. */
export const checkAs = (name: 'check' | 'validate'): Command => ({
  usage: `${name} PATTERN …`,
  about:
    'Validates orchestration patterns, by path or by name: prints errors and warnings with file, line, column and a hint. Exits with 1 if there is an error. A mistake in the form of the YAML or of a setting hides the mistakes of the strategy, and the first mistake in the form of a statement or of an expression hides those below it: repair it, and run the command again.',
  flags: { functions: { about: 'a module with functions for CALL', value: 'FILE' } },
  async run({ words, flags }) {
    if (words.length === 0) throw new UsageError(`longhaul ${name} needs the path of at least one pattern.`)
    const { functions } = flags
    const given = typeof functions === 'string' ? Object.keys(await functionsIn(functions)) : []
    if (wrongAmong(words, given) > 0) process.exitCode = 1
  },
})

/** Models that a misspelt name may mean. */
const MODELS = [
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4-turbo',
  'gpt-5',
  'gpt-5-mini',
  'o3',
  'o4-mini',
  'claude-sonnet-4-5',
  'claude-opus-4-5',
  'claude-haiku-4-5',
  'sonnet',
  'opus',
  'haiku',
]
const SERVICES = { openai: { baseURL: '', format: 'openai' }, anthropic: { baseURL: '', format: 'anthropic' } } as const

function isModel(name: string): boolean {
  try {
    const { provider, model } = targetOf(name, SERVICES)
    return listedModel(provider, model) !== undefined
  } catch {
    return false
  }
}

/** What is wrong with a pattern, and what may not be meant so. */
function findings(pattern: Pattern, given: readonly string[]): readonly Finding[] {
  const { functions: libraries = [] } = pattern.data
  const names = typeof libraries === 'string' ? [libraries] : libraries
  const functions = [...Object.keys(functionsOf({}, { names, agents: [] })), ...given]
  return findingsOf(pattern, { functions, isModel, models: MODELS })
}

/** Says what patterns are, or what is wrong with them. Returns how many are wrong. */
function wrongAmong(files: readonly string[], given: readonly string[]): number {
  let wrong = 0
  for (const file of files) {
    try {
      const pattern = loadPattern(file)
      const found = findings(pattern, given)
      for (const each of found) process.stderr.write(`${told(each)}\n`)
      if (found.some(({ severity }) => severity !== 'warning')) {
        wrong += 1
        continue
      }
      const agents = resolveAgents(pattern, resolveVariables(pattern, {}))
      process.stdout.write(
        `${file}: ${pattern.data.name}, ${agents.length} agents, ${whatRuns(pattern, agents.length)}\n`,
      )
    } catch (error) {
      wrong += 1
      const message = error instanceof Error ? error.message : String(error)
      process.stderr.write(`${error instanceof PatternError ? message : `${file}: ${message}`}\n`)
      for (const other of error instanceof PatternError ? error.others : []) process.stderr.write(`${other.message}\n`)
    }
  }
  return wrong
}

/** A warning says that it is one, behind its place. */
function told({ severity, error }: Finding): string {
  const place = `${error.file}:${error.line}:${error.column}: `
  return severity === 'warning' ? `${place}warning: ${error.message.slice(place.length)}` : error.message
}

/** What a pattern does when it is started, and what of it is for a model to say. */
function whatRuns(pattern: Pattern, agents: number): string {
  const { statements } = pattern.strategy
  if (statements.length === 0)
    return agents > 0
      ? 'no strategy: the agents exchange messages by the rules'
      : 'nothing to run: a base for other patterns'
  const { lines, names } = delegatedBy(pattern)
  const asked = [
    ...(lines > 0 ? [`${lines} lines in plain language`] : []),
    ...(names.length > 0 ? [`undefined names: ${names.join(', ')}`] : []),
  ]
  return `${statements.length} statements${asked.length > 0 ? `; for the orchestrating agent: ${asked.join('; ')}` : ''}`
}
