import { yaml } from '../packages/index.ts'
import { strategyGrammar } from '../strategy/index.ts'
import { schemas } from './schema.ts'

/** Loads what patterns are read with, where the first of them should not have to wait for it. */
export function preparePatterns(): void {
  yaml()
  schemas()
  strategyGrammar()
}
