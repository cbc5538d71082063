import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StrategyFunction } from '../orchestrator/index.ts'
import { UsageError } from './flags.ts'

/**
 * The functions of a module: those that it exports by their names, and those of an object that it exports by default.
 *
 * @throws UsageError for one that cannot be loaded, or has none
 */
export async function functionsIn(file: string): Promise<Record<string, StrategyFunction>> {
  let module: Record<string, unknown>
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>
  } catch (error) {
    const hint =
      error instanceof SyntaxError
        ? ' A module with import and export has the ending .mjs or .mts, or a package.json with "type": "module" above it.'
        : ''
    throw new UsageError(`--functions: ${file} cannot be loaded: ${(error as Error).message}.${hint}`)
  }
  const { default: whole, ...named } = module
  const all = { ...(typeof whole === 'object' && whole !== null ? whole : {}), ...named }
  const functions = Object.entries(all).filter(([, value]) => typeof value === 'function') as [
    string,
    StrategyFunction,
  ][]
  if (functions.length === 0) throw new UsageError(`--functions: ${file} exports no function.`)
  return Object.fromEntries(functions)
}
