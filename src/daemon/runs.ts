import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { Orchestrator, type OrchestrationResult, type OrchestratorSettings } from '../orchestrator/index.ts'
import { findPattern, loadPattern, PatternNotFoundError } from '../pattern/index.ts'
import type { RunStatus, RunStore } from '../store/index.ts'
import { Trace, type TraceEvent } from '../trace/index.ts'
import { RefusedError } from './protocol.ts'

/** An orchestration of this daemon. */
export interface Run {
  id: string
  pattern: string
  phase: RunStatus
  /** Unix milliseconds. */
  startedAt: number
  endedAt: number | undefined
  orchestrator: Orchestrator | undefined
  result: OrchestrationResult | undefined
  error: string | undefined
  messages: number
  correlationId: string | null
  /** Settles when it has stopped, however. */
  stopped: Promise<void>
  abort: AbortController
}

/** An event of an orchestration, as the daemon hands it on. */
export interface RunEvent {
  run: string
  /** Of the request that has started it. */
  correlationId: string | null
  event: TraceEvent
}

interface RunsOptions {
  store: RunStore
  settings: OrchestratorSettings
  /** Where patterns are looked for by name. */
  patterns: readonly string[]
  onEvent: (event: RunEvent) => void
}

/** The orchestrations of a daemon: started, kept, suspended, gone on with. */
export class Runs {
  readonly #options: RunsOptions
  readonly #runs = new Map<string, Run>()

  constructor(options: RunsOptions) {
    this.#options = options
  }

  get all(): Run[] {
    return [...this.#runs.values()]
  }

  /** @throws RefusedError naming what there is */
  find(id: unknown): Run {
    const run = typeof id === 'string' ? this.#runs.get(id) : undefined
    if (run) return run
    throw new RefusedError(`There is no orchestration ${JSON.stringify(id ?? null)}.`, {
      orchestrations: [...this.#runs.keys()].slice(0, 20),
    })
  }

  /** Takes up all that is kept: what was running when the daemon ended goes on. Returns how many. */
  recover(): number {
    let recovered = 0
    for (const { id, pattern, status, updatedAt } of this.#options.store.list().toReversed()) {
      const run = this.#add(id, pattern, updatedAt)
      run.phase = status
      if (status !== 'running') continue
      this.#begin(run, true, {})
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

  #add(id: string, pattern: string, startedAt: number): Run {
    const run: Run = {
      id,
      pattern,
      phase: 'running',
      startedAt,
      endedAt: undefined,
      orchestrator: undefined,
      result: undefined,
      error: undefined,
      messages: 0,
      correlationId: null,
      stopped: Promise.resolve(),
      abort: new AbortController(),
    }
    this.#runs.set(id, run)
    return run
  }

  start(pattern: string, vars: Readonly<Record<string, unknown>>, correlationId: string | null): Run {
    const run = this.#add(`orch_${randomBytes(4).toString('hex')}`, this.fileOf(pattern), Date.now())
    run.correlationId = correlationId
    try {
      this.#begin(run, false, vars)
    } catch (error) {
      this.#runs.delete(run.id)
      throw error
    }
    return run
  }

  #begin(run: Run, resume: boolean, vars: Readonly<Record<string, unknown>>): void {
    const { store, settings, onEvent } = this.#options
    const trace = new Trace(() => Date.now() - run.startedAt, 'discard')
    trace.onAppend((event) => {
      if (event.type === 'event.emitted' && event.event === 'agent:response') run.messages += 1
      onEvent({ run: run.id, correlationId: run.correlationId, event })
    })
    run.abort = new AbortController()
    try {
      run.orchestrator = new Orchestrator(loadPattern(run.pattern), { vars, run: run.id, resume }, settings, {
        trace,
        store,
        signal: run.abort.signal,
      })
    } catch (error) {
      // One that cannot go on must not keep the others from it.
      if (!resume) throw error
      Object.assign(run, { phase: 'failed', error: (error as Error).message, endedAt: Date.now() })
      return
    }
    run.phase = 'running'
    run.stopped = run.orchestrator.run().then(
      (result) => this.#ended(run, result.status, { result }),
      (error: unknown) =>
        this.#ended(run, run.abort.signal.aborted ? 'terminated' : 'failed', { error: (error as Error).message }),
    )
  }

  #ended(run: Run, phase: RunStatus, how: Partial<Pick<Run, 'result' | 'error'>>): void {
    Object.assign(run, how, { phase, endedAt: Date.now() })
  }

  async suspend(run: Run, running: 'drain' | 'cancel'): Promise<void> {
    if (run.phase !== 'running')
      throw new RefusedError(`${run.id} is ${run.phase}: only one that is running can be suspended.`)
    run.orchestrator!.suspend({ running })
    await run.stopped
  }

  resume(run: Run, checkpoint: string | undefined): void {
    if (run.phase !== 'suspended')
      throw new RefusedError(`${run.id} is ${run.phase}: only one that is suspended can be gone on with.`)
    const { store } = this.#options
    if (checkpoint !== undefined && !store.rewind(run.id, checkpoint))
      throw new RefusedError(`${run.id} has no checkpoint "${checkpoint}".`, {
        checkpoints: store.checkpoints(run.id).map(({ id }) => id),
      })
    run.endedAt = undefined
    this.#begin(run, true, {})
  }

  /** Ends it when what is under way has ended. */
  async finish(run: Run, reason: string): Promise<void> {
    if (run.phase === 'running') await this.suspend(run, 'drain')
    await this.terminate(run, reason)
  }

  async terminate(run: Run, reason: string): Promise<void> {
    run.abort.abort(new Error(reason))
    await run.stopped
    if (run.phase !== 'terminated' && run.phase !== 'suspended') return
    run.phase = 'terminated'
    this.#options.store.setStatus(run.id, 'terminated')
  }

  /** Stops everything where it stands, to be gone on with by the next daemon. */
  async close(): Promise<void> {
    const running = this.all.filter(({ phase }) => phase === 'running')
    for (const { orchestrator } of running) orchestrator!.kill()
    await Promise.all(running.map(({ stopped }) => stopped))
  }
}
