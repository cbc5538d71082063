import type { Agent, Orchestrator } from '../orchestrator/index.ts'
import type { DaemonContext } from './handlers/index.ts'
import { nameOf } from './runs.ts'

type BreakerState = 'closed' | 'half-open' | 'open'
const WORSE: readonly BreakerState[] = ['closed', 'half-open', 'open']
/** Budgets that are told: of those of which most is spent. */
const MAX_BUDGETS = 20

/** How a daemon stands. */
export interface Readings {
  runs: { running: number; suspended: number }
  /** Agents of the orchestrations that run, by state. */
  agents: Record<AgentState, number>
  /** By target: the worst state among the orchestrations that run. */
  breakers: Readonly<Record<string, BreakerState>>
  /** How much of its budget each orchestration that runs has spent, from 0 to 1; the most first. */
  budgets: readonly { run: string; pattern: string; spent: number }[]
  /** Bytes of its event logs on disk, and events that could not be written. */
  eventLog: { bytes: number; lost: number }
  /** How many there are of those that `system:health` tells. */
  problems: number
}

/** `resting` is one that waits for its next try. */
type AgentState = 'working' | 'resting' | 'idle' | 'terminated' | 'given_up'

function stateOf({ status, working, resting }: Agent): AgentState {
  if (status !== 'alive') return status
  if (working === 0) return 'idle'
  return resting >= working ? 'resting' : 'working'
}

function worstBreakers(all: readonly Orchestrator[]): Record<string, BreakerState> {
  const worst: Record<string, BreakerState> = Object.create(null) as Record<string, BreakerState>
  for (const { breakers } of all)
    for (const [target, state] of Object.entries(breakers))
      if (WORSE.indexOf(state) >= WORSE.indexOf(worst[target] ?? 'closed')) worst[target] = state
  return worst
}

/** Reads how a daemon stands. */
export function readingsOf({
  runs,
  store,
  log,
  problems,
}: Pick<DaemonContext, 'runs' | 'store' | 'log' | 'problems'>): Readings {
  const { live, active } = runs
  const orchestrators = live.map((run) => run.live.orchestrator)
  const agents: Readings['agents'] = { working: 0, resting: 0, idle: 0, terminated: 0, given_up: 0 }
  for (const { team } of orchestrators) for (const agent of team.agents.values()) agents[stateOf(agent)] += 1
  const budgets = live.flatMap(({ id, pattern, live: { orchestrator } }) => {
    const { limit, spent } = orchestrator.costs
    return limit === undefined || limit === 0n
      ? []
      : [{ run: id, pattern: nameOf(pattern), spent: Number(spent) / Number(limit) }]
  })
  return {
    runs: { running: live.length, suspended: active.filter(({ phase }) => phase === 'suspended').length },
    agents,
    breakers: worstBreakers(orchestrators),
    budgets: budgets.toSorted((a, b) => b.spent - a.spent).slice(0, MAX_BUDGETS),
    eventLog: { bytes: log.bytesOnDisk, lost: log.lost },
    problems: new Set([...problems, ...store.problems, ...log.problems]).size,
  }
}
