import { formatDollars } from '../../money/index.ts'
import { listPatterns, loadPattern, PatternError } from '../../pattern/index.ts'
import { RefusedError } from '../protocol.ts'
import type { Run } from '../runs.ts'
import type { Handler, Parameters } from './handler.ts'

const agentId = (run: Run, name: string): string => `${run.id}_${name}`

function describe(run: Run): object {
  const agents = run.orchestrator?.team.agents ?? new Map<string, never>()
  return {
    orchestration_id: run.id,
    state: run.phase,
    pattern: run.pattern,
    agents: Object.fromEntries(
      [...agents.values()].map(({ name, settings, status }) => [
        agentId(run, name),
        { spawned: true, profile: settings.profile, status },
      ]),
    ),
    message_count: run.messages,
    duration: ((run.endedAt ?? Date.now()) - run.startedAt) / 1_000,
    ...(run.result && { result: run.result.result }),
    ...(run.error !== undefined && { error: run.error }),
  }
}

const dollars = (pico: bigint): string => formatDollars(pico)

function costOf(run: Run): object {
  const costs = run.orchestrator?.costs
  if (!costs) return { orchestration_id: run.id, known: null, uncertain: null, agents: {} }
  return {
    orchestration_id: run.id,
    calls: costs.total.calls,
    known: dollars(costs.total.known),
    uncertain: dollars(costs.total.uncertain),
    budget_limit: costs.limit === undefined ? null : dollars(costs.limit),
    agents: Object.fromEntries(
      [...costs.byAgent].map(([name, { calls, known, uncertain }]) => [
        agentId(run, name),
        { calls, known: dollars(known), uncertain: dollars(uncertain) },
      ]),
    ),
  }
}

function variables({ vars = {} }: Parameters): Readonly<Record<string, unknown>> {
  if (typeof vars === 'object' && vars !== null && !Array.isArray(vars)) return vars as Record<string, unknown>
  throw new RefusedError(`vars is ${JSON.stringify(vars)}: give an object, such as {"max_rounds": 3}.`)
}

/** Orchestrations. */
export const orchestration: Readonly<Record<string, Handler>> = {
  'orchestration:start': {
    about: 'Starts an orchestration by its pattern.',
    parameters: { pattern: 'a name or path of a YAML file', vars: 'values of its variables' },
    answer(given, { runs, correlationId }) {
      if (typeof given['pattern'] !== 'string') throw new RefusedError('orchestration:start needs a pattern.')
      try {
        const run = runs.start(given['pattern'], variables(given), correlationId)
        return {
          status: 'started',
          orchestration_id: run.id,
          agents: run.orchestrator!.agents.map((name) => agentId(run, name)),
        }
      } catch (error) {
        if (error instanceof PatternError) throw new RefusedError(error.message, { validation_errors: [error.message] })
        throw error
      }
    },
  },
  'orchestration:status': {
    about: 'Says where an orchestration stands, or all of them.',
    parameters: { orchestration_id: 'default: all' },
    answer: ({ orchestration_id: id }, { runs }) =>
      id === undefined
        ? { orchestrations: Object.fromEntries(runs.all.map((run) => [run.id, describe(run)])) }
        : describe(runs.find(id)),
  },
  'orchestration:get_instance': {
    about: 'Gives all of an orchestration: where it stands, its variables, conversations, breakers and spending.',
    parameters: { orchestration_id: 'which' },
    answer({ orchestration_id: id }, { runs }) {
      const run = runs.find(id)
      const { orchestrator } = run
      return {
        ...describe(run),
        variables: orchestrator?.variables ?? {},
        breakers: orchestrator?.breakers ?? {},
        cost: costOf(run),
      }
    },
  },
  'orchestration:message': {
    about: 'Puts a message into the inbox of an agent of an orchestration, or of all of them.',
    parameters: { orchestration_id: 'which', message: 'a text, or an object', to: "an agent's name; default: all" },
    answer({ orchestration_id: id, message, to }, { runs }) {
      const run = runs.find(id)
      if (run.phase !== 'running') throw new RefusedError(`${run.id} is ${run.phase}, and not running.`)
      if (message === undefined || message === '') throw new RefusedError('orchestration:message needs a message.')
      const { team } = run.orchestrator!
      const names = team.names.filter((name) => team.isAlive(name))
      const chosen = to === undefined ? names : names.filter((name) => name === to || agentId(run, name) === to)
      if (chosen.length === 0)
        throw new RefusedError(`${run.id} has no agent ${JSON.stringify(to)} alive.`, { agents: names })
      const text = typeof message === 'string' ? message : JSON.stringify(message)
      for (const name of chosen) run.orchestrator!.sendMessage(name, text, 'client')
      return { status: 'delivered', orchestration_id: run.id, agents: chosen.map((name) => agentId(run, name)) }
    },
  },
  'orchestration:list_patterns': {
    about: 'Lists the patterns that can be started by name.',
    parameters: {},
    answer(_, { patterns: folders }) {
      const patterns = listPatterns(folders)
      return { patterns, count: patterns.length }
    },
  },
  'orchestration:load_pattern': {
    about: 'Reads a pattern and says what is in it, without starting it.',
    parameters: { pattern: 'a name or path of a YAML file' },
    answer({ pattern }, { runs }) {
      if (typeof pattern !== 'string') throw new RefusedError('orchestration:load_pattern needs a pattern.')
      try {
        const { file, data } = loadPattern(runs.fileOf(pattern))
        const { name, description, version, agents = {}, variables: values = {} } = data
        return { status: 'loaded', file, name, description, version, agents: Object.keys(agents), variables: values }
      } catch (error) {
        if (error instanceof PatternError) throw new RefusedError(error.message, { validation_errors: [error.message] })
        throw error
      }
    },
  },
  'orchestration:list': {
    about: 'Lists all orchestrations.',
    parameters: { state: 'only those in this state' },
    answer({ state }, { runs }) {
      const list = runs.all
        .filter(({ phase }) => state === undefined || phase === state)
        .map(({ id, phase, pattern, startedAt }) => ({
          orchestration_id: id,
          state: phase,
          pattern,
          started_at: startedAt / 1_000,
        }))
      return { orchestrations: list, count: list.length }
    },
  },
  'orchestration:suspend': {
    about: 'Stops an orchestration where it stands, and keeps it.',
    parameters: { orchestration_id: 'which', cancel: 'breaks off calls under way instead of waiting for them' },
    async answer({ orchestration_id: id, cancel }, { runs, store }) {
      const run = runs.find(id)
      await runs.suspend(run, cancel ? 'cancel' : 'drain')
      const checkpoint = store.addCheckpoint(run.id, 'suspended')
      return { status: 'suspended', orchestration_id: run.id, checkpoint_id: checkpoint.id }
    },
  },
  'orchestration:resume': {
    about: 'Goes on with an orchestration that was suspended.',
    parameters: { orchestration_id: 'which', checkpoint_id: 'from an earlier point; default: where it stands' },
    answer({ orchestration_id: id, checkpoint_id: checkpoint }, { runs }) {
      const run = runs.find(id)
      runs.resume(run, checkpoint === undefined ? undefined : String(checkpoint))
      return { status: 'resumed', orchestration_id: run.id }
    },
  },
  'orchestration:checkpoints': {
    about: 'Lists the points that an orchestration can be gone back to.',
    parameters: { orchestration_id: 'which' },
    answer: ({ orchestration_id: id }, { runs, store }) => ({
      checkpoints: store.checkpoints(runs.find(id).id).map(({ id: checkpoint, name, createdAt }) => ({
        checkpoint_id: checkpoint,
        name,
        created_at: createdAt / 1_000,
      })),
    }),
  },
  'orchestration:terminate': {
    about: 'Ends an orchestration for good: calls under way are cancelled.',
    parameters: { orchestration_id: 'which', reason: 'for the log' },
    async answer({ orchestration_id: id, reason }, { runs }) {
      const run = runs.find(id)
      await runs.terminate(run, reason === undefined ? 'terminated' : String(reason))
      return { status: 'terminated', orchestration_id: run.id, message_count: run.messages }
    },
  },
  'orchestration:request_termination': {
    about: 'Ends an orchestration for good when what is under way has ended.',
    parameters: { orchestration_id: 'which', reason: 'for the log' },
    answer({ orchestration_id: id, reason }, { runs }) {
      const run = runs.find(id)
      if (run.phase !== 'running' && run.phase !== 'suspended')
        throw new RefusedError(`${run.id} is ${run.phase} already.`)
      // What it waits for may take long; the end shows in its status.
      void runs.finish(run, reason === undefined ? 'termination requested' : String(reason)).catch(() => {})
      return { status: 'terminating', orchestration_id: run.id }
    },
  },
  'orchestration:cost_status': {
    about: 'Says what an orchestration has spent, by agent, or all of them.',
    parameters: { orchestration_id: 'default: all' },
    answer: ({ orchestration_id: id }, { runs }) =>
      id === undefined ? { orchestrations: runs.all.map(costOf) } : costOf(runs.find(id)),
  },
}
