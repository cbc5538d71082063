import { suggestion } from '../options/index.ts'
import type { Clock } from '../clock/index.ts'
import type { NetworkMount } from '../mount/index.ts'
import { withinRun, type Provider } from '../provider/index.ts'
import type { Seed } from '../random/index.ts'
import {
  patternSystem,
  reportInto,
  verifyPattern,
  type Controls,
  type System,
  type SystemContext,
  type Vars,
} from '../systems/index.ts'
import type { Trace } from '../trace/index.ts'
import type { KnownNames } from './known-names.ts'
import type { Given } from './not-awaited.ts'
import type { OrchestrationOptions } from './options.ts'
import { Outcome, type Resumption } from './outcome.ts'
import type { Owners } from './owners.ts'
import { agentsSeen, namesIn } from './set-up.ts'
import { InvalidSettingError } from './settings.ts'
import { UnknownAgentError } from './unknown-agent.ts'

/** A running orchestration. */
export interface StartedOrchestration<Result = unknown> {
  /** Waits for the end of the run. Never rejects for a failure of the system: a failure is an outcome too. */
  outcome(): Promise<Outcome<Result>>
  /**
   * Aborts the `agentSignal` of an agent.
   *
   * @example
   * ```ts
   * const orchestration = await start()
   * await sleep('5m')
   * await orchestration.terminateAgent('writer')
   * ```
   */
  terminateAgent(agent: string): Promise<void>
  /**
   * Stops the run, and resolves when it has stopped. Calls in progress end first, and no other call begins; with
   * `running: 'cancel'`, they are cancelled. A system with controls of its own (`context.control`) decides itself.
   */
  suspend(options?: { running?: 'drain' | 'cancel' }): Promise<void>
  /** Resumes the run after `suspend`, from its saved state or from a checkpoint. */
  resume(options?: { checkpoint?: string }): Promise<void>
  /**
   * Kills the system as a process is killed, and starts it again from its saved state.
   *
   * @example
   * ```ts
   * const orchestration = await start()
   * await sleep('10m')
   * await orchestration.restart()
   * expect(await orchestration.outcome()).toHaveCompleted()
   * ```
   */
  restart(): Promise<void>
  /** Aborts the `signal` of the system and the `agentSignal` of each agent, and waits for its end. */
  cancel(): Promise<Outcome<Result>>
}

const systemOf = <Result>(options: OrchestrationOptions<Result>): System<Result> =>
  options.pattern === undefined
    ? options.system
    : (patternSystem(options.pattern, options.orchestrator) as System<unknown> as System<Result>)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What the orchestrations of one test share. */
export interface StartDependencies {
  seed: Seed
  clock: Clock
  trace: Trace
  provider: Provider
  network: NetworkMount
  owners: Owners
  /** Outcomes that the test has to await. */
  promised: Given
  /** Undone at the end of the test, the last one first. */
  closings: (() => unknown)[]
  isClosed(): boolean
}

/** Starts an orchestration and waits until it is ready. */
export type Start<Result> = (options?: { vars?: Vars }) => Promise<StartedOrchestration<Result>>

/** What starts the orchestration of a session, as often as the test asks. */
export function starter<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  { seed, clock, trace, provider, network, owners, promised, closings, isClosed }: StartDependencies,
): Start<Result> {
  const { agents, vars: defaults, provider: config } = options
  const system = systemOf(options)
  return async ({ vars = {}, ...others } = {}) => {
    for (const unknown of Object.keys(others))
      throw new InvalidSettingError(`A run has no option "${unknown}". ${suggestion(unknown, ['vars'])}`)
    // A test that ran into its timeout goes on unseen: it must not start anything in the time of the next one.
    if (isClosed()) throw new Error('The test has ended, so the orchestration was not started.')
    // A pattern that cannot be read is no orchestration that fails: also a test without an assertion is to tell.
    if (options.pattern !== undefined) verifyPattern(options.pattern)
    const startedAt = clock.now()
    const controller = new AbortController()
    const report = reportInto(trace)
    const agentControllers = new Map<string, AbortController>()
    const controllerOf = (agent: string): AbortController => {
      let found = agentControllers.get(agent)
      if (!found) agentControllers.set(agent, (found = new AbortController()))
      return found
    }
    const agentSignals = new Map<string, AbortSignal>()
    const agentSignal = (agent: string): AbortSignal => {
      let found = agentSignals.get(agent)
      if (!found) agentSignals.set(agent, (found = AbortSignal.any([controllerOf(agent).signal, controller.signal])))
      return found
    }
    const given = { ...defaults, ...vars }
    const resumptions: Resumption[] = []
    let stoppedAt: number | undefined
    let hasEnded = false
    const goOn = async (options?: { checkpoint?: string }): Promise<void> => {
      const ways = controlled()
      const at = clock.now()
      const resumption = { place: trace.length, at, stoppedAt: stoppedAt ?? at }
      resumptions.push(resumption)
      try {
        // The test resumes it; what it does from here on is the run's own.
        await withinRun(began, () => ways.resume(options))
        stoppedAt = undefined
      } catch (error) {
        resumptions.splice(resumptions.indexOf(resumption), 1)
        throw error
      }
    }
    let controls: Controls | undefined
    let failure: { error: unknown } | undefined
    let ready: Promise<unknown> | undefined
    const controlled = (): Controls => {
      if (controls) return controls
      if (failure)
        throw new Error(`The system failed before it could be suspended or restarted: ${messageOf(failure.error)}`, {
          cause: failure.error,
        })
      throw new Error(
        'This system cannot be suspended or restarted. Give system: restartable(async ({ signal, resumed }) => …), or let it call context.control(…).',
      )
    }
    /** Who is set up or known by any run of the test, whether or not it has called. */
    const namesOf: KnownNames = (part) => [
      ...namesIn(provider.config, part),
      ...(part === 'agents' ? [...context.agents, ...agentControllers.keys(), ...agentsSeen(trace)] : []),
    ]
    const began = trace.append({ type: 'run.started', name, seed, vars: given })
    owners.begin(began)
    const context: SystemContext = {
      vars: given,
      provider,
      report,
      signal: controller.signal,
      agents: agents ?? Object.keys(config?.agents ?? {}),
      agentSignal,
      control: (ways) => void (controls = ways),
      readyWhen: (promise) => void (ready = promise),
    }
    const end = (status: 'completed' | 'failed', result: Result | undefined, error: unknown): Outcome<Result> => {
      network.readChildren()
      hasEnded = true
      if (status === 'failed') failure = { error }
      trace.append(
        status === 'completed'
          ? { type: 'run.ended', status }
          : {
              type: 'run.ended',
              status,
              error: error instanceof Error ? error.name : typeof error,
              message: messageOf(error),
            },
        [began],
      )
      return new Outcome({
        status,
        result,
        error,
        elapsedMs: clock.now() - startedAt,
        trace: owners.end(began),
        resumptions: [...resumptions],
        setUp: namesOf,
      })
    }
    const running = withinRun(began, async () => system(context)).then(
      (result) => end('completed', result, undefined),
      (error: unknown) => end('failed', undefined, error),
    )
    const reason = (): DOMException => new DOMException('The orchestration was cancelled.', 'AbortError')
    closings.push(() => controller.abort(reason()))
    // From its start on: a test that waits until it is ready has seen something of it.
    const use = promised.begin(startedAt, running)
    // What keeps it from being ready is how it ends.
    if (ready) await Promise.race([ready.catch(() => running), running])
    return {
      outcome() {
        use()
        return promised.keep('outcome()', clock.now(), running)
      },
      async terminateAgent(agent) {
        use()
        const known = new Set([...context.agents, ...agentControllers.keys(), ...agentsSeen(trace)])
        if (known.size > 0 && !known.has(agent)) throw new UnknownAgentError(agent, [...known])
        if (options.pattern === undefined) report.terminated(agent, 'terminated by the test')
        controllerOf(agent).abort(new DOMException(`The agent ${agent} was terminated.`, 'AbortError'))
      },
      async suspend(options) {
        use()
        await controlled().suspend(options)
        stoppedAt = clock.now()
      },
      resume(options) {
        use()
        return goOn(options)
      },
      async restart() {
        use()
        await controlled().kill()
        stoppedAt = clock.now()
        await goOn()
      },
      cancel() {
        use()
        if (!hasEnded && !controller.signal.aborted) trace.append({ type: 'run.cancelled' }, [began])
        controller.abort(reason())
        return running
      },
    }
  }
}
