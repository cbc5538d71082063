import { loadPattern, PatternError, resolveAgents, resolveVariables } from '../pattern/index.ts'

/** Reads patterns and says what they are, or what is wrong with them. Returns how many are wrong. */
export function check(files: readonly string[]): number {
  if (files.length === 0) throw new Error('longhaul check needs the path of at least one pattern.')
  let wrong = 0
  for (const file of files) {
    try {
      const pattern = loadPattern(file)
      const agents = resolveAgents(pattern, resolveVariables(pattern, {}))
      process.stdout.write(
        `${file}: ${pattern.data.name}, ${agents.length} agents, ${pattern.strategy.statements.length} statements\n`,
      )
    } catch (error) {
      wrong += 1
      const message = error instanceof Error ? error.message : String(error)
      process.stderr.write(`${error instanceof PatternError ? message : `${file}: ${message}`}\n`)
    }
  }
  return wrong
}
