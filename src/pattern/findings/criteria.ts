import { suggestion } from '../../options/index.ts'
import { CRITERIA, statementsIn, type Entry } from '../../strategy/index.ts'
import { namedIn } from './agents.ts'
import type { PatternCheck } from './finding.ts'

const NAMES = Object.keys(CRITERIA)

/** What agents are chosen by, and do not have. An object that names an agent may say anything beside. */
export const checkCriteria: PatternCheck = ({ pattern: { strategy }, found }) => {
  // In a sketch, the orchestrating agent is asked what is meant.
  if (strategy.isSketch) return
  for (const of of statementsIn(strategy.statements))
    for (const value of namedIn(of)) {
      const entries: readonly Entry[] = value.kind === 'object' ? value.entries : []
      if (entries.some(({ name, key }) => key !== undefined || name === 'agent' || name === 'agent_id')) continue
      for (const entry of entries)
        if (!NAMES.includes(entry.name))
          found('error', { in: entry, of }, `Agents have no criterion "${entry.name}".`, suggestion(entry.name, NAMES))
    }
}
