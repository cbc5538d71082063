import type { CheckName, CheckTuning, Violation } from '../checks/index.ts'
import {
  DeadlockError,
  defaultEpoch,
  parseDuration,
  startClock,
  TimerStormError,
  type Clock,
  type Duration,
} from '../clock/index.ts'
import { emptyPools, endChildrenWithWorker, installDoors, native, stand } from '../doors/index.ts'
import { mountNetwork, type NetworkMount } from '../mount/index.ts'
import {
  actingAgent,
  prepareAnswers,
  Provider,
  withinRun,
  type ProviderConfig,
  type ResolvedFaultWindow,
} from '../provider/index.ts'
import { KeyedRandom } from '../random/index.ts'
import { lastCallsText } from '../report/last-calls.ts'
import { countsOf, type TestSummary } from '../report/summary.ts'
import type { Vars } from '../systems/index.ts'
import { putInForce, Trace } from '../trace/index.ts'
import { chanceOf } from './chance.ts'
import { Given } from './not-awaited.ts'
import { checkOptions, type OrchestrationOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import { Owners } from './owners.ts'
import { pacedAgents } from './pace.ts'
import { strangeBreakers } from './breaker-names.ts'
import { misspeltIn, stuckRepliesText, unmatchedText, unusedIn, type Unused } from './set-up.ts'
import type { ResolvedRunSettings } from './settings.ts'
import { starter, type StartedOrchestration } from './started.ts'
import { unknownModelsText } from './unknown-models.ts'
import { Verification } from './verification.ts'
import { watchInto } from './watch.ts'

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

/** Whether the test runner is importing a module, which happens in another thread. */
const importing = (): boolean => {
  const worker = (globalThis as { __vitest_worker__?: { resolvingModules?: { size: number } } }).__vitest_worker__
  return (worker?.resolvingModules?.size ?? 0) > 0
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
    ...(settings.epoch !== undefined && { epoch: settings.epoch }),
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
  const { agents, provider: config } = options
  const { seed, checks } = settings
  let overAt: number | undefined
  const realStart = native.now()
  const owners = new Owners(trace)
  closings.push(owners.stop)
  const promised = new Given()
  const start = starter(name, options, { seed, clock, trace, provider, network, owners, promised, closings, isClosed })
  const verification = new Verification({ clock, trace, provider, network, owners }, checks)
  let isLookedThrough = false
  const unusedByRun = (): Unused[] => [
    ...unusedIn(provider, agents),
    ...strangeBreakers(provider.config, trace, agents ?? []).flatMap(({ name, meant }) =>
      meant === undefined ? [{ part: 'breakers' as const, name }] : [],
    ),
  ]
  /** Puts into the trace which names of the set-up are written wrongly, once it is known who calls. */
  const lookThroughNames = (): void => {
    if (isLookedThrough) return
    isLookedThrough = true
    const failing = provider.unmetFailures.map(({ scope }) => scope)
    for (const misspelt of misspeltIn(config ?? {}, trace, agents ?? [], failing))
      trace.append({ type: 'setUp.misspelt', ...misspelt })
    for (const { name, meant } of strangeBreakers(provider.config, trace, agents ?? []))
      if (meant !== undefined) trace.append({ type: 'setUp.misspelt', part: 'breakers', name, called: meant })
    if (settings.unused === 'error')
      for (const unused of unusedByRun()) trace.append({ type: 'setUp.unused', ...unused })
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
        // In scaled and real time, some passes in any case: there the moment tells nothing.
        promised.verify(clock.mode.kind === 'virtual' ? overAt : Number.NaN)
        network.readChildren()
        lookThroughNames()
        await verification.verify()
        return result
      } catch (error) {
        if (error instanceof DeadlockError || error instanceof TimerStormError)
          trace.append({ type: 'clock.stuck', code: error.code, message: error.message })
        throw error
      }
    },
    close,
    waive: (name, tuned) => verification.waive(name, tuned),
    hints() {
      network.readChildren()
      lookThroughNames()
      const hints = [
        verification.hint(),
        unknownModelsText(provider),
        lastCallsText(trace, agents),
        unmatchedText(provider, agents),
        stuckRepliesText(provider),
      ]
      return hints.filter((hint) => hint !== '').join('\n\n')
    },
    unused() {
      const unused = unusedByRun()
      // What a test itself has asked for is told in any case.
      return trace.ofType('call.arrived').length > 0 ? unused : unused.filter(({ part }) => part === 'failNext')
    },
    get violations() {
      return verification.violations
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
      violations: verification.violations.map(({ check, what }) => ({ check, what })),
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
