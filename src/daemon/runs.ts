import { randomBytes } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { Orchestrator, type OrchestrationResult, type OrchestratorSettings } from '../orchestrator/index.ts'
import { findPattern, loadPattern, PatternNotFoundError, resolveAgents, resolveVariables } from '../pattern/index.ts'
import type { RunRecord, RunStatus, RunStore } from '../store/index.ts'
import { Trace, type TraceEvent } from '../trace/index.ts'
import { RefusedError } from './protocol.ts'
import type { Simulation } from './simulation.ts'

/** An orchestration of this daemon. */
export interface Run {
  id: string
  /** The file of its pattern. */
  pattern: string
  phase: RunStatus
  /** Unix milliseconds. */
  startedAt: number
  endedAt: number | undefined
  /** What it was started with, beside its variables. */
  given: RunRecord['given']
  /** What it left, beside what stands in its state. */
  outcome: RunRecord['outcome']
  /** Why it has failed, where its state does not tell. */
  error: string | undefined
  /** Whether a part of it ran in an earlier process. */
  resumed: boolean
  /** While it runs. */
  live: Live | undefined
}

/** A run that goes on in this process. */
interface Live {
  orchestrator: Orchestrator
  abort: AbortController
  /** Settles when it has stopped, however. */
  stopped: Promise<void>
}

/** An event of an orchestration, as the daemon hands it on. */
export interface RunEvent {
  run: string
  /** Of the request that has started it. */
  correlationId: string | null
  event: TraceEvent
}

/** What a run is started with. */
export interface Start {
  vars: Readonly<Record<string, unknown>>
  correlationId: string | null
  /** Share of its calls that fail, at simulated services. */
  failRate: number | undefined
}

interface RunsOptions {
  store: RunStore
  settings: OrchestratorSettings
  /** Folders in which patterns are looked for by name, before those that come with longhaul. */
  patterns: readonly string[]
  onEvent: (event: RunEvent) => void
  /** A run has begun, goes on, or has stopped. */
  onChange?: (run: Run, change: 'started' | 'resumed' | 'stopped') => void
  /** Services that answer in this process, if there are any. */
  simulation: Simulation | undefined
}

/** Which run is meant: by its id, or by its pattern. */
export interface Chosen {
  orchestration_id?: string | undefined
  pattern?: string | undefined
}

const isOver = (phase: RunStatus): boolean => phase !== 'running' && phase !== 'suspended'

/** The orchestrations of a daemon: started, kept, suspended, gone on with. Those that are over are read from the store. */
export class Runs {
  readonly #options: RunsOptions
  readonly #runs = new Map<string, Run>()
  #isClosing = false

  constructor(options: RunsOptions) {
    this.#options = options
  }

  /** Those that are not over, the oldest first. */
  get active(): Run[] {
    return [...this.#runs.values()]
  }

  /** Those that run, each with what runs it. */
  get live(): (Run & { live: Live })[] {
    return this.active.filter((run): run is Run & { live: Live } => run.live !== undefined)
  }

  /** @throws RefusedError naming what there is */
  find(id: string): Run {
    const run = this.#runs.get(id) ?? this.#over(id)
    if (run) return run
    throw new RefusedError(`There is no orchestration ${JSON.stringify(id)}.`, {
      orchestrations: [...this.#runs.keys()].slice(-20),
    })
  }

  /** Those that are over, the newest first. */
  over(most: number, offset = 0): Run[] {
    return this.#options.store.records.over(most, offset).map(runOf)
  }

  #over(id: string): Run | undefined {
    const record = this.#options.store.records.get(id)
    return record && runOf(record)
  }

  /**
   * The run that is meant by its id, or by its pattern: of these the newest that fits.
   *
   * @param phase a run that stands so is meant
   * @throws RefusedError where there is none, or where several fit that are to be changed
   */
  choose({ orchestration_id: id, pattern }: Chosen, event: string, phase?: RunStatus): Run {
    if (id !== undefined) return this.find(id)
    if (pattern === undefined) throw new RefusedError(`${event} needs orchestration_id or pattern.`)
    const all = this.active.filter((run) => isOf(run, pattern)).toReversed()
    const fitting = phase === undefined ? all : all.filter((run) => run.phase === phase)
    if (phase !== undefined && fitting.length > 1)
      throw new RefusedError(
        `${fitting.length} orchestrations of ${pattern} are ${phase}: say which by orchestration_id.`,
        {
          orchestrations: fitting.map((run) => run.id),
        },
      )
    const found = fitting[0] ?? all[0] ?? this.#newestOver(pattern)
    if (found) return found
    throw new RefusedError(`No orchestration of ${JSON.stringify(pattern)} was started here.`, {
      patterns: [...new Set(this.active.map((run) => nameOf(run.pattern)))],
    })
  }

  #newestOver(pattern: string): Run | undefined {
    return this.over(MOST_SEARCHED).find((run) => isOf(run, pattern))
  }

  /** Takes up all that is kept: what was running when the daemon ended goes on. Returns how many. */
  recover(): number {
    let recovered = 0
    for (const { id, status } of this.#options.store.list().toReversed()) {
      if (isOver(status)) continue
      const run = this.#over(id)!
      this.#runs.set(id, run)
      if (status !== 'running') continue
      this.#begin(run, true, {})
      if (run.live) this.#options.onChange?.(run, 'resumed')
      recovered += 1
    }
    return recovered
  }

  /**
   * The file of a pattern: a path, or a name in one of the folders.
   *
   * @throws RefusedError
   */
  fileOf(pattern: string): string {
    try {
      return resolve(findPattern(pattern, this.#options.patterns))
    } catch (error) {
      if (!(error instanceof PatternNotFoundError)) throw error
      throw new RefusedError(error.message, { looked_for: error.lookedFor })
    }
  }

  /** @throws RefusedError, PatternError, PatternSettingError */
  start(pattern: string, { vars, correlationId, failRate }: Start): Run {
    const run: Run = {
      id: `orch_${randomBytes(4).toString('hex')}`,
      pattern: this.fileOf(pattern),
      phase: 'running',
      startedAt: Date.now(),
      endedAt: undefined,
      given: { ...(correlationId !== null && { correlationId }), ...(failRate !== undefined && { failRate }) },
      outcome: {},
      error: undefined,
      resumed: false,
      live: undefined,
    }
    this.#begin(run, false, vars)
    this.#runs.set(run.id, run)
    this.#options.store.records.began(run.id, run.startedAt, run.given)
    this.#options.onChange?.(run, 'started')
    return run
  }

  #begin(run: Run, resume: boolean, vars: Readonly<Record<string, unknown>>): void {
    const { store, settings, onEvent, simulation } = this.#options
    const correlationId = typeof run.given['correlationId'] === 'string' ? run.given['correlationId'] : null
    const trace = new Trace(() => Date.now() - run.startedAt, 'discard')
    trace.onAppend((event) => onEvent({ run: run.id, correlationId, event }))
    const abort = new AbortController()
    let orchestrator: Orchestrator
    try {
      const pattern = loadPattern(run.pattern)
      // Before anything is kept of it.
      if (!resume) simulation?.check(resolveAgents(pattern, resolveVariables(pattern, vars)))
      orchestrator = new Orchestrator(pattern, { vars, run: run.id, resume }, settings, {
        trace,
        store,
        signal: abort.signal,
      })
    } catch (error) {
      // One that cannot go on must not keep the others from it.
      if (!resume) throw error
      Object.assign(run, { phase: 'failed', error: (error as Error).message, endedAt: Date.now() })
      return
    }
    run.phase = 'running'
    const live: Live = { orchestrator, abort, stopped: Promise.resolve() }
    run.live = live
    live.stopped = orchestrator.run().then(
      (result) => this.#ended(run, result.status, result),
      (error: unknown) => this.#ended(run, abort.signal.aborted ? 'terminated' : 'failed', error as Error),
    )
  }

  #ended(run: Run, phase: RunStatus, how: OrchestrationResult | Error): void {
    const { store } = this.#options
    const { orchestrator } = run.live!
    Object.assign(run, { phase, endedAt: phase === 'suspended' ? undefined : Date.now(), live: undefined })
    if (how instanceof Error) run.error = how.message
    const { savings, breakers } = orchestrator
    run.outcome = {
      ...(run.error !== undefined && { error: run.error }),
      ...(savings && { cache: { ...savings, saved: savings.saved.toString() } }),
      breakers,
      ...this.#billed(run),
    }
    // One that goes on in the next daemon has not stopped.
    if (!this.#isClosing) this.#options.onChange?.(run, 'stopped')
    if (phase !== 'suspended') this.#retire(run, store)
  }

  /** What simulated services have billed the run, where it has run in this process alone. */
  #billed(run: Run): { billed?: string } {
    const { simulation } = this.#options
    if (!simulation || run.resumed) return {}
    return { billed: simulation.billed(run.id).toString() }
  }

  /** What simulated services have billed a run, where all of it is known. Picodollars. */
  billedTo(run: Run): bigint | undefined {
    const { billed } = run.live ? this.#billed(run) : run.outcome
    return typeof billed === 'string' ? BigInt(billed) : undefined
  }

  /** One that is over leaves the memory. One whose end could not be kept stays: the next daemon goes on with it. */
  #retire(run: Run, store: RunStore): void {
    try {
      if (run.phase === 'terminated') store.setStatus(run.id, 'terminated')
      if (!isOver(store.statusOf(run.id) ?? 'running')) return
      store.records.ended(run.id, run.endedAt!, run.outcome)
      this.#runs.delete(run.id)
      this.#options.simulation?.forget(run.id)
    } catch {
      // Told by system:health.
    }
  }

  /** @throws RefusedError for one that does not run */
  liveOf(run: Run): Live {
    if (run.live) return run.live
    throw new RefusedError(`${run.id} is ${run.phase}, and not running.`)
  }

  async suspend(run: Run, running: 'drain' | 'cancel'): Promise<void> {
    if (!run.live) throw new RefusedError(`${run.id} is ${run.phase}: only one that is running can be suspended.`)
    const { orchestrator, stopped } = run.live
    orchestrator.suspend({ running })
    await stopped
    if ((run.phase as RunStatus) !== 'suspended') throw new RefusedError(`${run.id} is ${run.phase} meanwhile.`)
  }

  resume(run: Run, checkpoint: string | undefined): void {
    if (run.phase !== 'suspended')
      throw new RefusedError(`${run.id} is ${run.phase}: only one that is suspended can be gone on with.`)
    const { store } = this.#options
    if (checkpoint !== undefined && !store.rewind(run.id, checkpoint))
      throw new RefusedError(`${run.id} has no checkpoint "${checkpoint}".`, {
        checkpoints: store.checkpoints(run.id).map(({ id }) => id),
      })
    this.#begin(run, true, {})
    if (run.live) this.#options.onChange?.(run, 'resumed')
  }

  /** Ends it when what is under way has ended. */
  async finish(run: Run, reason: string): Promise<void> {
    if (run.live) await this.suspend(run, 'drain')
    await this.terminate(run, reason)
  }

  async terminate(run: Run, reason: string): Promise<void> {
    const { store } = this.#options
    // One that could not be gone on with is over for this daemon, and not for the next one.
    if (isOver(run.phase) && isOver(store.statusOf(run.id) ?? run.phase))
      throw new RefusedError(`${run.id} is ${run.phase} already.`)
    if (run.live) {
      run.live.abort.abort(new Error(reason))
      await run.live.stopped
      return
    }
    Object.assign(run, {
      phase: 'terminated',
      endedAt: Date.now(),
      error: reason,
      outcome: { ...run.outcome, error: reason },
    })
    this.#options.onChange?.(run, 'stopped')
    this.#retire(run, store)
  }

  /** Stops everything where it stands, to be gone on with by the next daemon. */
  async close(): Promise<void> {
    this.#isClosing = true
    const running = this.live.map(({ live }) => live)
    for (const { orchestrator } of running) orchestrator.kill()
    await Promise.all(running.map(({ stopped }) => stopped))
  }
}

/** Runs that are over among which one is looked for by its pattern. */
const MOST_SEARCHED = 1_000

/** The name of a pattern's file. */
export const nameOf = (file: string): string => basename(file).replace(/\.ya?ml$/, '')

const isOf = ({ pattern }: Run, given: string): boolean =>
  nameOf(pattern) === nameOf(given) || pattern === resolve(given)

const runOf = ({ run, pattern, status, startedAt, endedAt, given, outcome }: RunRecord): Run => ({
  id: run,
  pattern,
  phase: status,
  startedAt,
  endedAt: endedAt ?? undefined,
  given,
  outcome,
  error: typeof outcome['error'] === 'string' ? outcome['error'] : undefined,
  resumed: true,
  live: undefined,
})
