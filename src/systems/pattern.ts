import { Orchestrator, type OrchestrationResult, type OrchestratorSettings } from '../orchestrator/index.ts'
import { loadPattern, type PatternText } from '../pattern/index.ts'
import { actAs } from '../provider/index.ts'
import { RunStore, type KeptAnswer } from '../store/index.ts'
import type { Controls, System } from './system.ts'

/** Settings of a pattern as a system under test. */
export interface PatternSettings extends OrchestratorSettings {
  /**
   * Saves the run in an SQLite file, or in `':memory:'`, so that a test can suspend, kill and resume it. Default: the
   * run is not saved.
   */
  store?: string
}

/**
 * Verifies that a pattern can be read.
 *
 * @throws PatternError, PatternNotFoundError
 */
export const verifyPattern = (pattern: string | PatternText): void => void loadPattern(pattern)

/**
 * A pattern, run by the reference orchestrator, as a system under test.
 *
 * @param pattern the path of a YAML file, or its text
 * @throws PatternError when the system is started, for a pattern that cannot be read
 * @example
 * ```ts
 * describeOrchestration('a debate', { system: patternSystem('debate.yaml', { failover: ['claude-haiku-4-5'] }) }, (test) => {
 *   test('completes', async ({ run, expect }) => {
 *     expect(await run()).toHaveCompleted()
 *   })
 * })
 * ```
 */
export function patternSystem(
  pattern: string | PatternText,
  { store: file, ...settings }: PatternSettings = {},
): System<OrchestrationResult> {
  // The runs of one test share what the cache keeps.
  const answers: KeptAnswer[] = []
  let runs = 0
  return async ({ vars, provider: { trace }, signal, agentSignal, report, control }) => {
    const loaded = loadPattern(pattern)
    const store = file === undefined ? undefined : new RunStore(file)
    const run = `run_${(runs += 1)}`
    const dependencies = {
      trace,
      signal,
      actAs,
      answers,
      ...(store && { store }),
      onCheckpoint: (name: string | null) => report.note(`checkpoint ${name ?? ''}`.trim()),
    }
    const begin = (resume: boolean): Orchestrator =>
      new Orchestrator(loaded, { vars, run, resume }, settings, dependencies)
    let orchestrator = begin(false)
    const pauses = new Pauses()
    control({
      suspend(options) {
        if (!pauses.isOver) orchestrator.suspend(options)
        return pauses.stopped()
      },
      kill() {
        if (!store) throw new Error('A killed run without a store is lost. Set orchestrator.store, such as ":memory:".')
        orchestrator.kill()
        return pauses.stopped()
      },
      async resume({ checkpoint } = {}) {
        if (pauses.isOver) return
        if (checkpoint !== undefined && !store?.rewind(run, checkpoint))
          throw new Error(
            `There is no checkpoint "${checkpoint}". There are: ${
              store
                ?.checkpoints(run)
                .map(({ id }) => id)
                .join(', ') || 'none'
            }.`,
          )
        pauses.goOn()
      },
    } satisfies Controls)
    // The signal of all ends the agents by itself.
    const terminate = (agent: string): void => {
      if (!signal.aborted) orchestrator.terminateAgent(agent, 'terminated by the test')
    }
    for (const agent of orchestrator.agents)
      agentSignal(agent).addEventListener('abort', () => terminate(agent), { once: true })
    try {
      for (;;) {
        const result = await orchestrator.run()
        if (result.status !== 'suspended') return result
        await pauses.pause(signal)
        orchestrator = begin(true)
      }
    } finally {
      pauses.end()
      store?.close()
    }
  }
}

/** Hands on between who stops a run and the run itself. */
class Pauses {
  #stopped = Promise.withResolvers<void>()
  #resumed = Promise.withResolvers<void>()
  #isOver = false

  /** The run has ended: there is nothing left to stop. */
  end(): void {
    this.#isOver = true
    this.#stopped.resolve()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves at the next pause, or the end. */
  stopped(): Promise<void> {
    return this.#stopped.promise
  }

  goOn(): void {
    this.#resumed.resolve()
  }

  /** The run has stopped; resolves when it may go on, and rejects when `signal` is aborted. */
  async pause(signal: AbortSignal): Promise<void> {
    this.#stopped.resolve()
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    )
    await Promise.race([this.#resumed.promise, aborted])
    this.#stopped = Promise.withResolvers()
    this.#resumed = Promise.withResolvers()
  }
}
