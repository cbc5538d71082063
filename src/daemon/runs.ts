import { steadyNow } from '../clock/index.ts'
import { randomBytes } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { Orchestrator, type OrchestrationResult, type OrchestratorSettings } from '../orchestrator/index.ts'
import {
  findWithin,
  loadPattern,
  patternFolders,
  PatternNotFoundError,
  resolveAgents,
  resolveVariables,
  type Pattern,
  type PatternText,
} from '../pattern/index.ts'
import type { RunRecord, RunStatus, RunStore } from '../store/index.ts'
import { Trace, type TraceEvent } from '../trace/index.ts'
import { onBehalfOf } from './guard.ts'
import { Past } from './past.ts'
import { quoted, RefusedError } from './protocol.ts'
import type { Simulation } from './simulation.ts'

/** An orchestration of this daemon. */
export interface Run {
  id: string
  /** The file that its pattern was read from, wherever that is now. */
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
  /** An error that nobody has caught, by which it ends. */
  failedBy: Error | undefined
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
  pattern: Pattern
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
  /** Puts a line into the daemon's log. */
  say: (text: string) => void
  /** The newest runs that are over, and completions, of which the store keeps all. */
  keep?: number
}

/** Which run is meant: by its id, or by its pattern. */
export interface Chosen {
  orchestration_id?: string | undefined
  pattern?: string | undefined
}

/** Daemons that a run may take with it. */
const MAX_DEATHS = 2
/** Runs that are over, and completions, that are kept where nothing else is said. */
const KEPT = 10_000
/** Every so many ends of runs and completions, what is too much is forgotten. */
const FORGET_EVERY = 100
/** Runs that go on at the same time. */
const MAX_LIVE = 5_000

const isOver = (phase: RunStatus): boolean => phase !== 'running' && phase !== 'suspended'

/** The orchestrations of a daemon: started, kept, suspended, gone on with. Those that are over are read from the store. */
export class Runs {
  readonly #options: RunsOptions
  /** What those that have stopped have come to. */
  readonly past = new Past()
  readonly #runs = new Map<string, Run>()
  /** Out of these no pattern is read. They are where they were when the daemon began, wherever it stands later. */
  readonly #folders: readonly string[]
  #isClosing = false
  #endsUntilForgetting = FORGET_EVERY

  constructor(options: RunsOptions) {
    this.#options = options
    this.#folders = patternFolders(options.patterns)
  }

  /** Those that are not over, the oldest first. */
  get active(): Run[] {
    return [...this.#runs.values()]
  }

  /** Those that run, each with what runs it. */
  get live(): (Run & { live: Live })[] {
    return this.active.filter((run): run is Run & { live: Live } => run.live !== undefined)
  }

  /** The run of that id, if it runs. */
  running(id: string): (Run & { live: Live }) | undefined {
    const run = this.#runs.get(id)
    return run?.live && (run as Run & { live: Live })
  }

  /** @throws RefusedError naming what there is */
  find(id: string): Run {
    const run = this.#runs.get(id) ?? this.#over(id)
    if (run) return run
    throw new RefusedError(`There is no orchestration ${quoted(id)}.`, {
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
        `${fitting.length} orchestrations of ${pattern} are ${phase}. Select one by its orchestration_id.`,
        {
          orchestrations: fitting.map((run) => run.id),
        },
      )
    const found = fitting[0] ?? all[0] ?? this.#newestOver(pattern)
    if (found) return found
    throw new RefusedError(`No orchestration of ${quoted(pattern)} was started by this daemon.`, {
      patterns: [...new Set(this.active.map((run) => nameOf(run.pattern)))],
    })
  }

  #newestOver(pattern: string): Run | undefined {
    return this.over(MAX_SEARCHED).find((run) => isOf(run, pattern))
  }

  /**
   * Takes up all that is kept: what was running when the daemon ended goes on. Returns how many.
   *
   * @param culprit the run by which the last daemon stood still until it was killed
   */
  recover(culprit?: string): number {
    let recovered = 0
    this.#forgetOver()
    if (culprit !== undefined) this.#options.store.records.diedIn(culprit)
    for (const { id, status } of this.#options.store.list().toReversed()) {
      if (isOver(status)) continue
      const run = this.#kept(id)
      this.#runs.set(id, run)
      if (status !== 'running') continue
      const deaths = this.#options.store.records.deathsOf(id)
      if (deaths >= MAX_DEATHS) {
        run.phase = 'suspended'
        run.error = `${deaths} daemons hung and were killed while they ran this orchestration, so the daemon does not resume it automatically. orchestration:resume resumes it, orchestration:terminate terminates it.`
        this.#options.say(`${id} is not resumed: ${run.error}`)
        continue
      }
      this.#begin(run, true, undefined, {})
      if (run.live) this.#options.onChange?.(run, 'resumed')
      else this.#options.say(`${id} is not resumed: ${run.error}`)
      recovered += 1
    }
    return recovered
  }

  /** A run that is not over, by what is kept of it; one of which that is damaged has at least its name. */
  #kept(id: string): Run {
    try {
      return this.#over(id)!
    } catch (error) {
      this.#options.say(`${id} ${(error as Error).message}`)
      return { ...NEW, id, pattern: '', resumed: true, error: (error as Error).message }
    }
  }

  /**
   * Reads a pattern: by its name or its path in one of the folders, or from the texts that the client has read.
   *
   * @throws RefusedError, PatternError
   */
  load(pattern: string, texts: readonly PatternText[] | undefined): Pattern {
    if (texts !== undefined && texts.length > 0) return loadPattern(texts, { within: this.#folders })
    try {
      return loadPattern(findWithin(pattern, this.#folders), { within: this.#folders })
    } catch (error) {
      if (!(error instanceof PatternNotFoundError)) throw error
      throw new RefusedError(
        `${error.message.split(' longhaul looked for ')[0]} Patterns are in ${this.#folders.join(', ')}.`,
        {
          looked_for: error.lookedFor,
        },
      )
    }
  }

  /** Lets another share of the calls of a run fail from now on, at simulated services. */
  failAt(run: Run, failRate: number): void {
    run.given = { ...run.given, failRate }
    this.#options.store.records.changed(run.id, run.given)
  }

  /** @throws RefusedError, PatternError, PatternSettingError */
  start({ pattern, vars, correlationId, failRate }: Start): Run {
    if (this.live.length >= MAX_LIVE)
      throw new RefusedError(
        `${MAX_LIVE} orchestrations are running, which is the limit. Start this one after another has ended.`,
      )
    const run: Run = {
      ...NEW,
      id: `orch_${randomBytes(4).toString('hex')}`,
      pattern: resolve(pattern.file),
      startedAt: steadyNow(),
      given: { ...(correlationId !== null && { correlationId }), ...(failRate !== undefined && { failRate }) },
    }
    const { records } = this.#options.store
    // Before the run itself: who takes it up finds what it was made of.
    records.began(run.id, run.startedAt, run.given, pattern.sources)
    try {
      this.#begin(run, false, pattern, vars)
    } catch (error) {
      records.forget(run.id)
      throw error
    }
    this.#runs.set(run.id, run)
    this.#options.onChange?.(run, 'started')
    return run
  }

  /** @param given its pattern; one that goes on has that with which it was begun */
  #begin(run: Run, resume: boolean, given: Pattern | undefined, vars: Readonly<Record<string, unknown>>): void {
    const { store, settings, onEvent, simulation } = this.#options
    const correlationId = typeof run.given['correlationId'] === 'string' ? run.given['correlationId'] : null
    const trace = new Trace(() => steadyNow() - run.startedAt, 'discard')
    trace.onAppend((event) => onEvent({ run: run.id, correlationId, event }))
    const abort = new AbortController()
    let orchestrator: Orchestrator
    try {
      // Runs of earlier versions have only the path.
      const pattern = given ?? loadPattern(store.records.sourcesOf(run.id) ?? run.pattern)
      // Before anything is kept of it.
      if (!resume) simulation?.check(resolveAgents(pattern, resolveVariables(pattern, vars)))
      orchestrator = onBehalfOf(
        run.id,
        () =>
          new Orchestrator(pattern, { vars, run: run.id, resume }, settings, {
            trace,
            store,
            signal: abort.signal,
            tellsAttempts: true,
          }),
      )
    } catch (error) {
      // One that cannot go on must not keep the others from it.
      if (!resume) throw error
      Object.assign(run, { phase: 'failed', error: (error as Error).message, endedAt: steadyNow() })
      return
    }
    run.phase = 'running'
    run.error = undefined
    const live: Live = { orchestrator, failedBy: undefined, abort, stopped: Promise.resolve() }
    run.live = live
    live.stopped = onBehalfOf(run.id, () => orchestrator.run())
      .then(
        (result) => this.#ended(run, result.status, result),
        (error: unknown) =>
          this.#ended(run, abort.signal.aborted && !live.failedBy ? 'terminated' : 'failed', error as Error),
      )
      .catch((error: unknown) => this.#options.say(`${run.id} ${String((error as Error).stack ?? error)}`))
  }

  /** Ends a run by an error that nobody has caught. It does no harm to others. */
  fail(id: string, error: Error): void {
    const run = this.#runs.get(id)
    if (!run?.live) return
    run.live.failedBy = error
    run.live.abort.abort(new Error(`uncaught error: ${error.message}`))
  }

  #ended(run: Run, phase: RunStatus, how: OrchestrationResult | Error): void {
    const { store } = this.#options
    const { orchestrator, failedBy } = run.live!
    this.past.add({
      targets: orchestrator.targets,
      tries: isOver(phase) ? orchestrator.snapshot().state.questions.tries : undefined,
    })
    Object.assign(run, { phase, endedAt: phase === 'suspended' ? undefined : steadyNow(), live: undefined })
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
    if (phase !== 'suspended') this.#retire(run, store, failedBy !== undefined)
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
  #retire(run: Run, store: RunStore, isCaught = false): void {
    try {
      if (run.phase === 'terminated' || isCaught) store.setStatus(run.id, run.phase)
      if (!isOver(store.statusOf(run.id) ?? 'running')) return
      store.records.ended(run.id, run.endedAt!, run.outcome)
      this.#runs.delete(run.id)
      this.#options.simulation?.forget(run.id)
    } catch {
      // Told by system:health.
    }
    this.countEnd()
  }

  /** A run or a completion is over: every so often, what is too much is forgotten. */
  countEnd(): void {
    if (--this.#endsUntilForgetting <= 0) this.#forgetOver()
  }

  #forgetOver(): void {
    const { store, keep = KEPT, say } = this.#options
    this.#endsUntilForgetting = FORGET_EVERY
    try {
      const forgotten = store.forgetOver(keep)
      if (forgotten > 0) say(`daemon deletes the oldest ${forgotten} ended runs, and keeps the newest ${keep}`)
    } catch {
      // What cannot be written now is forgotten later: system:health tells of it, and no daemon ends by it.
    }
  }

  /** @throws RefusedError for one that does not run */
  liveOf(run: Run): Live {
    if (run.live) return run.live
    throw new RefusedError(`${run.id} is ${run.phase}, not running.`)
  }

  async suspend(run: Run, running: 'drain' | 'cancel'): Promise<void> {
    if (!run.live) throw new RefusedError(`${run.id} is ${run.phase}: only a running orchestration can be suspended.`)
    const { orchestrator, stopped } = run.live
    orchestrator.suspend({ running })
    await stopped
    if ((run.phase as RunStatus) !== 'suspended')
      throw new RefusedError(`${run.id} became ${run.phase} before the daemon could suspend it.`)
  }

  resume(run: Run, checkpoint: string | undefined): void {
    if (run.phase !== 'suspended')
      throw new RefusedError(`${run.id} is ${run.phase}: only a suspended orchestration can be resumed.`)
    const { store } = this.#options
    if (checkpoint !== undefined && !store.rewind(run.id, checkpoint))
      throw new RefusedError(`${run.id} has no checkpoint "${checkpoint}".`, {
        checkpoints: store.checkpoints(run.id).map(({ id }) => id),
      })
    store.records.forgiven(run.id)
    this.#begin(run, true, undefined, {})
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
      throw new RefusedError(`${run.id} is already ${run.phase}.`)
    if (run.live) {
      run.live.abort.abort(new Error(reason))
      await run.live.stopped
      return
    }
    Object.assign(run, {
      phase: 'terminated',
      endedAt: steadyNow(),
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

/** A run before anything has happened. */
const NEW = {
  phase: 'running',
  startedAt: 0,
  endedAt: undefined,
  given: {},
  outcome: {},
  error: undefined,
  resumed: false,
  live: undefined,
} as const satisfies Omit<Run, 'id' | 'pattern'>

/** Runs that are over among which one is looked for by its pattern. */
const MAX_SEARCHED = 1_000

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
