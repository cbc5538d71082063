import { randomBytes } from 'node:crypto'
import { steadyNow } from '../../clock/index.ts'
import { fitsPattern } from '../../orchestrator/index.ts'
import type { Options } from '../../strategy/index.ts'
import type { RunStore } from '../../store/index.ts'
import { ofPage, page, PAGE } from '../page.ts'
import { quoted, RefusedError } from '../protocol.ts'
import { detailsOf, type AgentDetails } from '../run-details.ts'
import type { Run, Runs } from '../runs.ts'
import { handler, WHICH, type Handler } from './handler.ts'

const ONE = {
  type: 'text',
  about: 'the id of the agent, or its name if exactly one running orchestration has an agent of that name',
} as const
const AGENT = { ...ONE, required: true } as const
const MAX_SUGGESTED = 20
const STATUSES: readonly string[] = [
  'alive',
  'terminated',
  'given_up',
  'finished',
] satisfies readonly AgentDetails['status'][]

/** An agent's id begins with that of its orchestration. */
const ID = /^(orch_[0-9a-f]{8})_(.+)$/s

const agentsOf = (runs: readonly Run[], store: RunStore): AgentDetails[] =>
  runs.flatMap((run) => [...detailsOf(run, store).agents])

const idsOf = (agents: readonly AgentDetails[]): string[] => agents.map(({ id }) => id).slice(0, MAX_SUGGESTED)

/**
 * The agent that is meant by its id, or by its name alone.
 *
 * @throws RefusedError naming what there is
 */
export function findAgent(id: string, { runs, store }: { runs: Runs; store: RunStore }): AgentDetails {
  const [, run] = ID.exec(id) ?? []
  if (run !== undefined) {
    const found = detailsOf(runs.find(run), store).agents.find((agent) => agent.id === id)
    if (found) return found
  }
  const agents = agentsOf(runs.active, store)
  const named = agents.filter(({ name }) => name === id)
  const running = named.filter((agent) => agent.run.live)
  const [found, other] = running.length > 0 ? running : named
  if (other)
    throw new RefusedError(`Several orchestrations have an agent ${quoted(id)}. Give the id of one agent.`, {
      agents: idsOf(named),
    })
  if (found) return found
  throw new RefusedError(`There is no agent ${quoted(id)}.`, { agents: idsOf(agents) })
}

interface Criteria {
  agent_id: string | undefined
  agent_ids: readonly string[] | undefined
  pattern: string | undefined
  all: boolean
  orchestration_id: string | undefined
}

/** The agents alive that are meant. */
function chosen(given: Criteria, context: { runs: Runs; store: RunStore }): AgentDetails[] {
  const { agent_id: id, agent_ids: ids = [], pattern, all, orchestration_id: of } = given
  const { runs, store } = context
  const alive = agentsOf(of === undefined ? runs.live : [runs.find(of)], store).filter(
    ({ status }) => status === 'alive',
  )
  if (all) return alive
  if (pattern !== undefined)
    return alive.filter((agent) => fitsPattern(pattern, agent.id) || fitsPattern(pattern, agent.name))
  const wanted = id === undefined ? ids : [id]
  if (wanted.length === 0) throw new RefusedError('agent:terminate needs agent_id, agent_ids, pattern or all.')
  return wanted.flatMap((each) => {
    const named = alive.filter((agent) => agent.id === each || agent.name === each)
    if (named.length > 1)
      throw new RefusedError(`Several orchestrations have an agent ${quoted(each)}. Give the id of one agent.`, {
        agents: idsOf(named),
      })
    return named
  })
}

/** How an agent does. */
function health({ id, run, name, status, restarts, unread, messages }: AgentDetails): object {
  const working = run.live?.orchestrator.team.agents.get(name)
  return {
    agent_id: id,
    status: status === 'alive' ? (run.live ? 'healthy' : run.phase) : status,
    working: working?.working ?? 0,
    restarts,
    unread,
    messages,
    seconds_since_progress: working ? (steadyNow() - working.progressAt) / 1_000 : null,
  }
}

/** Agents of all orchestrations; an agent's id is that of its orchestration, `_` and its name. */
export const agent: Readonly<Record<string, Handler>> = {
  'agent:list': handler({
    about: 'Lists the agents of active orchestrations.',
    parameters: {
      status: { type: 'text', about: `only agents with this status: ${STATUSES.join(', ')}` },
      orchestration_id: { type: 'text', about: 'only agents of this orchestration' },
      all: { type: 'boolean', about: 'includes agents of the newest ended orchestrations', default: false },
      ...PAGE,
    },
    answer({ status, orchestration_id: of, all, ...part }, { runs, store }) {
      if (status !== undefined && !STATUSES.includes(status))
        throw new RefusedError(`status is ${quoted(status)}. Give one of ${STATUSES.join(', ')}.`)
      const those = of !== undefined ? [runs.find(of)] : [...runs.active, ...(all ? runs.over(part.limit) : [])]
      const shown = page(
        agentsOf(those, store)
          .filter((each) => status === undefined || each.status === status)
          .map(({ id, status: stands, settings, run }) => ({
            agent_id: id,
            status: stands,
            profile: settings.profile,
            created_at: run.startedAt / 1_000,
          })),
        part,
      )
      return { agents: shown.items, ...ofPage(shown) }
    },
  }),
  'agent:terminate': handler({
    about: 'Terminates agents, and cancels their current calls.',
    parameters: {
      agent_id: ONE,
      agent_ids: { type: 'texts', about: 'the ids of several agents' },
      pattern: { type: 'text', about: 'agents whose id or name matches, such as "*_worker_2"' },
      all: { type: 'boolean', about: 'all agents', default: false },
      orchestration_id: { type: 'text', about: 'only agents of this orchestration' },
      force: { type: 'boolean', about: 'has no effect: the daemon always terminates agents at once', default: false },
      dry_run: { type: 'boolean', about: 'lists the agents without terminating them', default: false },
    },
    answer(given, context) {
      const found = chosen(given, context)
      const { runs, store } = context
      if (found.length === 0)
        throw new RefusedError('No agents found matching criteria', {
          agents: idsOf(agentsOf(runs.live, store).filter(({ status }) => status === 'alive')),
        })
      const ids = found.map(({ id }) => id)
      if (given.dry_run) return { status: 'dry_run', would_terminate: ids, count: ids.length }
      for (const { run, name } of found) runs.liveOf(run).orchestrator.terminateAgent(name, 'terminated by request')
      return given.agent_id === undefined
        ? { terminated: ids, failed: [], count_terminated: ids.length, count_failed: 0 }
        : { status: 'terminated', agent_id: ids[0] }
    },
  }),
  'agent:health': handler({
    about: 'Shows the health of one agent, or of all agents of active orchestrations.',
    parameters: {
      agent_id: ONE,
      orchestration_id: { type: 'text', about: 'only agents of this orchestration' },
      ...PAGE,
    },
    answer({ agent_id: id, orchestration_id: of, ...part }, { runs, store }) {
      if (id !== undefined) return health(findAgent(id, { runs, store }))
      const agents = agentsOf(of === undefined ? runs.active : [runs.find(of)], store)
      const count = (status: string): number => agents.filter((each) => each.status === status).length
      const shown = page(agents.map(health), part)
      return {
        agents: shown.items,
        alive: count('alive'),
        terminated: count('terminated'),
        given_up: count('given_up'),
        ...ofPage(shown),
      }
    },
  }),
  'agent:spawn': handler({
    about: 'Adds an agent to a running orchestration.',
    parameters: {
      ...WHICH,
      agent_id: { type: 'text', about: 'the name of the new agent', required: true },
      profile: { type: 'text', about: 'the profile of the agent' },
      model: { type: 'text', about: 'the model of the agent; default: the default model' },
      prompt: { type: 'text', about: 'the system prompt of the agent' },
      template: { type: 'text', about: 'an agent whose settings the new agent copies' },
      max_tokens: { type: 'integer', about: 'maximum number of tokens of one answer', least: 1 },
      context: { type: 'any', about: 'a first message for the inbox of the agent' },
    },
    answer({ orchestration_id, pattern, agent_id: name, context, ...options }, { runs }) {
      const run = runs.choose({ orchestration_id, pattern }, 'agent:spawn', 'running')
      const { orchestrator } = runs.liveOf(run)
      if (!/^[A-Za-z_][\w-]*$/.test(name))
        throw new RefusedError(`agent_id is ${quoted(name)}. Give a name of letters, digits, _ and -.`)
      orchestrator.spawnAgent(name, options as Options)
      if (context !== undefined)
        orchestrator.sendMessage(name, typeof context === 'string' ? context : JSON.stringify(context), 'client')
      const { settings } = orchestrator.team.find(name)
      return {
        status: 'created',
        agent_id: `${run.id}_${name}`,
        profile: settings.profile,
        config: { model: settings.model ?? null },
      }
    },
  }),
  'agent:send_message': handler({
    about: "Adds a message to an agent's inbox. The agent reads it with its next prompt.",
    parameters: {
      agent_id: AGENT,
      message: { type: 'any', about: 'the message: a text, or an object', required: true },
    },
    answer({ agent_id: id, message }, { runs, store, correlationId }) {
      const found = findAgent(id, { runs, store })
      if (found.status !== 'alive') throw new RefusedError(`The agent ${found.id} is ${found.status}.`)
      const text = typeof message === 'string' ? message : JSON.stringify(message)
      if (text === '') throw new RefusedError('agent:send_message needs a message: a text.')
      const { orchestrator } = runs.liveOf(found.run)
      orchestrator.sendMessage(found.name, text, 'client')
      return {
        status: 'queued',
        agent_id: found.id,
        request_id: correlationId ?? `req_${randomBytes(4).toString('hex')}`,
        unread: orchestrator.team.find(found.name).inbox.length,
      }
    },
  }),
  'agent:trace': handler({
    about: 'Returns the newest events of an agent.',
    parameters: {
      agent_id: AGENT,
      duration: { type: 'duration', about: 'only events of this period before now' },
      limit: PAGE.limit,
    },
    answer({ agent_id: id, duration, limit }, { runs, store, events }) {
      const { run, name, id: full } = findAgent(id, { runs, store })
      const since = duration === undefined ? 0 : (steadyNow() - duration) / 1_000
      const mine = events.filter(
        ({ orchestration_id: of, data, timestamp }) =>
          of === run.id && timestamp >= since && (data as { agent?: unknown }).agent === name,
      )
      const shown = page(mine.toReversed(), { limit, offset: 0 })
      return { agent_id: full, events: shown.items.toReversed(), count: shown.items.length, total_events: mine.length }
    },
  }),
}
