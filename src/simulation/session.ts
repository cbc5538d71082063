import {
  checkSettings,
  findViolations,
  InvariantError,
  joinChecks,
  type CheckName,
  type CheckSettings,
  type CheckTuning,
  type Violation,
} from '../checks/index.ts'
import {
  DeadlockError,
  defaultEpoch,
  formatDuration,
  parseDuration,
  startClock,
  TimerStormError,
  type Clock,
  type ClockOptions,
  type Duration,
  type TimeMode,
} from '../clock/index.ts'
import { emptyPools, endChildrenWithWorker, installDoors, native, realTurn, stand } from '../doors/index.ts'
import { suggestion } from '../options/index.ts'
import type { PatternText } from '../pattern/index.ts'
import { mountNetwork, type NetworkMount, type NetworkOptions } from '../mount/index.ts'
import {
  actingAgent,
  prepareAnswers,
  Provider,
  withinRun,
  type ResolvedFaultWindow,
  type ProviderConfig,
} from '../provider/index.ts'
import { lastCallsText } from '../report/last-calls.ts'
import { countsOf, type TestSummary } from '../report/summary.ts'
import { KeyedRandom } from '../random/index.ts'
import { chanceOf } from './chance.ts'
import { putInForce, Trace } from '../trace/index.ts'
import {
  patternSystem,
  reportInto,
  type Controls,
  type PatternSettings,
  type System,
  type SystemContext,
  type Vars,
} from '../systems/index.ts'
import { awaitLeftovers } from './leftovers.ts'
import { Outcome, type Resumption } from './outcome.ts'
import type { KnownNames } from './known-names.ts'
import { Owners } from './owners.ts'
import { pacedAgents } from './pace.ts'
import { agentsSeen, misspeltIn, namesIn, unmatchedText, unusedIn, type Unused } from './set-up.ts'
import { leftBy } from './left-calls.ts'
import { Given } from './not-awaited.ts'
import { UnknownAgentError } from './unknown-agent.ts'
import { InvalidSettingError, type RunSettings, type ResolvedRunSettings } from './settings.ts'
import { watchInto } from './watch.ts'

/** Options of the trace. */
export interface TraceOptions {
  /** Keeps the texts of prompts and answers, which `toHaveAsked` needs. Default false. */
  contents?: boolean
}

/** Options of an orchestration under test, for functions and patterns alike. */
export interface CommonOptions extends RunSettings {
  /** The simulated services: replies, latency, faults, limits. */
  provider?: ProviderConfig
  /** The names of the agents, for `context.agents` and reports. Default: the names in `provider.agents`. */
  agents?: readonly string[]
  /** Values that the system gets as `context.vars`; `run({ vars })` overrides single ones. */
  vars?: Vars
  /** Settings of the simulated clock. */
  clock?: ClockOptions
  /**
   * Whether the provider answers at the addresses of its services, for every client (default), or the test mounts the
   * provider itself (`false`).
   */
  mount?: 'fetch' | false
  /** What the trace keeps: with `contents`, the texts of prompts and answers too. Default: without. */
  trace?: TraceOptions
  /**
   * The network: in virtual and scaled time, the test can reach this machine and the hosts in `allow`, and no others.
   */
  network?: Pick<NetworkOptions, 'allow'>
}

/** An orchestration under test that is any async function. */
export interface FunctionOptions<Result = unknown, Given extends Vars = Vars> extends Omit<CommonOptions, 'vars'> {
  /** The orchestration under test: any async function. */
  system: System<Result, Given>
  /** The value of `context.vars`; a run can override single variables. */
  vars?: Given
  /** Not allowed beside `system`. */
  pattern?: undefined
}

/** An orchestration under test that is a YAML pattern, run by the reference orchestrator. */
export interface PatternOptions extends CommonOptions {
  /** The path of a YAML file, or its text. */
  pattern: string | PatternText
  /** Settings of the reference orchestrator that runs the pattern. */
  orchestrator?: PatternSettings
  /** Not allowed beside `pattern`. */
  system?: undefined
}

/** The options of `describeOrchestration`. */
export type OrchestrationOptions<Result = unknown> = FunctionOptions<Result> | PatternOptions

const systemOf = <Result>(options: OrchestrationOptions<Result>): System<Result> =>
  options.pattern === undefined
    ? options.system
    : (patternSystem(options.pattern, options.orchestrator) as System<unknown> as System<Result>)

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
  /** Stops the run and saves its state. Calls in progress end first, or are cancelled with `running: 'cancel'`. */
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
  /** Aborts the `signal` of the system, and waits for its end. */
  cancel(): Promise<Outcome<Result>>
}

/** The environment of one test, or of one case of `explore`. */
export interface Session<Result = unknown> {
  /** The clock in force. */
  clock: Clock
  /** All events so far. */
  trace: Trace
  /** The simulated services. */
  provider: Provider
  /** Starts the orchestration and waits until it is ready. */
  start(options?: { vars?: Vars }): Promise<StartedOrchestration<Result>>
  /** Runs the orchestration to its end. */
  run(options?: { vars?: Vars }): Promise<Outcome<Result>>
  /** Waits on the clock in force. */
  sleep(duration: Duration): Promise<void>
  /**
   * Does the work of a test under the clock's supervision, and afterwards verifies the invariants that every run should satisfy.
   *
   * @throws InvariantError
   * @internal
   */
  supervise(work: () => unknown): Promise<unknown>
  /**
   * Waives a check, or parts of a check, for this test.
   *
   * @throws InvalidCheckError
   */
  waive<Name extends CheckName>(check: Name, tuned?: CheckTuning<Name>): void
  /**
   * What is told beside what a test failed with, as it may be why; empty where there is nothing.
   *
   * @internal
   */
  hints(): string
  /**
   * What of the set-up no call has used; only what the test itself has asked for where nobody has called at all.
   *
   * @internal
   */
  unused(): readonly Unused[]
  /**
   * What is told of it in reports.
   *
   * @internal
   */
  summary(): TestSummary
  /**
   * What checks have found when they looked last.
   *
   * @internal
   */
  readonly violations: readonly Violation[]
  /**
   * When its services were set up to fail.
   *
   * @internal
   */
  readonly windows: readonly ResolvedFaultWindow[]
  /**
   * What the accounts of its services may use: of all, and of single ones in place of that.
   *
   * @internal
   */
  readonly limits: {
    all: ProviderConfig['rateLimits']
    byProvider: Readonly<Record<string, ProviderConfig['rateLimits']>>
  }
  /** @internal */
  close(): Promise<void>
}

/** How exact times are that the wall clock rules. Real milliseconds. */
const SLACK_MS = 50

/** Findings that are told beside what a test failed with. */
const MAX_HINTS = 3

/** What checks have found, where it may be why something else failed. */
function violationsHint(violations: readonly Violation[]): string {
  // That it is stuck is what the error says.
  const others = violations.filter(({ check }) => check !== 'deadlock').slice(0, MAX_HINTS)
  const lines = others.map(({ check, at, what }) => `\n  ${check}, at ${formatDuration(at)}: ${what}`)
  return lines.length === 0 ? '' : `Violations that checks found, which may be the cause:${lines.join('')}`
}

const slackOf = (mode: TimeMode): number =>
  mode.kind === 'virtual' ? 0 : SLACK_MS * (mode.kind === 'scaled' ? mode.factor : 1)

/** Whether the test runner is importing a module, which happens in another thread. */
const importing = (): boolean => {
  const worker = (globalThis as { __vitest_worker__?: { resolvingModules?: { size: number } } }).__vitest_worker__
  return (worker?.resolvingModules?.size ?? 0) > 0
}

const OPTIONS = [
  ...['system', 'pattern', 'orchestrator', 'provider', 'agents', 'vars', 'clock', 'mount', 'network', 'trace'],
  ...['seed', 'time', 'failRate', 'latencyScale', 'checks', 'unused'],
]

/** Options within options. */
const NESTED: Readonly<Record<string, readonly string[]>> = {
  trace: ['contents'],
  clock: ['epoch', 'settle', 'quiet', 'horizon', 'deadlockAfter', 'probes', 'actor', 'tell'],
  network: ['allow'],
}

/** @throws InvalidSettingError for an option within another one that nobody reads */
function checkNested(options: object): void {
  for (const [owner, names] of Object.entries(NESTED)) {
    const given: unknown = (options as Readonly<Record<string, unknown>>)[owner]
    if (given === undefined) continue
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw new InvalidSettingError(`${owner} is ${String(given)}. Give an object with: ${names.join(', ')}.`)
    for (const name of Object.keys(given))
      if (!names.includes(name))
        throw new InvalidSettingError(`There is no option ${owner}.${name}. ${suggestion(name, names)}`)
  }
  const allow: unknown = (options as OrchestrationOptions).network?.allow
  if (allow !== undefined && !(Array.isArray(allow) && allow.every((host) => typeof host === 'string')))
    throw new InvalidSettingError(
      `network.allow is ${JSON.stringify(allow)}. Give a list of hosts, such as ['api.example.com'].`,
    )
}

/** @throws InvalidSettingError for an option that nobody reads */
function checkOptions(options: object): void {
  for (const [name, given] of Object.entries(options))
    if (given !== undefined && !OPTIONS.includes(name))
      throw new InvalidSettingError(`An orchestration has no option "${name}". ${suggestion(name, OPTIONS)}`)
  checkNested(options)
  const { system, pattern } = options as { system?: unknown; pattern?: unknown }
  if (pattern === undefined && typeof system !== 'function')
    throw new InvalidSettingError(`system is ${String(system)}. Give an async function, or set pattern instead.`)
}

/**
 * Opens what one test needs: clock, chance, trace, provider and mount.
 *
 * @param place counts the tests of a file from 0: each begins at a date of its own
 */
export function openSession<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  settings: ResolvedRunSettings,
  place = 0,
): Session<Result> {
  checkOptions(options)
  installDoors()
  // On a clock that goes on meanwhile, a call would take as much longer.
  if (settings.time.kind !== 'virtual') prepareAnswers()
  const random = new KeyedRandom(settings.seed)
  const chance = chanceOf(random)
  const probes = [importing, ...(options.clock?.probes ?? [])]
  const clock = startClock(settings.time, {
    epoch: defaultEpoch(place),
    ...options.clock,
    chance,
    probes,
    actor: actingAgent,
  })
  const closings: (() => unknown)[] = [() => clock.stop(), endChildrenWithWorker()]
  if (settings.time.kind === 'real') {
    emptyPools()
    closings.push(stand('chance', chance))
  }
  try {
    const trace = new Trace(() => clock.now())
    closings.push(trace.onAppend(() => clock.progress()))
    const { failRate, latencyScale } = settings
    const config = {
      ...options.provider,
      ...pacedAgents(options),
      ...(failRate !== undefined && { failRate }),
      ...(latencyScale !== undefined && { latencyScale }),
    }
    const provider = new Provider(config, { clock, trace, random, contents: options.trace?.contents === true })
    closings.push(
      clock.describeWaiters(() => provider.waiters()),
      watchInto(trace),
      putInForce(trace),
    )
    const network = mountNetwork(provider, { ...options.network, simulate: options.mount !== false })
    closings.push(() => network.close())
    let closed = false
    const close = async (): Promise<void> => {
      closed = true
      while (closings.length > 0) await closings.pop()!()
    }
    return sessionOf(name, options, {
      clock,
      trace,
      provider,
      network,
      settings,
      close,
      closings,
      isClosed: () => closed,
    })
  } catch (error) {
    while (closings.length > 0) closings.pop()!()
    throw error
  }
}

function sessionOf<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  {
    clock,
    trace,
    provider,
    network,
    settings,
    close,
    closings,
    isClosed,
  }: Pick<Session, 'clock' | 'trace' | 'provider' | 'close'> & {
    network: NetworkMount
    settings: ResolvedRunSettings
    closings: (() => unknown)[]
    isClosed: () => boolean
  },
): Session<Result> {
  const { agents, vars: defaults, provider: config } = options
  const { seed, checks } = settings
  let waived: CheckSettings = {}
  let overAt: number | undefined
  let violations: readonly Violation[] = []
  const realStart = native.now()
  const owners = new Owners(trace)
  closings.push(owners.stop)
  const promised = new Given()
  const system = systemOf(options)
  const start: Session<Result>['start'] = async ({ vars = {}, ...others } = {}) => {
    for (const unknown of Object.keys(others))
      throw new InvalidSettingError(`A run has no option "${unknown}". ${suggestion(unknown, ['vars'])}`)
    // A test that ran into its timeout goes on unseen: it must not start anything in the time of the next one.
    if (isClosed()) throw new Error('The test has ended, so the orchestration was not started.')
    const startedAt = clock.now()
    const controller = new AbortController()
    const report = reportInto(trace)
    const agentControllers = new Map<string, AbortController>()
    const controllerOf = (agent: string): AbortController => {
      let found = agentControllers.get(agent)
      if (!found) agentControllers.set(agent, (found = new AbortController()))
      return found
    }
    const given = { ...defaults, ...vars }
    const resumptions: Resumption[] = []
    let stoppedAt: number | undefined
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
    let ready: Promise<unknown> | undefined
    const controlled = (): Controls => {
      if (controls) return controls
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
      agentSignal: (agent) => controllerOf(agent).signal,
      control: (ways) => void (controls = ways),
      readyWhen: (promise) => void (ready = promise),
    }
    const end = (status: 'completed' | 'failed', result: Result | undefined, error: unknown): Outcome<Result> => {
      network.readChildren()
      trace.append(
        status === 'completed'
          ? { type: 'run.ended', status }
          : {
              type: 'run.ended',
              status,
              error: error instanceof Error ? error.name : typeof error,
              message: error instanceof Error ? error.message : String(error),
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
    // What keeps it from being ready is how it ends.
    if (ready) await Promise.race([ready.catch(() => running), running])
    return {
      outcome: () => promised.keep('outcome()', clock.now(), running),
      async terminateAgent(agent) {
        const known = new Set([...context.agents, ...agentControllers.keys(), ...agentsSeen(trace)])
        if (known.size > 0 && !known.has(agent)) throw new UnknownAgentError(agent, [...known])
        if (options.pattern === undefined) report.terminated(agent, 'terminated by the test')
        controllerOf(agent).abort(new DOMException(`The agent ${agent} was terminated.`, 'AbortError'))
      },
      async suspend(options) {
        await controlled().suspend(options)
        stoppedAt = clock.now()
      },
      resume: goOn,
      async restart() {
        await controlled().kill()
        stoppedAt = clock.now()
        await goOn()
      },
      cancel() {
        controller.abort(reason())
        return running
      },
    }
  }
  /** Looks at what is left, if all orchestrations have ended, and whether what should hold in every run does. */
  const verify = async (tuned: CheckSettings): Promise<void> => {
    const slackMs = slackOf(clock.mode)
    const place = trace.length
    const isRun = trace.ofType('run.started').length > 0
    const ended = owners.underWay === 0 && isRun
    if (clock.mode.kind !== 'real' && (ended || !isRun)) {
      // What the test has begun, and not waited for, is on its way.
      await realTurn()
      await awaitLeftovers({ clock, trace, provider }, { slackMs, isMeant: !isRun || tuned.orphans === false })
    }
    const left = leftBy(trace, place)
    if (left.length > 0) trace.append({ type: 'calls.leaked', calls: left })
    if (ended && clock.mode.kind !== 'real') {
      const everyMs = clock.intervals()
      if (everyMs.length > 0) trace.append({ type: 'timers.leaked', everyMs })
    }
    network.readChildren()
    violations = findViolations(trace, tuned, { slack: slackMs })
    if (violations.length > 0) throw new InvariantError(violations)
  }
  let isTold = false
  let isLookedThrough = false
  /** Puts into the trace which names of the set-up are written wrongly, once it is known who calls. */
  const lookThroughNames = (): void => {
    if (isLookedThrough) return
    isLookedThrough = true
    const failing = provider.unmetFailures.map(({ scope }) => scope)
    for (const misspelt of misspeltIn(config ?? {}, trace, agents ?? [], failing))
      trace.append({ type: 'setUp.misspelt', ...misspelt })
    if (settings.unused === 'error')
      for (const unused of unusedIn(provider, agents)) trace.append({ type: 'setUp.unused', ...unused })
  }
  return {
    clock,
    trace,
    provider,
    start,
    async supervise(work) {
      try {
        const result = await clock.supervise(() => withinRun(null, work))
        overAt = clock.now()
        // In scaled and real time, some passes in any case.
        if (clock.mode.kind === 'virtual') promised.verify(overAt)
        network.readChildren()
        lookThroughNames()
        if (checks !== false) await verify(joinChecks(checks, waived))
        return result
      } catch (error) {
        if (error instanceof DeadlockError || error instanceof TimerStormError)
          trace.append({ type: 'clock.stuck', code: error.code, message: error.message })
        isTold = error instanceof InvariantError
        throw error
      }
    },
    close,
    waive(name, tuned) {
      const given: CheckSettings = { [name]: tuned ?? false }
      checkSettings(given)
      // A part is no more than the whole, which the file or the test may have waived before.
      if (joinChecks(checks || {}, waived)[name] !== false) waived = joinChecks(waived, given)
    },
    hints() {
      network.readChildren()
      lookThroughNames()
      if (checks !== false && !isTold)
        violations = findViolations(trace, joinChecks(checks, waived), { slack: slackOf(clock.mode) })
      const hints = [isTold ? '' : violationsHint(violations), lastCallsText(trace), unmatchedText(provider, agents)]
      return hints.filter((hint) => hint !== '').join('\n\n')
    },
    unused() {
      const unused = unusedIn(provider, agents)
      // What a test itself has asked for is told in any case.
      return trace.ofType('call.arrived').length > 0 ? unused : unused.filter(({ part }) => part === 'failNext')
    },
    get violations() {
      return violations
    },
    windows: provider.windows,
    limits: {
      all: config?.rateLimits,
      byProvider: Object.fromEntries(
        Object.entries(provider.config.services ?? {}).flatMap(([name, { rateLimits }]) =>
          rateLimits === undefined ? [] : [[name, rateLimits]],
        ),
      ),
    },
    summary: () => ({
      orchestration: name,
      seed,
      simulatedMs: overAt ?? clock.now(),
      realMs: native.now() - realStart,
      ...countsOf(trace),
      cost: provider.ledger.total.cost.toString(),
      violations: violations.map(({ check, what }) => ({ check, what })),
    }),
    run: (options) =>
      promised.keep(
        'run()',
        clock.now(),
        start(options).then((started) => started.outcome()),
      ),
    async sleep(duration) {
      const ms = parseDuration(duration)
      await clock.sleep(ms)
      trace.append({ type: 'clock.slept', ms })
    },
  }
}
