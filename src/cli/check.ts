import { UsageError, type Command } from './flags.ts'
import { askedOf, loadPattern, resolveAgents, resolveVariables, type Pattern } from '../pattern/index.ts'
import { PatternError } from '../strategy/index.ts'

/** `longhaul check FILE …` */
export const check: Command = {
  usage: 'check PATTERN …',
  about:
    'Reads orchestration patterns, by path or by name, and says what is wrong with them, with file, line and column. Exits with 1 if anything is.',
  flags: {},
  run({ words }) {
    if (words.length === 0) throw new UsageError('longhaul check needs the path of at least one pattern.')
    if (wrongAmong(words) > 0) process.exitCode = 1
  },
}

/** Says what patterns are, or what is wrong with them. Returns how many are wrong. */
function wrongAmong(files: readonly string[]): number {
  let wrong = 0
  for (const file of files) {
    try {
      const pattern = loadPattern(file)
      const agents = resolveAgents(pattern, resolveVariables(pattern, {}))
      process.stdout.write(
        `${file}: ${pattern.data.name}, ${agents.length} agents, ${whatRuns(pattern, agents.length)}\n`,
      )
    } catch (error) {
      wrong += 1
      const message = error instanceof Error ? error.message : String(error)
      process.stderr.write(`${error instanceof PatternError ? message : `${file}: ${message}`}\n`)
    }
  }
  return wrong
}

/** What a pattern does when it is started, and what of it is for a model to say. */
function whatRuns(pattern: Pattern, agents: number): string {
  const { statements } = pattern.strategy
  if (statements.length === 0)
    return agents > 0 ? 'no strategy: the agents talk, by the rules' : 'nothing to run: other patterns may extend it'
  const { lines, names } = askedOf(pattern)
  const asked = [
    ...(lines > 0 ? [`${lines} lines in plain language`] : []),
    ...(names.length > 0 ? [`what nothing defines: ${names.join(', ')}`] : []),
  ]
  return `${statements.length} statements${asked.length > 0 ? `; asked of the orchestrating agent: ${asked.join('; ')}` : ''}`
}
