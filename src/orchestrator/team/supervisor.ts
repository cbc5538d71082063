import { steadyNow } from '../../clock/index.ts'
import type { Trace } from '../../trace/index.ts'
import type { Agent } from './agent.ts'

/**
 * Watches for agents that are at work without progress: they are started again, and given up after too many restarts.
 * It looks only while somebody is at work, so that it never keeps a run alive.
 */
export class Supervisor {
  readonly #agents: ReadonlyMap<string, Agent>
  readonly #trace: Pick<Trace, 'append'>
  readonly #hungAfterMs: number
  readonly #maxRestarts: number
  readonly #giveUp: (agent: Agent, reason: string) => void
  #timer: NodeJS.Timeout | undefined

  constructor(
    agents: ReadonlyMap<string, Agent>,
    {
      hungAfterMs,
      maxRestarts,
      trace,
      giveUp,
    }: {
      hungAfterMs: number
      maxRestarts: number
      trace: Pick<Trace, 'append'>
      giveUp: (agent: Agent, reason: string) => void
    },
  ) {
    this.#agents = agents
    this.#hungAfterMs = hungAfterMs
    this.#maxRestarts = maxRestarts
    this.#trace = trace
    this.#giveUp = giveUp
  }

  /** Somebody has begun to work. */
  watch(): void {
    this.#timer ??= setTimeout(() => this.#look(), this.#hungAfterMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    this.#timer = undefined
    const now = steadyNow()
    let earliest = Number.POSITIVE_INFINITY
    for (const agent of this.#agents.values()) {
      if (!agent.isAlive || agent.working === 0) continue
      const sinceMs = now - agent.progressAt
      // One that rests knows how long.
      if (agent.resting === 0 && sinceMs >= this.#hungAfterMs) this.#meet(agent, sinceMs)
      if (agent.isAlive) earliest = Math.min(earliest, (agent.resting > 0 ? now : agent.progressAt) + this.#hungAfterMs)
    }
    if (Number.isFinite(earliest)) this.#timer = setTimeout(() => this.#look(), Math.max(1, earliest - now))
  }

  #meet(agent: Agent, sinceMs: number): void {
    const { name, restarts } = agent
    this.#trace.append({ type: 'agent.hung', agent: name, sinceMs, restarts })
    if (restarts >= this.#maxRestarts) return this.#giveUp(agent, `no progress after ${restarts} restarts`)
    agent.restart()
    this.#trace.append({ type: 'agent.restarted', agent: name, restarts: restarts + 1 })
  }
}
