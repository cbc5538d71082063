import {
  afterAll,
  aroundEach,
  beforeAll,
  test as base,
  TestRunner,
  type RunnerTask,
  type RunnerTestCase,
  type RunnerTestSuite,
  type TestAPI,
} from 'vitest'
import { DeadlockError, TimerStormError } from '../clock/index.ts'
import { applyCase, encodeCase, withText, type Case } from '../explore/index.ts'
import { preparePatterns } from '../pattern/index.ts'
import type { Outcome } from '../simulation/outcome.ts'
import { openSession, type Session } from '../simulation/session.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import type { StartedOrchestration } from '../simulation/started.ts'
import type { Vars } from '../systems/index.ts'
import { replayCommand } from '../simulation/settings.ts'
import { Attempt, fileOf, nameOf } from './attempt.ts'
import { keepAwayBetweenTests } from './between-tests.ts'
import { keepTrace } from './kept-traces.ts'
import { beforeTimeout } from './out-of-time.ts'
import { withPattern } from './patterns.ts'
import { unsupportedPool, UnsupportedPoolError } from './pool.ts'
import { putSummaryInPlaceOf } from './passed.ts'
import { placeOf } from './place.ts'
import { reportRun } from './run-report.ts'
import { resolveSettings, withDate } from './resolve-settings.ts'
import { supervised } from './supervised.ts'
import { replayedCase, type Sweep } from './sweep.ts'
import { SweptTest } from './swept-test.ts'
import { withTextsBelow } from './task-errors.ts'
import { annotateReport, attachTrace, chart, failureContext, reportText } from './failure-context.ts'
import { UnusedSetUp } from './unused.ts'
import { writeFailure, type Verdict } from './verdict.ts'

/** The fixtures of a test of an orchestration, in addition to Vitest's context. */
export interface OrchestrationFixtures<Result = unknown, Given extends Vars = Vars> {
  /**
   * Runs the orchestration to its end, and returns its outcome.
   *
   * @example
   * ```ts
   * const outcome = await run()
   * expect(outcome).toHaveCompleted()
   * ```
   */
  run: (options?: RunOptions<Given>) => Promise<Outcome<Result>>
  /** Starts the orchestration and waits until it is ready, so that the test can suspend, restart or cancel it while it runs. */
  start: (options?: RunOptions<Given>) => Promise<StartedOrchestration<Result>>
  /** Waits on the clock in force: `await sleep('5m')`. */
  sleep: Session<Result>['sleep']
  /** The simulated services: `failNext(3, 'overloaded')`, `ledger`, `openCalls`. */
  provider: Session<Result>['provider']
  /** The clock in force: `now()`, `sleep()`, and `io(promise)` for real I/O that the clock cannot see by itself. */
  clock: Session<Result>['clock']
  /** Every event of the test, typed: `ofType('call.failed')`, `write(file)`. */
  trace: Session<Result>['trace']
  /** Waives a check in this test, or a part of it: `waive('sequential')`, `waive('orphans', { intervals: false })`. */
  waive: Session<Result>['waive']
  /**
   * In a sweep: names a condition that must hold in at least one case, and reports whether it holds in this case.
   * `when` states whether the condition can hold in this case at all: `sometimes('a retry', retries > 0, { when:
   * failRate !== 0 })`.
   */
  sometimes: (what: string, condition?: boolean, of?: { when?: boolean }) => void
}

/** Options of one run. */
export interface RunOptions<Given extends Vars = Vars> {
  /** Values that override the variables of the options. */
  vars?: Partial<Given> & Vars
}

/** Vitest's `test` with the fixtures of longhaul. */
export type OrchestrationTest<Result = unknown, Given extends Vars = Vars> = TestAPI<
  OrchestrationFixtures<Result, Given>
>

type Told = Pick<Attempt<unknown>, 'settings' | 'file' | 'name' | 'of'>

const replayOf = ({ settings, file, name, of }: Told): string =>
  replayCommand(settings, file, name, of && encodeCase(of))

const replayText = (told: Told): string => `Seed ${told.settings.seed}. To repeat this test alone:\n  ${replayOf(told)}`

/**
 * Tells what a test outside of a sweep has failed with, with all that helps. Nothing that goes wrong in telling takes
 * the place of the failure.
 */
async function tell(attempt: Attempt<unknown>, verdict: Verdict): Promise<void> {
  const report = await reportRun({ attempt, verdict, replay: replayOf(attempt) })
  if (verdict.kind !== 'failed') return
  const { errors } = verdict
  const { trace } = attempt.session
  const told = [
    ...failureContext(attempt, errors),
    ...chart(trace, errors, attempt.session.violations),
    replayText(attempt),
    ...reportText(report),
  ]
  writeFailure(attempt, withTextsBelow(errors, told))
  try {
    await attachTrace(trace, attempt.task)
    if (report !== undefined) await annotateReport(attempt.task, report)
  } catch (error) {
    process.stderr.write(`longhaul could not attach the trace of the test "${attempt.name}": ${String(error)}\n`)
  }
}

/** Does work under the clock's supervision, and keeps in mind whether time can go on after it. */
async function watched<Value>(attempt: { isStuck: boolean }, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    attempt.isStuck ||= error instanceof DeadlockError || error instanceof TimerStormError
    throw error
  }
}

/** What our fixtures put into the context of a test. */
const OURS = ['longhaulSession', 'run', 'start', 'sleep', 'provider', 'clock', 'trace', 'waive', 'sometimes'] as const

/** Vitest keeps the contexts of all tests until the end of the file: what was ours is not kept with them. */
function letGo({ context }: RunnerTestCase): void {
  const known = context as Partial<Record<(typeof OURS)[number], unknown>>
  for (const name of OURS) if (Object.hasOwn(known, name)) known[name] = undefined
}

/** The suites of one description: their tests have one API, and each suite its own case. */
export interface Filling<Result> {
  /** Declares the hooks of the suite in which all others are, or of the only one. */
  around(): void
  /** Fills a suite with the tests of an orchestration, in a case of a sweep or as its options say. */
  fill(body: (test: OrchestrationTest<Result>) => void, of: Case | undefined): void
}

/** What the suites of one description share. Vitest keeps what each test API was made of: one does for all cases. */
export function filling<Result>(
  given: OrchestrationOptions<Result>,
  name: string,
  sweep?: Sweep<Result>,
): Filling<Result> {
  keepAwayBetweenTests(given.network?.allow)
  const options = withPattern(given as OrchestrationOptions<never>) as OrchestrationOptions<Result>
  const swept = new WeakMap<RunnerTestCase, SweptTest>()
  /** By the suites that they fill: those within them may be declared later. */
  const cases = new WeakMap<RunnerTestSuite, Case>()
  let declared: RunnerTestCase[] = []
  const unused = new UnusedSetUp(name)
  const pool = unsupportedPool()
  let attempt: Attempt<Result> | undefined

  const caseOf = ({ suite }: RunnerTask): Case | undefined => suite && (cases.get(suite) ?? caseOf(suite))
  let passed: RunnerTestCase | undefined
  const begin = (task: RunnerTestCase): Attempt<Result> => {
    // Vitest is done with the one before: of a case that has passed, its summary stays.
    if (passed && passed !== task && passed.result?.state === 'pass') {
      swept.get(passed)?.over()
      putSummaryInPlaceOf(passed)
    }
    passed = undefined
    const of = swept.get(task)?.candidate ?? caseOf(task)
    const place = placeOf(task)
    const settings = withDate(resolveSettings(options, of), options.clock?.epoch ?? of?.epoch, place)
    try {
      return new Attempt(task, settings, of, () =>
        openSession(name, of ? applyCase(options, of) : options, settings, place),
      )
    } catch (error) {
      throw withText(error, replayText({ settings, of, file: fileOf(task), name: nameOf(task) }))
    }
  }
  const end = async (ended: Attempt<Result>): Promise<void> => {
    const verdict = await ended.end()
    if (verdict.kind === 'passed') unused.passed(ended.task, ended.unused)
    const test = swept.get(ended.task)
    if (!test?.candidate) {
      ended.task.meta.longhaul = ended.summary
      keepTrace(ended)
    }
    if (!sweep || !test) {
      await tell(ended, verdict)
      return letGo(ended.task)
    }
    if (!test.candidate && verdict.kind !== 'skipped')
      sweep.ran(ended.session, { failed: verdict.kind === 'failed', of: ended.of })
    await test.ended(ended, verdict, sweep)
    letGo(ended.task)
    if (verdict.kind === 'passed') passed = ended.task
  }

  const extended = base.extend<{ longhaulSession: Session<Result> } & OrchestrationFixtures<Result>>({
    longhaulSession: [
      async ({ task }, use) => {
        let begun: Attempt<Result>
        try {
          await Attempt.clear(task as RunnerTestCase)
          begun = begin(task as RunnerTestCase)
        } catch (error) {
          await swept.get(task as RunnerTestCase)?.notBegun(sweep!)
          throw error
        }
        attempt = begun
        try {
          begun.takeTime()
          await use(begun.session)
        } finally {
          attempt = undefined
          await end(begun)
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
    sometimes: async ({ task }, use) =>
      use((what, condition = true, of) => {
        if (!swept.get(task as RunnerTestCase)?.candidate) sweep?.coverage.sometimes(what, condition, of)
      }),
  })

  /** Does work of a test in its time, as long as time can go on: clean-up comes after a deadlock too. */
  const inTime = async <Value>(work: () => Value | Promise<Value>): Promise<Value> =>
    attempt && !attempt.isStuck ? watched(attempt, () => attempt!.session.clock.supervise(work)) : work()

  const kept = supervised(extended, {
    declared(task) {
      unused.declared()
      if (sweep) declared.push(task)
    },
    body(work, given) {
      const present = attempt!
      const { session, task } = present
      const inside = () => beforeTimeout(task.timeout, session, () => work(...present.given(given)))
      return watched(present, () => session.supervise(inside))
    },
    hook: (work, given) => inTime(() => work(...(attempt?.given(given) ?? given))),
    setUp: inTime,
    async tearDown(work) {
      try {
        await inTime(work)
      } catch (error) {
        if (!attempt) throw error
        attempt.failLate(error)
      }
    },
  })
  return {
    around() {
      const { tasks } = TestRunner.getCurrentSuite()
      beforeAll(() => {
        // What the suites within were collected with, which Vitest would keep: an API of its own for each.
        if (sweep) tasks.length = 0
        if (pool !== undefined && resolveSettings(options).time.kind !== 'real') throw new UnsupportedPoolError(pool)
        if (options.pattern !== undefined) preparePatterns()
        for (const task of declared) swept.set(task, new SweptTest(task))
        declared = []
      })
      afterAll(() => {
        if (resolveSettings(options).unused === 'warn' && unused.text !== '') process.stderr.write(unused.text)
      })
      // The session is a fixture that comes first. Asked for around all other hooks, it is put away after all of them.
      aroundEach((runTest) => runTest(), 0)
    },
    fill(body, of) {
      const { suite } = TestRunner.getCurrentSuite()
      if (suite && of) cases.set(suite, of)
      body(kept as unknown as OrchestrationTest<Result>)
    },
  }
}

/** Fills a suite with the tests of an orchestration. */
export function fill<Result>(
  options: OrchestrationOptions<Result>,
  name: string,
  body: (test: OrchestrationTest<Result>) => void,
): void {
  const { around, fill: fillIt } = filling(options, name)
  around()
  // What the environment asks to be repeated.
  fillIt(body, replayedCase())
}
