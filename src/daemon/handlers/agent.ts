import { fitsPattern, type Agent } from '../../orchestrator/index.ts'
import type { Options } from '../../pattern/index.ts'
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

/** @throws RefusedError naming what there is */
function one(runs: Runs, id: unknown): Found {
  const agents = agentsOf(runs)
  const found = agents.find((each) => each.id === id)
  if (found) return found
  throw new RefusedError(`There is no agent ${JSON.stringify(id ?? null)}.`, {
    agents: agents.map((each) => each.id).slice(0, 20),
  })
}

function running(runs: Runs, id: unknown): Run {
  const run = runs.find(id)
  if (run.phase === 'running') return run
  throw new RefusedError(`${run.id} is ${run.phase}, and not running.`)
}

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
      const found = one(runs, id)
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
  'agent:spawn': {
    about: 'Adds an agent to an orchestration that runs.',
    parameters: {
      orchestration_id: 'which',
      agent_id: 'its name',
      profile: 'what kind of agent',
      model: 'in place of the default',
      prompt: 'its system prompt',
    },
    answer({ orchestration_id: id, agent_id: name, ...options }, { runs }) {
      const run = running(runs, id)
      if (typeof name !== 'string' || !/^[A-Za-z_][\w-]*$/.test(name))
        throw new RefusedError(`agent_id is ${JSON.stringify(name)}: give a name of letters, digits, _ and -.`)
      run.orchestrator!.spawnAgent(name, options as Options)
      const { settings } = run.orchestrator!.team.find(name)
      return {
        status: 'created',
        agent_id: `${run.id}_${name}`,
        profile: settings.profile,
        config: { model: settings.model ?? null },
      }
    },
  },
  'agent:send_message': {
    about: "Puts a message into an agent's inbox: it is read when the agent is next asked.",
    parameters: { agent_id: 'which', message: 'a text' },
    answer({ agent_id: id, message }, { runs }) {
      const found = one(runs, id)
      if (!found.agent.isAlive) throw new RefusedError(`The agent ${found.id} is ${found.agent.status}.`)
      if (typeof message !== 'string' || message === '')
        throw new RefusedError('agent:send_message needs a message: a text.')
      running(runs, found.run.id).orchestrator!.sendMessage(found.agent.name, message, 'client')
      return { status: 'queued', agent_id: found.id, unread: found.agent.inbox.length }
    },
  },
  'agent:trace': {
    about: 'Gives the newest events of an agent.',
    parameters: { agent_id: 'which', limit: 'default 100' },
    answer({ agent_id: id, limit = 100 }, { runs, events }) {
      const { run, agent: each, id: full } = one(runs, id)
      const mine = events.filter(
        ({ orchestration_id: of, data }) => of === run.id && (data as { agent?: unknown }).agent === each.name,
      )
      return { agent_id: full, events: mine.slice(-Math.max(1, Number(limit) || 100)), total_events: mine.length }
    },
  },
}
