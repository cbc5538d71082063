import {
  isOrchestrating,
  PatternSettingError,
  resolveAgents,
  resolveVariables,
  type AgentSettings,
  type Pattern,
} from '../../pattern/index.ts'
import {
  isInstant,
  Machine,
  millisecondsOf,
  type Effect,
  type Failure,
  type Json,
  type LastingEffect,
  type Options,
  type Resolution,
} from '../../strategy/index.ts'
import type { KeptAnswer, RunStore, SavedRun } from '../../store/index.ts'
import type { Trace } from '../../trace/index.ts'
import type { BusEvent } from '../team/bus.ts'
import { SemanticCache, type Embed, type Savings } from '../questions/cache/cache.ts'
import { Completer, type TargetHealth } from '../questions/completer.ts'
import type { WaitingRetry } from '../questions/retries.ts'
import { readCosts, saveCosts, type Claim } from '../money/claim.ts'
import { Costs } from '../money/costs.ts'
import { CompletionError, failureOf } from '../service/failures.ts'
import { carryOutAtOnce } from '../effects/at-once.ts'
import { carryOut, carryOutLate } from '../effects/carry-out.ts'
import type { EffectSurroundings } from '../effects/surroundings.ts'
import { functionsOf } from './libraries.ts'
import type { OrchestratorSettings, Settled, StrategyFunction } from '../settings.ts'
import type { SavedAgent } from '../team/agent.ts'
import { processTime } from '../service/time.ts'
import { Journal, ResumeError } from './journal.ts'
import { PART_VERSIONS, RUN_VERSION, type RunState } from './state.ts'
import type { Tracked } from '../effects/query.ts'
import type { Recipients } from '../team/recipients.ts'
import { carryOutRequest, isRequest } from '../team/requests.ts'
import { settle } from '../settle.ts'
import { namesFor, readSpawning } from '../team/spawning.ts'
import { targetOf } from '../service/target.ts'
import { Termination } from './termination.ts'
import type { AgentAnswer } from '../team/answer.ts'
import { Team } from '../team/team.ts'
import { embed } from '../service/client.ts'

/** What a run stands on. */
export interface Surroundings {
  trace: Pick<Trace, 'append' | 'length'>
  /** Ends the run. */
  signal?: AbortSignal
  /** Runs work on behalf of an agent, such as the provider's `actAs`. */
  actAs?: <Result>(agent: string, work: () => Result) => Result
  /** Answers that the cache may reuse, from earlier runs; new ones are added. With a store, those that are kept there. */
  answers?: KeptAnswer[]
  /** Keeps the run, so that it survives its process. */
  store?: RunStore
  /** Is told of each checkpoint that was made. */
  onCheckpoint?: (name: string | null) => void
}

/** Why a run has ended. */
export type EndReason =
  'returned' | 'timeout' | 'max_messages' | 'rounds' | 'event' | 'failed' | 'cancelled' | 'suspended'

/** How a run has ended, and what it has left. */
export interface OrchestrationResult {
  status: 'completed' | 'failed' | 'suspended'
  reason: EndReason
  /** What RETURN gave. */
  result: Json
  /** All variables as they stood at the end. */
  variables: Readonly<Record<string, Json>>
  failure: Failure | null
  /** What the orchestrator believes to have spent. Picodollars. */
  cost: Claim & { byAgent: Readonly<Record<string, Claim>> }
  cache: Savings | null
  breakers: Readonly<Record<string, 'closed' | 'open' | 'half-open'>>
  agents: Readonly<Record<string, 'alive' | 'terminated' | 'given_up'>>
}

/** Kinds of failures that are the strategy's own. */
const OWN_FAULTS: readonly string[] = ['type', 'assertion', 'refused_request', 'runaway', 'error']

/** Thrown by `run` where a strategy fails. */
export class OrchestrationError extends Error {
  override readonly name = 'OrchestrationError'
  readonly code = 'LONGHAUL_ORCHESTRATION_FAILED'
  readonly failure: Failure
  readonly outcome: OrchestrationResult
  constructor(file: string, failure: Failure, outcome: OrchestrationResult) {
    // Where a service has failed, the line says enough.
    const column = OWN_FAULTS.includes(failure.kind) && failure.column !== undefined ? `:${failure.column}` : ''
    const where = failure.line > 0 ? `${file}:${failure.line}${column}` : file
    super(`${where}: ${failure.kind}: ${failure.message}`)
    this.failure = failure
    this.outcome = outcome
  }
}

/** What TRACK has noted; older entries are forgotten. */
const MOST_TRACKED = 10_000
const UNNAMED_ORCHESTRATOR = 'orchestrator'
const MOST_SPAWNED = 10_000

/** The names of all but the orchestrating one. */
const workersAmong = (agents: readonly AgentSettings[]): string[] =>
  agents.filter((agent) => !isOrchestrating(agent)).map(({ name }) => name)

/**
 * Runs a pattern: its agents, its strategy, its rules. Spends time by the process's own timers only, so that whatever clock is in
 * force rules it, and reaches the services by `fetch` only.
 *
 * @example
 * ```ts
 * const orchestrator = new Orchestrator(loadPattern('debate.yaml'), { vars: { rounds: 3 } }, {}, { trace })
 * const { result } = await orchestrator.run()
 * ```
 */
export class Orchestrator {
  readonly costs: Costs
  readonly team: Team
  readonly #pattern: Pattern
  readonly #settings: Settled
  readonly #functions: Readonly<Record<string, StrategyFunction>>
  readonly #surroundings: Surroundings
  readonly #machine: Machine
  readonly #completer: Completer
  readonly #cache: SemanticCache | undefined
  readonly #ending = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #run: string
  readonly #termination: Termination
  readonly #tracked: Tracked[]
  #answers = 0
  #statuses: OrchestrationResult['agents'] = {}
  #reason: EndReason | undefined
  #wake: () => void = () => {}
  readonly #journal: Journal | undefined
  readonly #startedMs = new Map<number, number>()
  /** What effects that wait for events have heard. */
  readonly #heard = new Map<number, BusEvent[]>()
  readonly #activeSince = Date.now()
  #activeMs = 0
  /** Aborted when the run is to stop as soon as what is under way has ended. */
  readonly #draining = new AbortController()
  /** Effects that stand still meanwhile. */
  readonly #paused = new Set<number>()
  #storeFailure: { error: unknown } | undefined
  /** Gathers that have ended, and whose answers may still come. */
  readonly #late = new Map<number, Effect>()
  /** Effects that are being carried out. */
  readonly #carried = new Set<number>()

  /**
   * @param given variables; the name of the run in the store, and whether it goes on from what is kept there
   * @throws PatternSettingError, InvalidOrchestratorSettingError, ResumeError
   */
  constructor(
    pattern: Pattern,
    {
      vars = {},
      run = 'run',
      resume = false,
    }: { vars?: Readonly<Record<string, unknown>>; run?: string; resume?: boolean },
    settings: OrchestratorSettings,
    surroundings: Surroundings,
  ) {
    this.#pattern = pattern
    this.#surroundings = surroundings
    const { trace, store } = surroundings
    if (resume && !store) throw new ResumeError('To go on with a run, the store that keeps it is needed.')
    const saved = resume && store ? Journal.load(store, run, pattern) : undefined
    this.#run = run
    const variables = saved?.state.machine.variables ?? resolveVariables(pattern, vars, { run })
    const agents = resolveAgents(pattern, variables, { run })
    this.#settings = settle(settings, variables)
    this.#functions = functionsOf(settings, {
      names: [pattern.data.functions ?? []].flat(),
      agents: workersAmong(agents),
    })
    this.costs = new Costs(this.#settings, trace, saved && readCosts(saved.state.costs))
    this.#cache =
      this.#settings.cache &&
      new SemanticCache(this.#settings.cache, {
        embed: this.#embedder(),
        trace,
        time: processTime,
        answers: store?.cachedAnswers.newest(this.#settings.cache.size) ?? surroundings.answers ?? [],
        store: store?.cachedAnswers,
      })
    this.#completer = new Completer(this.#settings, {
      costs: this.costs,
      cache: this.#cache,
      trace,
      before: saved?.state.questions,
    })
    const { routing, routing_rules: rules = [], transformers = [], coordination } = pattern.data
    const isConversation = pattern.strategy.statements.length === 0
    this.#termination = new Termination(coordination?.termination ?? {}, saved?.state.machine.variables ?? variables)
    this.#tracked = [...(saved?.state.tracked ?? [])]
    this.team = new Team({
      settings: this.#settings,
      completer: this.#completer,
      trace,
      run,
      rules: [...(routing?.rules ?? []), ...rules],
      transformers,
      otherwise: (event) => (isRequest(event) ? undefined : routing?.default),
      isConversation,
      // One that says how it ends needs no other bound.
      maxHops: isConversation && this.#termination.isBounded ? Number.POSITIVE_INFINITY : this.#settings.maxEventHops,
      actAs: surroundings.actAs ?? ((_, work) => work()),
    })
    this.#machine = saved
      ? new Machine(pattern.program, saved.state.machine)
      : this.#begin(agents, variables, isConversation)
    if (saved) this.#goOn(saved)
    this.#journal = store && this.#keepIn(store, run, saved)
  }

  #begin(
    agents: readonly AgentSettings[],
    variables: Readonly<Record<string, Json>>,
    isConversation: boolean,
  ): Machine {
    if (isConversation && agents.length === 0)
      throw new PatternSettingError(
        `${this.#pattern.file} has neither a strategy nor agents: there is nothing to run. Another pattern may extend it.`,
      )
    for (const agent of agents) this.#add(agent)
    const leader = agents.find(isOrchestrating)?.name
    const workers = workersAmong(agents)
    if (isConversation && agents.every(({ initialPrompt }) => initialPrompt === undefined)) {
      // Somebody has to begin.
      const { description } = this.#pattern.data
      this.team.send(
        leader ?? agents[0]!.name,
        ['Begin.', description?.trim()].filter(Boolean).join(' '),
        'orchestration',
      )
    }
    return Machine.start(this.#pattern.program, {
      orchestration_id: this.#run,
      agent_id: `${this.#run}_${leader ?? UNNAMED_ORCHESTRATOR}`,
      agents: workers,
      all_agents: workers,
      ...variables,
    })
  }

  /** Makes an agent, and tells it what it is to know at the start. */
  #add(agent: AgentSettings): void {
    this.team.spawn(agent)
    if (agent.initialPrompt !== undefined) this.team.send(agent.name, agent.initialPrompt, 'orchestration')
  }

  /** Whom the strategy speaks to. */
  get #recipients(): Recipients {
    return { ...this.team.recipients, except: ({ settings }) => isOrchestrating(settings) }
  }

  /** Takes up what is kept of a run; calls that were under way may have been billed. */
  #goOn({ id, agents, intents, state }: SavedRun & { state: RunState }): void {
    for (const { data } of agents) this.team.restore(data as SavedAgent)
    this.#answers = state.answers
    this.#activeMs = state.activeMs
    for (const [effect, startedMs] of Object.entries(state.effects)) this.#startedMs.set(Number(effect), startedMs)
    for (const effect of state.late ?? []) this.#late.set(effect.id, effect)
    for (const [effect, events] of Object.entries(state.heard ?? {})) this.#heard.set(Number(effect), [...events])
    this.#surroundings.trace.append({ type: 'run.resumed', run: id, uncertain: intents.length })
    for (const { agent, model, worst } of intents) this.costs.bookUncertain(agent, model, worst)
    if (state.over) this.#end(state.over)
  }

  #keepIn(store: RunStore, run: string, saved: SavedRun | undefined): Journal {
    if (!saved && store.load(run))
      throw new ResumeError(`${store.file} has a run "${run}" already. Go on with it, or choose another name.`)
    const source = {
      state: () => this.#state(),
      names: () => this.team.names,
      agent: (name: string) => this.team.find(name).save(),
      // Questions from outside count downwards.
      isPending: (effect: number) => effect < 0 || this.#carried.has(effect) || this.#late.has(effect),
      onFailure: (error: unknown) => {
        this.#storeFailure = { error }
        this.#end('suspended')
      },
    }
    const journal = new Journal(store, { run, pattern: this.#pattern, source, saved })
    this.costs.keepIn(journal)
    this.team.keepIn(journal)
    this.#completer.onRetry(() => journal.retried())
    if (!saved) journal.save('running')
    return journal
  }

  #state(): RunState {
    return {
      version: RUN_VERSION,
      parts: PART_VERSIONS,
      machine: this.#machine.state,
      costs: saveCosts(this.costs.total, this.costs.byAgent),
      questions: this.#completer.save(),
      answers: this.#answers,
      activeMs: this.#active,
      effects: Object.fromEntries(this.#machine.pending.map(({ id }) => [id, this.#startedMs.get(id) ?? this.#active])),
      late: [...this.#late.values()].filter(({ id }) => !this.#carried.has(id)),
      heard: Object.fromEntries([...this.#heard].filter(([, events]) => events.length > 0)),
      ...((this.#reason === 'event' || this.#reason === 'max_messages' || this.#reason === 'rounds') && {
        over: this.#reason,
      }),
      ...(this.#tracked.length > 0 && { tracked: this.#tracked }),
    }
  }

  /** How long the run has been active, pauses not counted. Milliseconds. */
  get #active(): number {
    return this.#activeMs + (Date.now() - this.#activeSince)
  }

  /**
   * Stops and keeps where the run stands: `run` ends with status `suspended`. Effects under way are waited for, or broken off
   * and done again when the run goes on; answers that are in are not asked for again.
   */
  suspend({ running = 'drain' }: { running?: 'drain' | 'cancel' } = {}): void {
    if (!this.#journal)
      throw new ResumeError('Only a run that a store keeps can be suspended: give the setting "store".')
    if (running === 'cancel') this.#end('suspended')
    else {
      this.#draining.abort()
      this.#wake()
    }
  }

  /** Where the run stands, as plain data: what a store would keep of it now. */
  snapshot(): { state: RunState; agents: readonly SavedAgent[] } {
    return { state: this.#state(), agents: [...this.team.agents.values()].map((agent) => agent.save()) }
  }

  /** Ends the run as a process that is killed: nothing that happens from now on is kept. */
  kill(): void {
    this.#journal?.close()
    this.#end('suspended')
  }

  /** What the cache has saved so far; null without one. */
  get savings(): Savings | null {
    return this.#cache ? { ...this.#cache.savings } : null
  }

  /** The names of the agents, in the order of the pattern. */
  get agents(): readonly string[] {
    return this.team.names
  }

  /** How the circuit breakers stand, by model. */
  get breakers(): Readonly<Record<string, 'closed' | 'open' | 'half-open'>> {
    return this.#completer.breakers.states
  }

  /** The variables of the strategy as they stand. */
  get variables(): Readonly<Record<string, Json>> {
    return this.#machine.state.variables
  }

  /** Requests that wait for their next try. */
  get waitingRetries(): Iterable<WaitingRetry> {
    return this.#completer.waiting
  }

  /** How the services do, by model. */
  get targets(): Readonly<Record<string, TargetHealth>> {
    return this.#completer.health
  }

  /**
   * Asks an agent beside the strategy; the question stands in line with those of the strategy.
   *
   * @param request tells it from other questions, also after a restart: a positive whole number
   * @throws CompletionError, or the signal's reason
   */
  async ask(agent: string, prompt: string, request: number, signal: AbortSignal): Promise<AgentAnswer> {
    // Effects of the strategy count upwards.
    const effect = -request
    const asked = this.team.ask(agent, prompt, {
      signal: AbortSignal.any([signal, this.#ending.signal]),
      effect,
      question: 'request',
    })
    this.#keep(asked)
    return asked
  }

  /** What `ask` has answered is kept elsewhere. */
  answered(request: number): void {
    this.#forget(-request)
  }

  /** Nobody waits for the effect any more. */
  #forget(effect: number): void {
    this.#startedMs.delete(effect)
    this.#heard.delete(effect)
    if (!this.#journal) return
    this.#journal.effectEnded(effect)
    this.#completer.forget(this.#journal.keyOf({ effect, question: '' }))
  }

  /** Puts a message into an agent's inbox, to be read when the agent is next asked. */
  sendMessage(to: string, text: string, from: string): void {
    this.team.send(to, text, from)
    this.#journal?.save('running')
  }

  /** Says an event to all, as an agent or somebody else: the rules of the pattern say whom it reaches. */
  emit(event: string, data: Json, from: string): void {
    this.team.bus.emit({ event, from, data })
    this.#journal?.save('running')
  }

  /** Adds an agent while the strategy runs: it is in `agents` from now on. */
  spawnAgent(name: string, options: Options): void {
    this.#spawn(name, options)
    this.#journal?.save('running')
  }

  /** Takes an agent away. */
  terminateAgent(name: string, reason: string): void {
    this.team.terminate(name, reason)
  }

  /**
   * Runs the strategy to its end; nothing is left under way after that.
   *
   * @throws OrchestrationError if the strategy fails; the signal's reason if that is aborted; StoreError if the store fails: the run can be gone on with
   */
  async run(): Promise<OrchestrationResult> {
    const { signal } = this.#surroundings
    const onAbort = (): void => this.#end('cancelled', signal?.reason)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    const timer = this.#limitTime()
    const checkpoints = this.#checkpointEvery()
    const stopListening = this.#listen()
    try {
      await this.#execute()
    } finally {
      clearTimeout(timer)
      clearInterval(checkpoints)
      stopListening()
      signal?.removeEventListener('abort', onAbort)
      if (!this.#ending.signal.aborted)
        this.#ending.abort(new CompletionError('cancelled', 'The orchestration has ended.'))
      this.#statuses = Object.fromEntries([...this.team.agents.values()].map(({ name, status }) => [name, status]))
      if (this.#reason === 'suspended') this.#journal?.save('suspended')
      this.team.close('the orchestration has ended')
      await Promise.allSettled(this.#underWay)
      if (this.#reason === 'suspended') this.#journal?.close()
    }
    if (this.#storeFailure) throw this.#storeFailure.error
    if (this.#reason === 'cancelled') throw signal?.reason
    const outcome = this.#outcome()
    this.#journal?.save(outcome.status)
    if (outcome.failure) throw new OrchestrationError(this.#pattern.file, outcome.failure, outcome)
    return outcome
  }

  async #execute(): Promise<void> {
    if (!this.#ending.signal.aborted) {
      for (const effect of this.#late.values()) this.#goesOn(effect, carryOutLate(effect, this.#surroundingsOf(effect)))
      for (const effect of this.#machine.pending) this.#start(effect)
    }
    while (!this.#ending.signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve))
      if (this.#draining.signal.aborted) {
        if (this.#carried.size === this.#paused.size) return this.#end('suspended')
      } else {
        for (let step = this.#machine.step(); step.kind !== 'waiting'; step = this.#machine.step()) {
          if (step.kind === 'effect') this.#start(step.effect)
          if (step.kind === 'yields') await othersTurn()
          if (step.kind === 'ended' || this.#ending.signal.aborted) return
        }
      }
      this.#journal?.save('running')
      await woken
    }
  }

  #start(effect: Effect): void {
    const { trace } = this.#surroundings
    const { id, line } = effect
    const seq = trace.append({ type: 'effect.started', effect: id, line, kind: effect.request.kind })
    this.#carried.add(id)
    const ended = (resolution: Resolution): void => {
      this.#carried.delete(id)
      if (!this.#ending.signal.aborted) {
        this.#machine.resolve(id, resolution)
        if (!this.#late.has(id)) this.#forget(id)
      }
      trace.append(
        {
          type: 'effect.ended',
          effect: id,
          ok: resolution.ok,
          failure: resolution.ok ? null : resolution.failure.kind,
          ...(!resolution.ok && { message: resolution.failure.message }),
        },
        [seq],
      )
      this.#wake()
    }
    const surroundings = this.#surroundingsOf(effect)
    const failed = (error: unknown): void =>
      ended({
        ok: false,
        failure: failureOf(error),
        ...(error instanceof CompletionError && error.partial !== undefined && { partial: error.partial }),
      })
    if (isInstant(effect)) {
      const { request } = effect
      if (request.kind === 'checkpoint') {
        // Who goes on from it goes on behind it.
        ended({ ok: true, value: null })
        return this.#checkpoint(request.name)
      }
      let value: Json
      try {
        value = carryOutAtOnce(request, line, surroundings)
      } catch (error) {
        return failed(error)
      }
      ended({ ok: true, value })
    } else
      this.#keep(carryOut(effect as LastingEffect, surroundings).then((value) => ended({ ok: true, value }), failed))
  }

  #surroundingsOf(effect: Effect): EffectSurroundings {
    const { id } = effect
    const heard = this.#heard.get(id) ?? []
    this.#heard.set(id, heard)
    const startedMs = this.#startedMs.get(id) ?? this.#active
    this.#startedMs.set(id, startedMs)
    return {
      effect: id,
      elapsedMs: this.#active - startedMs,
      team: this.team,
      settings: this.#settings,
      functions: this.#functions,
      trace: this.#surroundings.trace,
      signal: this.#ending.signal,
      sequential: this.#inTurns,
      inTurns: this.#inTurns,
      pausing: this.#draining.signal,
      pause: () => {
        this.#paused.add(id)
        this.#wake()
        return new Promise<never>((_, reject) =>
          this.#ending.signal.addEventListener('abort', () => reject(this.#ending.signal.reason as Error), {
            once: true,
          }),
        )
      },
      recipients: this.#recipients,
      track: (entry) => {
        this.#tracked.push(entry)
        if (this.#tracked.length > MOST_TRACKED) this.#tracked.shift()
      },
      queried: () => ({ ...this.#recipients, tracked: this.#tracked, variables: this.variables }),
      background: (promise) => this.#keep(promise),
      goesOn: (questions) => this.#goesOn(effect, questions),
      keepLate: (answer) => this.#keepLate(effect, answer),
      heard,
      orchestratingAgent: () => this.#orchestratingAgent(),
      spawn: (name, options) => this.#spawn(name, options),
    }
  }

  /** Agents speak one after another. */
  get #inTurns(): boolean {
    const mode = this.#pattern.data.coordination?.turn_taking?.mode
    return mode === 'sequential' || mode === 'strict_alternation'
  }

  /** Questions of an effect go on after it: they are the run's until they are answered. */
  #goesOn(effect: Effect, questions: Promise<unknown>): void {
    const { id } = effect
    this.#late.set(id, effect)
    const over = (): void => {
      if (this.#ending.signal.aborted) return
      this.#late.delete(id)
      // The effect itself may be about to end.
      if (!this.#carried.has(id)) this.#forget(id)
    }
    this.#keep(questions.then(over, over))
  }

  /** By the variables `enable_checkpoints` and `checkpoint_interval` (default 10 m). */
  #checkpointEvery(): NodeJS.Timeout | undefined {
    const { enable_checkpoints: enabled, checkpoint_interval: interval = '10m' } = this.variables
    if (!enabled || !this.#journal) return undefined
    return setInterval(() => this.#checkpoint('interval'), millisecondsOf(interval))
  }

  /** Keeps where the run stands, to be gone back to. */
  #checkpoint(name: string | null): void {
    const { store, onCheckpoint } = this.#surroundings
    if (this.#journal && store) {
      this.#journal.save('running')
      store.addCheckpoint(this.#journal.run, name)
    }
    onCheckpoint?.(name)
  }

  /** Remembers work, so that the run does not end before it. */
  #keep(work: Promise<unknown>): void {
    this.#underWay.add(work)
    const forget = (): void => void this.#underWay.delete(work)
    work.then(forget, forget)
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

  #orchestratingAgent(): string {
    for (const { settings, isAlive } of this.team.agents.values())
      if (isAlive && isOrchestrating(settings)) return settings.name
    if (!this.team.isAlive(UNNAMED_ORCHESTRATOR)) this.team.spawn(plainAgent(UNNAMED_ORCHESTRATOR))
    return UNNAMED_ORCHESTRATOR
  }

  #spawn(name: string | null, options: Options): Json {
    const spawning = readSpawning(name, options)
    const { template, count, settings } = spawning
    const names = namesFor(spawning, (each) => this.team.agents.has(each))
    if (names.length > MOST_SPAWNED)
      throw new CompletionError(
        'refused_request',
        `SPAWN makes ${names.length} agents; at most ${MOST_SPAWNED} are made at once.`,
      )
    const { variables } = this.#machine.state
    for (const each of names) {
      const base = template === undefined ? plainAgent(each) : this.team.find(template).settings
      this.#add({ ...base, ...settings, name: each })
      for (const list of ['agents', 'all_agents']) {
        const before = variables[list]
        if (Array.isArray(before) && !before.includes(each)) variables[list] = [...(before as readonly Json[]), each]
      }
    }
    return count === null ? names[0]! : names
  }

  #end(reason: EndReason, cause?: unknown): void {
    if (this.#ending.signal.aborted) return
    this.#reason = reason
    this.#ending.abort(cause ?? new CompletionError('cancelled', `The orchestration ends: ${reason}.`))
    this.#wake()
  }

  #limitTime(): NodeJS.Timeout | undefined {
    const { timeoutMs } = this.#termination
    if (timeoutMs === undefined) return undefined
    return setTimeout(() => this.#end('timeout'), Math.max(0, timeoutMs - this.#activeMs))
  }

  /** Hears all events: some end the run, and some ask for something. */
  #listen(): () => void {
    return this.team.bus.listen((event, hops) => {
      if (event.event === 'agent:response') this.#answers += 1
      const reason = this.#termination.reasonFor(event.event, { answers: this.#answers, agents: this.team.agents.size })
      if (reason) return this.#end(reason)
      carryOutRequest(event, hops, {
        ...this.team.recipients,
        leads: (name) => isOrchestrating(this.team.find(name).settings) || name === UNNAMED_ORCHESTRATOR,
        spawn: (name, options) => void this.#spawn(name, options),
        send: (to, text, from, more) => this.team.send(to, text, from, more),
        terminate: (name, why) => this.team.terminate(name, why),
        end: () => this.#end('event'),
        refuse: (text) => this.#surroundings.trace.append({ type: 'log', line: 0, text }),
      })
    })
  }

  #embedder(): Embed | undefined {
    const { cache, services } = this.#settings
    if (!cache || cache.embedding === 'local') return undefined
    const target = targetOf(cache.embedding.model, services)
    return async (input, agent, signal) => {
      const reservation = this.costs.reserve(agent, target, [{ role: 'user', text: input }], 0)
      try {
        const { vector, inputTokens } = await embed(target.service, { model: target.model, input, agent }, signal)
        reservation.settle({ input: inputTokens, cachedInput: 0, cacheWrite: 0, output: 0 })
        return new Map(vector.map((value, index) => [String(index), value]))
      } catch (error) {
        reservation.keep()
        throw error
      }
    }
  }

  #outcome(): OrchestrationResult {
    const { status, variables } = this.#machine.state
    const failure = status.kind === 'failed' ? status.failure : null
    return {
      status: failure ? 'failed' : this.#reason === 'suspended' ? 'suspended' : 'completed',
      reason: failure ? 'failed' : (this.#reason ?? 'returned'),
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

/** Lets everything else that is ready run first. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const plainAgent = (name: string): AgentSettings => ({
  name,
  profile: 'agent',
  role: name === UNNAMED_ORCHESTRATOR ? UNNAMED_ORCHESTRATOR : undefined,
  model: undefined,
  systemPrompt: undefined,
  capabilities: [],
  maxTokens: undefined,
})
