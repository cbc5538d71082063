import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, inject, test as base, vi, type TestAPI, type TestContext } from 'vitest'
import { ClockInUseError } from '../clock/index.ts'
import { replaceProperties } from '../doors/index.ts'
import './matchers.ts'
import type { OrchestrationResult } from '../orchestrator/index.ts'
import type { System } from '../systems/index.ts'
import { applyCase, caseSettings, encodeCase, type Case, type SweepOptions } from '../explore/index.ts'
import {
  openSession,
  type FunctionOptions,
  type OrchestrationOptions,
  type PatternOptions,
  type Session,
} from '../simulation/session.ts'
import {
  joinSettings,
  replayCommand,
  settingsFromEnvironment,
  type RunSettings,
  type SettingsInForce,
} from '../simulation/settings.ts'
// What reports read of a test.
import type {} from './meta.ts'
import { replayedCase, Sweep } from './sweep.ts'

/** The fixtures that tests of an orchestration get, beside Vitest's own context. */
export interface OrchestrationFixtures<Result = unknown> {
  /** Runs the orchestration to its end. */
  run: Session<Result>['run']
  /** Starts the orchestration and goes on. */
  start: Session<Result>['start']
  /** Waits on whatever clock is in force. */
  sleep: Session<Result>['sleep']
  provider: Session<Result>['provider']
  clock: Session<Result>['clock']
  trace: Session<Result>['trace']
  /** Says that what a check finds is meant in this test: `waive('sequential')`. */
  waive: Session<Result>['waive']
  /** In a sweep: says that something has to be true in one case at least, and whether it is in this one. */
  sometimes: (what: string, condition?: boolean) => void
}

/** `test` with our fixtures. */
export type OrchestrationTest<Result = unknown> = TestAPI<OrchestrationFixtures<Result>>

declare module 'vitest' {
  interface ProvidedContext {
    longhaul?: RunSettings
  }
}

const TEST_MODIFIERS = new Set(['skip', 'only', 'todo', 'fails'])

/** Adds the line that repeats the test to what it failed with. */
function withReplay(error: unknown, settings: SettingsInForce, file: string, name: string, of?: Case): unknown {
  if (error instanceof Error)
    error.message += `\n\nSeed ${settings.seed}. To repeat it alone:\n  ${replayCommand(settings, file, name, of && encodeCase(of))}`
  return error
}

/** Fixtures are named by destructuring, which Vitest reads from the function's text: the wrapper shows that of the original. */
function wearing<Inner extends (...args: never[]) => unknown>(wrapper: Inner, original: Inner): Inner {
  return Object.defineProperty(wrapper, 'toString', { value: () => original.toString() })
}

/** Runs the function of a test with what it is given. */
type Supervise = (body: (...given: unknown[]) => unknown, given: readonly unknown[]) => Promise<unknown>

/** Lets every test function run under the clock's supervision, whatever modifiers stand between. */
function supervised<Api extends object>(api: Api, supervise: Supervise): Api {
  return new Proxy(api, {
    apply(target, self, given: unknown[]) {
      const wrapped = given.map((argument) => {
        if (typeof argument !== 'function') return argument
        const body = argument as (...args: unknown[]) => unknown
        return wearing((...args: unknown[]) => supervise(body, args), body)
      })
      const result: unknown = Reflect.apply(target as never, self, wrapped)
      return typeof result === 'function' ? supervised(result, supervise) : result
    },
    get(target, name, receiver) {
      if (name === 'concurrent') {
        throw new ClockInUseError('Tests of an orchestration cannot be concurrent.')
      }
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof value !== 'function') return value
      if (TEST_MODIFIERS.has(String(name))) return supervised(value, supervise)
      if (name === 'each' || name === 'for' || name === 'skipIf' || name === 'runIf') {
        return (...given: unknown[]) => supervised(Reflect.apply(value, target, given) as object, supervise)
      }
      return value
    },
  })
}

const FIXTURES = ['run', 'start', 'sleep', 'provider', 'clock', 'trace', 'waive'] as const

/** Longer traces are not attached to reports. */
const MOST_ATTACHED = 20_000

/** Puts the trace of a test that failed beside its report. */
async function attachTrace({ trace }: Pick<Session, 'trace'>, annotate: TestContext['annotate']): Promise<void> {
  if (trace.length > MOST_ATTACHED) return
  // Vitest copies the file to its attachments.
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-trace-'))
  try {
    const path = join(folder, 'trace.ndjson')
    trace.write(path)
    const { attachment } = await annotate('The trace of the run', { path, contentType: 'application/x-ndjson' })
    // How readers of JUnit files find attachments.
    if (attachment?.path !== undefined) await annotate(`[[ATTACHMENT|${relative(process.cwd(), attachment.path)}]]`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Vitest's own context is an object or a function with the task. */
const isContext = (given: unknown): given is object =>
  ((typeof given === 'object' && given !== null) || typeof given === 'function') && 'task' in given

/** What a test was given, with the fixtures of another session. */
const withSession = <Result>(given: readonly unknown[], session: Session<Result>): unknown[] =>
  given.map((argument) =>
    isContext(argument)
      ? new Proxy(argument, {
          get(context, name) {
            if (name === 'sometimes') return () => {}
            return (FIXTURES as readonly PropertyKey[]).includes(name)
              ? session[name as (typeof FIXTURES)[number]]
              : Reflect.get(context, name)
          },
        })
      : argument,
  )

/** How the tests of an orchestration are run in place of how its options say. */
interface Variation<Result> {
  case: Case
  sweep?: Sweep<Result>
}

/** Fills a suite with the tests of an orchestration. */
function fill<Result>(
  options: OrchestrationOptions<Result>,
  name: string,
  body: (test: OrchestrationTest<Result>) => void,
  variation: Variation<Result> | undefined = replayed(),
): void {
  let current:
    | {
        session: Session<Result>
        settings: SettingsInForce
        file: string
        name: string
        annotate: TestContext['annotate']
      }
    | undefined
  const sweep = variation?.sweep
  const supervise: Supervise = async (work, given) => {
    const { session, settings, file, name: testName, annotate } = current!
    try {
      const result = await session.supervise(() => work(...given))
      sweep?.ran(session, { failed: false })
      return result
    } catch (error) {
      sweep?.ran(session, { failed: true })
      if (!sweep) {
        await attachTrace(session, annotate)
        throw withReplay(error, settings, file, testName, variation?.case)
      }
      // There is one time in a process: what is tried from now on has its own.
      await session.close()
      const again = (other: Session<Result>): unknown => work(...withSession(given, other))
      throw await sweep.explain({ error, of: variation.case, session, work: again, file, testName })
    }
  }
  const extended = base.extend<{ longhaulSession: Session<Result> } & OrchestrationFixtures<Result>>({
    longhaulSession: [
      async ({ task, annotate }, use) => {
        const settings = settle(options, variation?.case)
        const file = relative(process.cwd(), task.file.filepath)
        const session = openSession(name, variation ? applyCase(options, variation.case) : options, settings)
        current = { session, settings, file, name: task.fullTestName ?? task.name, annotate }
        const restoreVi = replaceProperties(vi, {
          useFakeTimers: () => {
            throw new ClockInUseError(
              'vi.useFakeTimers() inside a test of an orchestration: longhaul already controls time here.',
            )
          },
        })
        try {
          await use(session)
        } finally {
          restoreVi()
          task.meta.longhaul = session.summary()
          await session.close()
        }
      },
      { auto: true },
    ],
    run: async ({ longhaulSession }, use) => use(longhaulSession.run),
    start: async ({ longhaulSession }, use) => use(longhaulSession.start),
    sleep: async ({ longhaulSession }, use) => use(longhaulSession.sleep),
    provider: async ({ longhaulSession }, use) => use(longhaulSession.provider),
    clock: async ({ longhaulSession }, use) => use(longhaulSession.clock),
    trace: async ({ longhaulSession }, use) => use(longhaulSession.trace),
    waive: async ({ longhaulSession }, use) => use(longhaulSession.waive),
    // oxlint-disable-next-line no-empty-pattern -- Vitest reads from the text which fixtures a function wants: none
    sometimes: async ({}, use) => use((what, condition = true) => sweep?.coverage.sometimes(what, condition)),
  })
  body(supervised(extended, supervise) as unknown as OrchestrationTest<Result>)
}

/** What the environment asks to be repeated. */
const replayed = (): { case: Case } | undefined => {
  const of = replayedCase()
  return of && { case: of }
}

type Body<Result, Arguments extends unknown[] = []> = (test: OrchestrationTest<Result>, ...given: Arguments) => void

/** Any, so that what is inferred from a function of the case fits. */
type AnyOptions = OrchestrationOptions<any>
type ResultOf<Options extends AnyOptions> = Options extends { system: System<infer Result> }
  ? Result
  : OrchestrationResult

/** Describes the same orchestration once for each case: options and tests may depend on it. */
type DescribeCases<Arguments extends unknown[]> = <Options extends AnyOptions>(
  name: string,
  options: Options | ((...given: Arguments) => Options),
  body: Body<ResultOf<Options>, Arguments>,
) => void

/** Describes an orchestration and its tests. */
export interface DescribeOrchestration {
  (name: string, options: PatternOptions, body: Body<OrchestrationResult>): void
  <Result>(name: string, options: FunctionOptions<Result>, body: Body<Result>): void
  skip: DescribeOrchestration
  only: DescribeOrchestration
  /** Names an orchestration that is not described yet. */
  todo(name: string): void
  skipIf(condition: unknown): DescribeOrchestration
  runIf(condition: unknown): DescribeOrchestration
  /** Once for each case; a case that is a list becomes several arguments. Its values stand in the name by `%s`, `%i`, `$key` … */
  each<Case extends unknown[] | [unknown]>(cases: readonly Case[]): DescribeCases<Case>
  each<Case>(cases: readonly Case[]): DescribeCases<[Case]>
  /** As `each`, but a case is always one argument. */
  for<Case>(cases: readonly Case[]): DescribeCases<[Case]>
  /**
   * Once for each seed, fail rate and whatever else varies, each case an ordinary suite. A case that fails is made as small as it can be, and told
   * with the line that repeats it.
   */
  sweep(sweep: SweepOptions): DescribeSweep
  /** There is one time in a process. @throws ClockInUseError */
  readonly concurrent: never
}

/** Describes an orchestration and its tests, which are run in many cases. */
export interface DescribeSweep {
  (name: string, options: PatternOptions, body: Body<OrchestrationResult, [Case]>): void
  <Result>(name: string, options: FunctionOptions<Result>, body: Body<Result, [Case]>): void
}

type SuiteOptions = { timeout?: number }
type Suite = (name: string, options: SuiteOptions, body: () => void) => unknown
type CasesSuite = (name: string, options: SuiteOptions, body: (...given: unknown[]) => void) => unknown

/** How long a test may take whose time passes with the wall clock, where it does not say itself. Milliseconds. */
const SLOW_TEST_MS = 120_000

/** The settings in force for a file's own. */
const settle = (options: RunSettings, of?: Case): SettingsInForce =>
  joinSettings(
    options,
    inject('longhaul') ?? {},
    settingsFromEnvironment(process.env),
    of === undefined ? {} : caseSettings(of),
  )

/** In virtual time Vitest's own timeout will do. */
const suiteOptions = (options: RunSettings): SuiteOptions =>
  settle(options).time.kind === 'virtual' ? {} : { timeout: SLOW_TEST_MS }

const forCases =
  (suite: CasesSuite): DescribeCases<unknown[]> =>
  (name, options, body) =>
    suite(name, suiteOptions(typeof options === 'function' ? {} : options), (...given) =>
      fill(typeof options === 'function' ? options(...given) : options, name, (test) => body(test as never, ...given)),
    )

/** A case, and what it takes to make it smaller. */
const SWEEP_TEST_MS = 120_000

const forSweep =
  (suite: Suite, given: SweepOptions): DescribeSweep =>
  <Result>(name: string, options: OrchestrationOptions<Result>, body: Body<Result, [Case]>) =>
    void suite(name, { timeout: SWEEP_TEST_MS }, () => {
      const sweep = new Sweep<Result>(name, options, given, (of) => settle(options, of))
      for (const { name: caseName, case: of } of sweep.cases)
        describe(caseName, () => fill(options, name, (test) => body(test, of), { case: of, sweep }))
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
          throw new ClockInUseError('Orchestrations cannot be described as concurrent.')
        },
      },
    },
  )

/**
 * Describes an orchestration and its tests: an ordinary `describe`, whose tests get `run`, `start`, `sleep`, `provider`, `clock` and `trace`.
 *
 * @example
 * ```ts
 * describeOrchestration('two agents', { system, provider: { latency: lognormal({ median: '4s', p95: '12s' }) } }, (test) => {
 *   test('completes', async ({ run, expect }) => {
 *     expect(await run()).toHaveCompleted()
 *   })
 * })
 * ```
 */
export const describeOrchestration: DescribeOrchestration = withSuite(describe)
