import { steadyNow } from '../clock/index.ts'
import type { TraceEvent } from '../trace/index.ts'
import { nameOf, type Run } from './runs.ts'

/** An event by the name that clients of KSI know. */
export interface Push {
  name: string
  data: object
}

const idOf = (run: string, agent: string): string => `${run}_${agent}`

/** What has become of a run, by the states that it may be in. */
const ENDS: Readonly<Partial<Record<Run['phase'], string>>> = {
  completed: 'orchestration:completed',
  failed: 'orchestration:failed',
}

/**
 * What clients of KSI are told of orchestrations, beside the events of their traces: `agent:spawned`, `orchestration:started` … Source of the
 * names and data: the KSI daemon and its web page.
 */
export class Pushes {
  /** Agents that are there, by run. */
  readonly #agents = new Map<string, Set<string>>()

  /** A run has begun, or goes on. Its agents come first. */
  begun(run: Run, { isNew }: { isNew: boolean }): Push[] {
    const { team } = run.live!.orchestrator
    const agents = [...team.agents.values()].filter(({ isAlive }) => isAlive)
    this.#agents.set(run.id, new Set(agents.map(({ name }) => name)))
    if (!isNew) return []
    return [
      ...agents.map(({ name, settings }) => this.#spawned(run.id, name, settings.profile)),
      {
        name: 'orchestration:started',
        data: {
          orchestration_id: run.id,
          pattern: nameOf(run.pattern),
          agents: agents.map(({ name }) => idOf(run.id, name)),
        },
      },
    ]
  }

  #spawned(run: string, agent: string, profile: string): Push {
    return {
      name: 'agent:spawned',
      data: { agent_id: idOf(run, agent), orchestration_id: run, profile, status: 'created' },
    }
  }

  #terminated(run: string, agent: string, reason: string): Push {
    return {
      name: 'agent:terminated',
      data: { agent_id: idOf(run, agent), orchestration_id: run, reason, status: 'terminated' },
    }
  }

  /** Something has happened in a run. @param profileOf that of one of its agents */
  happened(run: string, event: TraceEvent, profileOf: (agent: string) => string): Push[] {
    const there = this.#agents.get(run)
    // What happens while a run is made is told when it has begun.
    if (!there) return []
    switch (event.type) {
      case 'agent.spawned':
        there.add(event.agent)
        return [this.#spawned(run, event.agent, profileOf(event.agent))]
      case 'agent.terminated':
        there.delete(event.agent)
        return [this.#terminated(run, event.agent, event.reason)]
      case 'message.sent': {
        const { from, to } = event
        const sender = there.has(from) ? idOf(run, from) : run
        return [
          {
            name: 'orchestration:message',
            data: { orchestration_id: run, from_agent: sender, to_agents: [idOf(run, to)] },
          },
        ]
      }
      default:
        return []
    }
  }

  /** A run has stopped. Its agents are gone, but for one that is suspended. */
  stopped(run: Run, messages: number): Push[] {
    const { id, phase, startedAt, endedAt, error } = run
    const about = { orchestration_id: id, pattern: nameOf(run.pattern) }
    if (phase === 'suspended') return [{ name: 'orchestration:suspended', data: about }]
    const agents = [...(this.#agents.get(id) ?? [])]
    this.#agents.delete(id)
    const data = {
      ...about,
      reason: error ?? phase,
      duration: Math.max(0, (endedAt ?? steadyNow()) - startedAt) / 1_000,
      message_count: messages,
    }
    const end = ENDS[phase]
    return [
      ...agents.map((agent) => this.#terminated(id, agent, `the orchestration is ${phase}`)),
      ...(end === undefined ? [] : [{ name: end, data }]),
      { name: 'orchestration:terminated', data },
    ]
  }
}
