import { readCosts, type ReportedCost, type RunState, type SavedAgent } from '../orchestrator/index.ts'
import type { AgentSettings } from '../pattern/index.ts'
import type { Json } from '../strategy/index.ts'
import type { RunStatus, RunStore } from '../store/index.ts'
import type { Run } from './runs.ts'

/** An agent of a run, whether that goes on or is over. */
export interface AgentDetails {
  /** That of its orchestration, `_` and its name. */
  id: string
  run: Run
  name: string
  /** `finished` is one that was alive at the end. */
  status: string
  settings: AgentSettings
  restarts: number
  /** Messages in its inbox. */
  unread: number
  /** Messages of its conversation. */
  messages: number
}

/** What is known of a run, whether it goes on or is over. */
export interface RunDetails {
  agents: readonly AgentDetails[]
  variables: Readonly<Record<string, Json>>
  costs: { total: ReportedCost; byAgent: ReadonlyMap<string, ReportedCost> }
  /** Answers of agents. */
  messages: number
  tries: { requests: number; retries: number }
  /** What RETURN gave. */
  result: Json | undefined
  error: string | undefined
}

const NOTHING_REPORTED: ReportedCost = { calls: 0, inputTokens: 0, outputTokens: 0, known: 0n, uncertain: 0n }
const NOTHING: RunDetails = {
  agents: [],
  variables: {},
  costs: { total: NOTHING_REPORTED, byAgent: new Map() },
  messages: 0,
  tries: { requests: 0, retries: 0 },
  result: undefined,
  error: undefined,
}

const isOver = (phase: RunStatus): boolean => phase !== 'running' && phase !== 'suspended'

function agentOf(run: Run, { settings, status, restarts, inbox, messages }: SavedAgent): AgentDetails {
  const known = settings as AgentSettings
  return {
    id: `${run.id}_${known.name}`,
    run,
    name: known.name,
    status: status === 'alive' && isOver(run.phase) ? 'finished' : status,
    settings: known,
    restarts,
    unread: inbox.length,
    messages: messages.length,
  }
}

/** What a run that is over has failed with, by its state. */
function failureIn({ machine: { status } }: RunState): string | undefined {
  if (status.kind !== 'failed') return undefined
  const { kind, message, line } = status.failure
  return `${line > 0 ? `line ${line}: ` : ''}${kind}: ${message}`
}

/** What is known of a run: from itself while it runs, else from what is kept. */
export function detailsOf(run: Run, store: RunStore): RunDetails {
  const saved = run.live?.orchestrator.snapshot() ?? savedOf(run, store)
  if (!saved) return { ...NOTHING, error: run.error }
  const { state, agents } = saved
  const { status } = state.machine
  return {
    agents: agents.map((agent) => agentOf(run, agent)),
    variables: state.machine.variables,
    costs: readCosts(state.costs),
    messages: state.answers,
    // Runs that an older longhaul has kept have another shape.
    tries: (state.questions as RunState['questions'] | undefined)?.tries ?? { requests: 0, retries: 0 },
    result: status.kind === 'completed' ? status.result : undefined,
    error: run.error ?? failureIn(state),
  }
}

function savedOf(run: Run, store: RunStore): { state: RunState; agents: readonly SavedAgent[] } | undefined {
  const saved = store.load(run.id)
  return saved && { state: saved.state as RunState, agents: saved.agents.map(({ data }) => data as SavedAgent) }
}
