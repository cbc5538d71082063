import { fitsPattern, type Agent } from '../../orchestrator/index.ts'
import { RefusedError } from '../protocol.ts'
import type { Run, Runs } from '../runs.ts'
import type { Handler, Parameters } from './handler.ts'

interface Found {
  id: string
  run: Run
  agent: Agent
}

const agentsOf = (runs: Runs): Found[] =>
  runs.all.flatMap((run) =>
    [...(run.orchestrator?.team.agents.values() ?? [])].map((agent) => ({ id: `${run.id}_${agent.name}`, run, agent })),
  )

function chosen({ agent_id: id, agent_ids: ids, pattern, all }: Parameters, runs: Runs): Found[] {
  const agents = agentsOf(runs).filter(({ agent }) => agent.isAlive)
  if (all) return agents
  if (typeof pattern === 'string') return agents.filter((found) => fitsPattern(pattern, found.id))
  const wanted = Array.isArray(ids) ? ids : id === undefined ? [] : [id]
  if (wanted.length === 0) throw new RefusedError('agent:terminate needs agent_id, agent_ids, pattern or all.')
  return agents.filter((found) => wanted.includes(found.id))
}

/** Agents of all orchestrations; an agent's id is that of its orchestration, `_` and its name. */
export const agent: Readonly<Record<string, Handler>> = {
  'agent:list': {
    about: 'Lists the agents of all orchestrations.',
    parameters: { status: 'only those of this status' },
    answer({ status }, { runs }) {
      const agents = agentsOf(runs)
        .map(({ id, agent: each }) => ({ agent_id: id, status: each.status, profile: each.settings.profile }))
        .filter((each) => status === undefined || each.status === status)
      return { agents, count: agents.length }
    },
  },
  'agent:terminate': {
    about: 'Takes agents away: what they work on is broken off.',
    parameters: {
      agent_id: 'one',
      agent_ids: 'several',
      pattern: 'those whose id fits, such as "orch_*_worker_2"',
      all: 'all of them',
      dry_run: 'only says which',
    },
    answer(given, { runs }) {
      const found = chosen(given, runs)
      if (found.length === 0)
        throw new RefusedError('No agents found matching criteria', {
          agents: agentsOf(runs)
            .map(({ id }) => id)
            .slice(0, 20),
        })
      const ids = found.map(({ id }) => id)
      if (given['dry_run']) return { status: 'dry_run', would_terminate: ids, count: ids.length }
      for (const { run, agent: each } of found) run.orchestrator!.terminateAgent(each.name, 'terminated by request')
      return given['agent_id'] === undefined
        ? { terminated: ids, failed: [], count_terminated: ids.length, count_failed: 0 }
        : { status: 'terminated', agent_id: ids[0] }
    },
  },
  'agent:health': {
    about: 'Says how an agent does.',
    parameters: { agent_id: 'which' },
    answer({ agent_id: id }, { runs }) {
      const found = agentsOf(runs).find((each) => each.id === id)
      if (!found)
        throw new RefusedError(`There is no agent ${JSON.stringify(id ?? null)}.`, {
          agents: agentsOf(runs)
            .map((each) => each.id)
            .slice(0, 20),
        })
      const { status, working, restarts, inbox, progressAt } = found.agent
      return {
        agent_id: found.id,
        status: status === 'alive' ? 'healthy' : status,
        working,
        restarts,
        unread: inbox.length,
        seconds_since_progress: (Date.now() - progressAt) / 1_000,
      }
    },
  },
}
