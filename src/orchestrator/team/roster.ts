import { isMistake, suggestion } from '../../options/index.ts'
import { agentFrom, isOrchestrating, type AgentSettings, type Pattern } from '../../pattern/index.ts'
import type { Json, Options } from '../../strategy/index.ts'
import { CompletionError } from '../service/failures.ts'
import type { Recipients } from './recipients.ts'
import { namesFor, readSpawning } from './spawning.ts'
import type { Team } from './team.ts'

const UNNAMED_ORCHESTRATOR = 'orchestrator'
const MAX_SPAWNED = 10_000

/** The names of all but the orchestrating one. */
export const workersAmong = (agents: readonly AgentSettings[]): string[] =>
  agents.filter((agent) => !isOrchestrating(agent)).map(({ name }) => name)

/** The agent that leads the others. */
export const leaderOf = (agents: readonly AgentSettings[]): string =>
  agents.find(isOrchestrating)?.name ?? UNNAMED_ORCHESTRATOR

/** Who is in a team, in which role: made by the strategy, by an agent or from outside, and known to the strategy's variables. */
export class Roster {
  readonly #team: Team
  readonly #pattern: Pattern
  readonly #variables: () => Record<string, Json>

  /** @param variables those of the strategy, which may be changed */
  constructor(team: Team, pattern: Pattern, variables: () => Record<string, Json>) {
    this.#team = team
    this.#pattern = pattern
    this.#variables = variables
  }

  /** Whom the strategy speaks to. */
  get recipients(): Recipients {
    return { ...this.#team.recipients, except: ({ settings }) => isOrchestrating(settings) }
  }

  /** Whether an agent leads the others. */
  leads(name: string): boolean {
    return isOrchestrating(this.#team.find(name).settings) || name === UNNAMED_ORCHESTRATOR
  }

  /** The agent that lines in plain language are asked of; made where there is none. */
  orchestratingAgent(): string {
    for (const { settings, isAlive } of this.#team.agents.values())
      if (isAlive && isOrchestrating(settings)) return settings.name
    if (!this.#team.isAlive(UNNAMED_ORCHESTRATOR)) this.#team.spawn(plainAgent(UNNAMED_ORCHESTRATOR))
    return UNNAMED_ORCHESTRATOR
  }

  /** Makes an agent, and tells it what it is to know at the start. */
  add(agent: AgentSettings): void {
    this.#team.spawn(agent)
    if (agent.initialPrompt !== undefined) this.#team.send(agent.name, agent.initialPrompt, 'orchestration')
  }

  /**
   * Makes agents by the words of SPAWN. Gives the name, or the names where several were asked for.
   *
   * @throws CompletionError
   */
  spawn(name: string | null, options: Options): Json {
    const spawning = readSpawning(name, options)
    const { template, count, settings } = spawning
    const names = namesFor(spawning, (each) => this.#team.agents.has(each))
    if (names.length > MAX_SPAWNED)
      throw new CompletionError(
        'refused_request',
        `SPAWN requests ${names.length} agents. The maximum is ${MAX_SPAWNED} at once.`,
      )
    const variables = this.#variables()
    for (const each of names) {
      const base = template === undefined ? plainAgent(each) : this.#startingFrom(template, each)
      this.add({ ...base, ...settings, name: each })
      for (const list of ['agents', 'all_agents']) {
        const before = variables[list]
        if (Array.isArray(before) && !before.includes(each)) variables[list] = [...(before as readonly Json[]), each]
      }
    }
    return count === null ? names[0]! : names
  }

  /** The settings of an agent of the team, or of one that the pattern has as a template only. */
  #startingFrom(template: string, name: string): AgentSettings {
    const { agents, names, recipients } = this.#team
    const inTeam = agents.get(template)
    if (inTeam) return inTeam.settings
    let made: AgentSettings | undefined
    try {
      made = agentFrom(template, this.#pattern, { name, variables: this.#variables(), run: recipients.run })
    } catch (error) {
      // Its prompt names what there is not: the strategy is told as of any other agent that cannot be made.
      throw new CompletionError('refused_request', (error as Error).message, { cause: error })
    }
    if (made) return made
    const known = [...new Set([...names, ...Object.keys(this.#pattern.data.agents ?? {})])]
    throw new CompletionError(
      'refused_request',
      `There is no agent "${template}" to serve as a template. ${suggestion(template, known)}`.trim(),
      { unknown: !isMistake(template, known) },
    )
  }
}

const plainAgent = (name: string): AgentSettings => ({
  name,
  profile: 'agent',
  role: name === UNNAMED_ORCHESTRATOR ? UNNAMED_ORCHESTRATOR : undefined,
  model: undefined,
  systemPrompt: undefined,
  capabilities: [],
  maxTokens: undefined,
})
