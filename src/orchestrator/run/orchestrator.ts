import {
  isOrchestrating,
  PatternSettingError,
  resolveAgents,
  resolveVariables,
  type AgentSettings,
  type Pattern,
} from '../../pattern/index.ts'
import { Machine, type Effect, type Json } from '../../strategy/index.ts'
import type { EffectDependencies } from '../effects/dependencies.ts'
import type { Tracked } from '../effects/query.ts'
import { readCosts, saveCosts } from '../money/reported-cost.ts'
import { Costs } from '../money/costs.ts'
import { SemanticCache, type CacheSavings } from '../questions/cache/cache.ts'
import { embedderOf } from '../questions/cache/embedder.ts'
import { Completer, type TargetHealth } from '../questions/completer.ts'
import type { WaitingRetry } from '../questions/retries.ts'
import { processTime } from '../service/time.ts'
import { resolveSettings } from '../resolve-settings.ts'
import type { OrchestratorSettings, ResolvedOrchestratorSettings, StrategyFunction } from '../settings.ts'
import type { SavedAgent } from '../team/agent.ts'
import type { AgentAnswer } from '../team/answer.ts'
import { isRequest } from '../team/requests.ts'
import { leaderOf, Roster, workersAmong } from '../team/roster.ts'
import { Team } from '../team/team.ts'
import { ActiveTime } from './active-time.ts'
import { Ending } from './ending.ts'
import { RunEvents } from './run-events.ts'
import { Journal, ResumeError } from './journal.ts'
import { functionsOf } from './libraries.ts'
import { checkpointEvery, keepRun } from './persistence.ts'
import { OrchestrationError, type OrchestrationResult } from './result.ts'
import { Scheduler } from './scheduler.ts'
import { PART_VERSIONS, RUN_VERSION, type RunState } from './state.ts'
import type { OrchestratorDependencies } from './dependencies.ts'
import { Termination } from './termination.ts'
import { UnderWay } from './under-way.ts'

/** What TRACK has noted; older entries are forgotten. */
const MAX_TRACKED = 10_000

/** Options of the start or the resume of a run. */
export interface RunStart {
  /** Values of the variables of the pattern. Default: the defaults of the pattern. */
  vars?: Readonly<Record<string, unknown>>
  /** The name of the run in the store. */
  run?: string
  /** Whether to resume the run from the store. Default false. */
  resume?: boolean
}

/**
 * The reference orchestrator: runs the agents, the strategy and the rules of a pattern. It uses only the timers of the
 * process, so that the clock in force controls its time, and calls the services by `fetch` only.
 *
 * @example
 * ```ts
 * const orchestrator = new Orchestrator(loadPattern('debate.yaml'), { vars: { rounds: 3 } }, {}, { trace })
 * const { result } = await orchestrator.run()
 * ```
 */
export class Orchestrator {
  /** @internal */
  readonly costs: Costs
  /** @internal */
  readonly team: Team
  readonly #pattern: Pattern
  readonly #run: string
  readonly #settings: ResolvedOrchestratorSettings
  readonly #functions: Readonly<Record<string, StrategyFunction>>
  readonly #dependencies: OrchestratorDependencies
  readonly #machine: Machine
  readonly #completer: Completer
  readonly #cache: SemanticCache | undefined
  readonly #roster: Roster
  readonly #events: RunEvents
  readonly #termination: Termination
  readonly #scheduler: Scheduler
  readonly #underWay: UnderWay
  readonly #active: ActiveTime
  readonly #journal: Journal | undefined
  readonly #tracked: Tracked[]
  readonly #ending = new Ending(() => this.#scheduler.wake())
  /** Aborted when the run is to stop as soon as what is under way has ended. */
  readonly #draining = new AbortController()
  #statuses: OrchestrationResult['agents'] = {}
  #storeFailure: { error: unknown } | undefined

  /** @throws PatternSettingError, InvalidOrchestratorSettingError, ResumeError */
  constructor(
    pattern: Pattern,
    { vars = {}, run = 'run', resume = false }: RunStart,
    settings: OrchestratorSettings,
    dependencies: OrchestratorDependencies,
  ) {
    this.#pattern = pattern
    this.#run = run
    this.#dependencies = dependencies
    const { trace, store, tellsAttempts = false } = dependencies
    if (resume && !store) throw new ResumeError('To resume a run, set "store" to the store that contains the run.')
    const saved = resume && store ? Journal.load(store, run, pattern) : undefined
    const state = saved?.state
    const variables = state?.machine.variables ?? resolveVariables(pattern, vars, { run })
    const agents = resolveAgents(pattern, variables, { run })
    this.#settings = resolveSettings(settings, variables)
    this.#functions = functionsOf(settings, {
      names: [pattern.data.functions ?? []].flat(),
      agents: workersAmong(agents),
    })
    this.costs = new Costs(this.#settings, trace, state && readCosts(state.costs))
    this.#cache = this.#makeCache()
    this.#completer = new Completer(this.#settings, {
      costs: this.costs,
      cache: this.#cache,
      trace,
      tellsAttempts,
      before: state?.questions,
    })
    this.#termination = new Termination(pattern.data.coordination?.termination ?? {}, variables)
    this.#tracked = [...(state?.tracked ?? [])]
    this.#active = new ActiveTime(state?.activeMs)
    this.#underWay = new UnderWay(this.#active, state)
    this.team = this.#makeTeam(state?.routes)
    this.#roster = new Roster(this.team, pattern, () => this.#machine.state.variables)
    this.#events = new RunEvents({
      team: this.team,
      roster: this.#roster,
      ending: this.#ending,
      termination: this.#termination,
      trace,
      answers: state?.answers ?? 0,
    })
    this.#machine = state ? new Machine(pattern.program, state.machine) : this.#begin(agents, variables)
    this.#scheduler = new Scheduler({
      machine: this.#machine,
      ending: this.#ending,
      draining: this.#draining.signal,
      underWay: this.#underWay,
      trace,
      dependenciesOf: (effect) => this.#dependenciesOf(effect),
      checkpoint: (name) => this.#checkpoint(name),
      forget: (effect) => this.#forget(effect),
      waits: () => this.#journal?.save('running'),
    })
    if (saved) this.#goOn(saved)
    const source = {
      state: () => this.#state(),
      names: () => this.team.names,
      agent: (name: string) => this.team.find(name).save(),
      // Questions from outside count downwards.
      isPending: (effect: number) => effect < 0 || this.#underWay.isPending(effect),
      onFailure: (error: unknown) => {
        this.#storeFailure = { error }
        this.#ending.end('suspended')
      },
    }
    this.#journal =
      store &&
      keepRun(
        { store, run, pattern, source, saved },
        { costs: this.costs, team: this.team, completer: this.#completer },
      )
  }

  #makeCache(): SemanticCache | undefined {
    const { trace, store, answers = [] } = this.#dependencies
    const { cache } = this.#settings
    if (!cache) return undefined
    return new SemanticCache(cache, {
      embed: embedderOf(this.#settings, this.costs),
      trace,
      time: processTime,
      answers: store?.cachedAnswers.newest(cache.size) ?? answers,
      store: store?.cachedAnswers,
    })
  }

  #makeTeam(routes: RunState['routes']): Team {
    const { routing, routing_rules: rules = [], transformers = [] } = this.#pattern.data
    return new Team({
      settings: this.#settings,
      completer: this.#completer,
      trace: this.#dependencies.trace,
      run: this.#run,
      rules: [...(routing?.rules ?? []), ...rules],
      transformers,
      otherwise: (event) => (isRequest(event) ? undefined : routing?.default),
      isConversation: this.#isConversation,
      routes,
      // One that says how it ends needs no other bound.
      maxHops:
        this.#isConversation && this.#termination.isBounded ? Number.POSITIVE_INFINITY : this.#settings.maxEventHops,
      actAs: this.#dependencies.actAs ?? ((_, work) => work()),
    })
  }

  /** There is no strategy: agents talk. */
  get #isConversation(): boolean {
    return this.#pattern.strategy.statements.length === 0
  }

  #begin(agents: readonly AgentSettings[], variables: Readonly<Record<string, Json>>): Machine {
    if (this.#isConversation && agents.length === 0)
      throw new PatternSettingError(
        `${this.#pattern.file} has neither a strategy nor agents, so it cannot run. It can only serve as a base for other patterns.`,
      )
    for (const agent of agents) this.#roster.add(agent)
    const workers = workersAmong(agents)
    if (this.#isConversation && agents.every(({ initialPrompt }) => initialPrompt === undefined)) {
      // Somebody has to begin.
      const { description } = this.#pattern.data
      const first = agents.find(isOrchestrating) ?? agents[0]!
      this.team.send(first.name, ['Begin.', description?.trim()].filter(Boolean).join(' '), 'orchestration')
    }
    return Machine.start(this.#pattern.program, {
      orchestration_id: this.#run,
      agent_id: `${this.#run}_${leaderOf(agents)}`,
      agents: workers,
      all_agents: workers,
      ...variables,
    })
  }

  /** Takes up what is kept of a run; calls that were under way may have been billed. */
  #goOn({ id, agents, intents, state }: ReturnType<typeof Journal.load>): void {
    for (const { data } of agents) this.team.restore(data as SavedAgent)
    this.#dependencies.trace.append({ type: 'run.resumed', run: id, uncertain: intents.length })
    for (const { agent, model, worst } of intents) this.costs.bookUncertain(agent, model, worst)
    if (state.over) this.#ending.end(state.over)
  }

  #state(): RunState {
    const { reason } = this.#ending
    const routes = this.team.bus.saveRoutes()
    return {
      version: RUN_VERSION,
      parts: PART_VERSIONS,
      machine: this.#machine.state,
      costs: saveCosts(this.costs.total, this.costs.byAgent),
      questions: this.#completer.save(),
      answers: this.#events.answers,
      activeMs: this.#active.ms,
      ...this.#underWay.save(this.#machine.pending),
      ...((reason === 'event' || reason === 'max_messages' || reason === 'rounds') && { over: reason }),
      ...(this.#tracked.length > 0 && { tracked: this.#tracked }),
      ...(routes && { routes }),
    }
  }

  /**
   * Stops the run and saves its state: `run` ends with status `suspended`. Statements in progress are awaited, or
   * cancelled and repeated on resume; received answers are not requested again.
   */
  suspend({ running = 'drain' }: { running?: 'drain' | 'cancel' } = {}): void {
    if (!this.#journal) throw new ResumeError('A run without a store cannot be suspended. Set "store".')
    if (running === 'cancel') this.#ending.end('suspended')
    else {
      this.#draining.abort()
      this.#scheduler.wake()
    }
  }

  /**
   * Where the run stands, as plain data: what a store would keep of it now.
   *
   * @internal
   */
  snapshot(): { state: RunState; agents: readonly SavedAgent[] } {
    return { state: this.#state(), agents: [...this.team.agents.values()].map((agent) => agent.save()) }
  }

  /** Ends the run as a process is killed: the store receives no later changes. */
  kill(): void {
    this.#journal?.close()
    this.#ending.end('suspended')
  }

  /** The savings of the cache so far; null without a cache. */
  get savings(): CacheSavings | null {
    return this.#cache ? { ...this.#cache.savings } : null
  }

  /** The names of the agents, in the order of the pattern. */
  get agents(): readonly string[] {
    return this.team.names
  }

  /** The states of the circuit breakers, by model. */
  get breakers(): Readonly<Record<string, 'closed' | 'open' | 'half-open'>> {
    return this.#completer.breakers.states
  }

  /** The current variables of the strategy. */
  get variables(): Readonly<Record<string, Json>> {
    return this.#machine.state.variables
  }

  /** The requests that wait for a retry. */
  get waitingRetries(): Iterable<WaitingRetry> {
    return this.#completer.waiting
  }

  /** The health of the models, by model. */
  get targets(): Readonly<Record<string, TargetHealth>> {
    return this.#completer.health
  }

  /**
   * Asks an agent independently of the strategy. The agent answers its questions one after another.
   *
   * @param request tells it from other questions, also after a restart: a positive whole number
   * @throws CompletionError, or the signal's reason
   */
  async requestAnswer(agent: string, prompt: string, request: number, signal: AbortSignal): Promise<AgentAnswer> {
    // Effects of the strategy count upwards.
    const effect = -request
    const asked = this.team.requestAnswer(agent, prompt, {
      signal: AbortSignal.any([signal, this.#ending.signal]),
      effect,
      question: 'request',
    })
    this.#scheduler.keep(asked)
    return asked
  }

  /** @deprecated The former name of `requestAnswer`. */
  ask(agent: string, prompt: string, request: number, signal: AbortSignal): Promise<AgentAnswer> {
    return this.requestAnswer(agent, prompt, request, signal)
  }

  /**
   * What `requestAnswer` has answered is kept elsewhere.
   *
   * @internal
   */
  answered(request: number): void {
    this.#forget(-request)
  }

  /** Nobody waits for the effect any more. */
  #forget(effect: number): void {
    this.#underWay.forget(effect)
    if (!this.#journal) return
    this.#journal.effectEnded(effect)
    this.#completer.forget(this.#journal.keyOf({ effect, question: '' }))
  }

  /** Adds a message to the inbox of an agent. The agent reads it with its next prompt. */
  sendMessage(to: string, text: string, from: string): void {
    this.team.send(to, text, from)
    this.#journal?.save('running')
  }

  /** Emits an event on behalf of an agent or another sender. The rules of the pattern route it. */
  emit(event: string, data: Json, from: string): void {
    this.team.bus.emit({ event, from, data })
    this.#journal?.save('running')
  }

  /** Adds an agent while the strategy runs; `agents` contains it from now on. */
  spawnAgent(name: string, options: Readonly<Record<string, Json>>): void {
    this.#roster.spawn(name, options)
    this.#journal?.save('running')
  }

  /** Terminates an agent. */
  terminateAgent(name: string, reason: string): void {
    this.team.terminate(name, reason)
  }

  /**
   * Runs the strategy to its end. No call remains in progress afterwards.
   *
   * @throws OrchestrationError if the strategy fails; the signal's reason if that is aborted; StoreError if the store fails: the run can be gone on with
   */
  async run(): Promise<OrchestrationResult> {
    const { signal } = this.#dependencies
    const onAbort = (): void => this.#ending.end('cancelled', signal?.reason)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    const timer = this.#limitTime()
    const checkpoints = this.#journal && checkpointEvery(this.variables, () => this.#checkpoint('interval'))
    const stopListening = this.#events.begin()
    try {
      await this.#scheduler.execute()
    } finally {
      clearTimeout(timer)
      clearInterval(checkpoints)
      stopListening()
      signal?.removeEventListener('abort', onAbort)
      this.#ending.close()
      this.#statuses = Object.fromEntries([...this.team.agents.values()].map(({ name, status }) => [name, status]))
      if (this.#ending.reason === 'suspended') this.#journal?.save('suspended')
      this.team.close('the orchestration ended')
      await this.#scheduler.settled()
      if (this.#ending.reason === 'suspended') this.#journal?.close()
    }
    if (this.#storeFailure) throw this.#storeFailure.error
    if (this.#ending.reason === 'cancelled') throw signal?.reason
    const outcome = this.#outcome()
    this.#journal?.save(outcome.status)
    if (outcome.failure) throw new OrchestrationError(this.#pattern.file, outcome.failure, outcome)
    return outcome
  }

  #dependenciesOf(effect: Effect): EffectDependencies {
    const { id } = effect
    const heard = this.#underWay.heardBy(id)
    return {
      effect: id,
      elapsedMs: this.#underWay.elapsedOf(id),
      team: this.team,
      settings: this.#settings,
      functions: this.#functions,
      trace: this.#dependencies.trace,
      signal: this.#ending.signal,
      sequential: this.#inTurns,
      inTurns: this.#inTurns,
      pausing: this.#draining.signal,
      pause: () => {
        this.#underWay.paused.add(id)
        this.#scheduler.wake()
        return new Promise<never>((_, reject) =>
          this.#ending.signal.addEventListener('abort', () => reject(this.#ending.signal.reason as Error), {
            once: true,
          }),
        )
      },
      recipients: this.#roster.recipients,
      track: (entry) => {
        this.#tracked.push(entry)
        if (this.#tracked.length > MAX_TRACKED) this.#tracked.shift()
      },
      queried: () => ({ ...this.#roster.recipients, tracked: this.#tracked, variables: this.variables }),
      background: (promise) => this.#scheduler.keep(promise),
      goesOn: (questions) => this.#scheduler.goesOn(effect, questions),
      keepLate: (answer) => this.#keepLate(effect, answer),
      heard,
      orchestratingAgent: () => this.#roster.orchestratingAgent(),
      spawn: (name, options) => this.#roster.spawn(name, options),
    }
  }

  /** Agents speak one after another. */
  get #inTurns(): boolean {
    const mode = this.#pattern.data.coordination?.turn_taking?.mode
    return mode === 'sequential' || mode === 'strict_alternation'
  }

  /** Keeps where the run stands, to be gone back to. */
  #checkpoint(name: string | null): void {
    const { store, onCheckpoint } = this.#dependencies
    if (this.#journal && store) {
      this.#journal.save('running')
      store.addCheckpoint(this.#journal.run, name)
    }
    onCheckpoint?.(name)
  }

  /** Answers that came after their gather stand in the variable `late_responses`, and in that of their gather. */
  #keepLate({ request }: Effect, answer: AgentAnswer): void {
    const { variables } = this.#machine.state
    const own = 'name' in request ? [`${String(request.name)}.late_responses`] : []
    for (const name of ['late_responses', ...own]) {
      const before = variables[name]
      variables[name] = [...(Array.isArray(before) ? (before as readonly Json[]) : []), { ...answer } as Json]
    }
  }

  #limitTime(): NodeJS.Timeout | undefined {
    const { timeoutMs } = this.#termination
    if (timeoutMs === undefined) return undefined
    return setTimeout(() => this.#ending.end('timeout'), Math.max(0, timeoutMs - this.#active.beforeMs))
  }

  #outcome(): OrchestrationResult {
    const { status, variables } = this.#machine.state
    const failure = status.kind === 'failed' ? status.failure : null
    return {
      status: failure ? 'failed' : this.#ending.reason === 'suspended' ? 'suspended' : 'completed',
      reason: failure ? 'failed' : (this.#ending.reason ?? 'returned'),
      result: status.kind === 'completed' ? status.result : null,
      variables,
      failure,
      cost: { ...this.costs.total, byAgent: Object.fromEntries(this.costs.byAgent) },
      cache: this.savings,
      breakers: this.#completer.breakers.states,
      agents: this.#statuses,
    }
  }
}
