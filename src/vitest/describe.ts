import { describe } from 'vitest'
import { ClockInUseError } from '../clock/index.ts'
import './matchers.ts'
import type { OrchestrationResult } from '../orchestrator/index.ts'
import type { Vars } from '../systems/index.ts'
import type { Case, SweepOptions } from '../explore/index.ts'
import type { FunctionOptions, OrchestrationOptions, PatternOptions } from '../simulation/options.ts'
import type { RunSettings } from '../simulation/settings.ts'
import { alone } from './alone.ts'
import { fill, filling, type OrchestrationTest } from './fill.ts'
// What reports read of a test.
import type {} from './meta.ts'
import { resolveSettings } from './resolve-settings.ts'
import { Sweep } from './sweep.ts'

type Body<Result, Arguments extends unknown[] = [], Given extends Vars = Vars> = (
  test: OrchestrationTest<Result, Given>,
  ...given: Arguments
) => void

/** Whatever a function of the case gives. */
type AnyOptions =
  (Omit<FunctionOptions, 'system'> & { system: (...given: never[]) => Promise<unknown> }) | PatternOptions
type ResultOf<Options extends AnyOptions> = Options extends { system: (...given: never[]) => Promise<infer Result> }
  ? Result
  : OrchestrationResult

/** Describes the same orchestration once for each case. Options and tests may depend on the case. */
export type DescribeCases<Arguments extends unknown[]> = <Options extends AnyOptions>(
  name: string,
  options: Options | ((...given: Arguments) => Options),
  body: Body<ResultOf<Options>, Arguments>,
) => void

/** Describes an orchestration and its tests. */
export interface DescribeOrchestration {
  (name: string, options: PatternOptions, body: Body<OrchestrationResult>): void
  <Result, Given extends Vars = Vars>(
    name: string,
    options: FunctionOptions<Result, Given>,
    body: Body<Result, [], Given>,
  ): void
  /** Skips the suite, as `describe.skip` does. */
  skip: DescribeOrchestration
  /** Runs only this suite of the file, as `describe.only` does. */
  only: DescribeOrchestration
  /** Declares an orchestration without tests, as `describe.todo` does. */
  todo(name: string): void
  /** Skips the suite if the condition is true, as `describe.skipIf` does. */
  skipIf(condition: unknown): DescribeOrchestration
  /** Runs the suite only if the condition is true, as `describe.runIf` does. */
  runIf(condition: unknown): DescribeOrchestration
  /**
   * Describes the orchestration once for each case. A case that is a list becomes several arguments. The values are
   * available in the name as `%s`, `%i`, `$key` …
   */
  each<Case extends unknown[] | [unknown]>(cases: readonly Case[]): DescribeCases<Case>
  each<Case>(cases: readonly Case[]): DescribeCases<[Case]>
  /** Like `each`, but a case is always one argument. */
  for<Case>(cases: readonly Case[]): DescribeCases<[Case]>
  /**
   * Describes the orchestration once for each seed, fail rate and other varied value, each case as an ordinary suite.
   * longhaul shrinks failing cases, and reports them with the command that replays them.
   *
   * @example
   * ```ts
   * describeOrchestration.sweep({ seeds: 50, failRate: [0, 0.2] })('a team, swept', { system }, (test) => {
   *   test('leaves no call open', async ({ run, provider, expect }) => {
   *     await run()
   *     expect(provider.openCalls).toBe(0)
   *   })
   * })
   * ```
   */
  sweep(sweep: SweepOptions): DescribeSweep
  /** Always throws: a process has only one time. */
  readonly concurrent: never
}

/** A case of a sweep, with the rates in force: its own, or the rates of settings and options. */
export interface SweptCase extends Case {
  /** Share of calls that fail by chance, unless the case has a `schedule`, which lists the calls that fail. Default 0. */
  failRate: number
  /** Factor on every latency. Default 1. */
  latencyScale: number
}

/** Describes an orchestration and its tests, and runs them in many cases. */
export interface DescribeSweep {
  (name: string, options: PatternOptions, body: Body<OrchestrationResult, [SweptCase]>): void
  <Result, Given extends Vars = Vars>(
    name: string,
    options: FunctionOptions<Result, Given>,
    body: Body<Result, [SweptCase], Given>,
  ): void
}

type SuiteOptions = { timeout?: number; concurrent: false }
type Suite = (name: string, options: SuiteOptions, body: () => void) => unknown
type CasesSuite = (name: string, options: SuiteOptions, body: (...given: unknown[]) => void) => unknown

/** How long a test may take whose time passes with the wall clock, where it does not say itself. Milliseconds. */
const SLOW_TEST_MS = 120_000

/** In virtual time Vitest's own timeout will do. */
const suiteOptions = (options: RunSettings): SuiteOptions => ({
  ...alone(),
  ...(resolveSettings(options).time.kind !== 'virtual' && { timeout: SLOW_TEST_MS }),
})

const forCases =
  (suite: CasesSuite): DescribeCases<unknown[]> =>
  (name, options, body) =>
    suite(name, suiteOptions(typeof options === 'function' ? {} : options), (...given) =>
      fill((typeof options === 'function' ? options(...given) : options) as OrchestrationOptions, name, (test) =>
        body(test as never, ...given),
      ),
    )

/**
 * How long a test of one case may take: seeds are chosen so that a sweep takes long, and machines of sweeps are busy.
 * Milliseconds.
 */
const SWEEP_TEST_MS = 30_000

function inForce(options: RunSettings & Pick<OrchestrationOptions, 'provider'>, of: Case): SweptCase {
  const { failRate = options.provider?.failRate, latencyScale = options.provider?.latencyScale } = resolveSettings(
    options,
    of,
  )
  return { ...of, failRate: failRate ?? 0, latencyScale: latencyScale ?? 1 }
}

const forSweep =
  (suite: Suite, given: SweepOptions): DescribeSweep =>
  <Result>(name: string, options: OrchestrationOptions<Result>, body: Body<Result, [SweptCase]>) =>
    void suite(name, { ...alone(), timeout: SWEEP_TEST_MS }, () => {
      const sweep = new Sweep<Result>(name, options, given, (of) => resolveSettings(options, of))
      const { around, fill: fillCase } = filling(options, name, sweep)
      around()
      for (const { name: caseName, case: of } of sweep.cases)
        describe(caseName, () => fillCase((test) => body(test, inForce(options, of)), of))
      sweep.conclude()
    })

const withSuite = (suite: Suite): DescribeOrchestration =>
  Object.defineProperties(
    ((name: string, options: OrchestrationOptions, body: Body<unknown>) =>
      suite(name, suiteOptions(options), () => fill(options, name, body))) as DescribeOrchestration,
    {
      skip: { get: () => withSuite(describe.skip) },
      only: { get: () => withSuite(describe.only) },
      todo: { value: (name: string) => describe.todo(name) },
      skipIf: { value: (condition: unknown) => withSuite(describe.skipIf(condition)) },
      runIf: { value: (condition: unknown) => withSuite(describe.runIf(condition)) },
      each: { value: (cases: readonly unknown[]) => forCases(describe.each(cases as unknown[][]) as CasesSuite) },
      for: { value: (cases: readonly unknown[]) => forCases(describe.for(cases) as CasesSuite) },
      sweep: { value: (given: SweepOptions) => forSweep(suite, given) },
      concurrent: {
        get() {
          throw new ClockInUseError(
            'Orchestrations cannot be concurrent: one process has one virtual time. Remove .concurrent.',
          )
        },
      },
    },
  )

/**
 * Describes an orchestration and its tests: an ordinary `describe`, whose tests get `run`, `start`, `sleep`,
 * `provider`, `clock` and `trace`.
 *
 * @example
 * ```ts
 * describeOrchestration('two agents', { system, provider: { latency: lognormal({ median: '4s', p95: '12s' }) } },
 * (test) => {
 *   test('completes', async ({ run, expect }) => {
 *     expect(await run()).toHaveCompleted()
 *   })
 * })
 * ```
 */
export const describeOrchestration: DescribeOrchestration = withSuite(describe)
