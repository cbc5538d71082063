import { relative } from 'node:path'
import type { ExpectStatic, RunnerTestCase, TestContext } from 'vitest'
import { ClockInUseError } from '../clock/index.ts'
import { restoreAll, type Restore, realTurn } from '../doors/index.ts'
import type { Case } from '../explore/index.ts'
import type { Session } from '../simulation/session.ts'
import type { Unused } from '../simulation/set-up.ts'
import type { ResolvedRunSettings } from '../simulation/settings.ts'
import type { TestSummary } from '../report/summary.ts'
import { standingText } from './out-of-time.ts'
import { pollOn, type Polls } from './polling.ts'
import { refuseFakeTimers, refuseForeignTime } from './refused-timers.ts'
import { withTextBelow, writtenDown } from './task-errors.ts'
import { listenForUnhandled, unhandledText, type Unhandled } from './unhandled.ts'
import { expectFailure, fail, verdictOf, type Verdict } from './verdict.ts'

/** Vitest's own context is an object or a function with the task. */
const isContext = (given: unknown, task: RunnerTestCase): given is object =>
  ((typeof given === 'object' && given !== null) || typeof given === 'function') &&
  (given as { task?: unknown }).task === task

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] }

/** The file of a test, from here. */
export const fileOf = ({ file }: RunnerTestCase): string => relative(process.cwd(), file.filepath)

/** The whole name of a test. */
export const nameOf = ({ name, fullTestName = name }: RunnerTestCase): string => fullTestName

/** The one that is running: there is one time in a process. */
let running: Attempt<never> | undefined

/** Whether Vitest is done with what is running, and has not put it away. */
const isForgotten = (task: RunnerTestCase): boolean =>
  running !== undefined && (running.task === task || running.task.result?.duration !== undefined)

/** One try of a test: Vitest may repeat it by `retry` and `repeats`. */
export class Attempt<Result> {
  readonly task: RunnerTestCase
  readonly session: Session<Result>
  readonly settings: ResolvedRunSettings
  readonly of: Case | undefined
  /** How many errors of earlier tries the task had when this one began. */
  readonly errorsBefore: number
  /** Whether time can go on no more. */
  isStuck = false
  /** What was thrown where Vitest does not look for it. */
  readonly late: unknown[] = []
  readonly #unhandled: Unhandled
  readonly #restores: Restore[] = []
  #polls: Polls | undefined

  /** @throws ClockInUseError */
  constructor(task: RunnerTestCase, settings: ResolvedRunSettings, of: Case | undefined, open: () => Session<Result>) {
    if (running)
      throw new ClockInUseError(`The test "${task.name}" started while another test of an orchestration was running.`)
    if (settings.time.kind !== 'real') refuseForeignTime()
    expectFailure(task)
    this.task = task
    this.settings = settings
    this.of = of
    this.errorsBefore = task.result?.errors?.length ?? 0
    this.session = open()
    running = this as Attempt<unknown> as Attempt<never>
    this.#unhandled = listenForUnhandled(() => this.session.clock.now())
    this.#restores.push(() => this.#unhandled.stop())
  }

  /** Ends what an earlier test has left running, so that the next one is not taken for its neighbour. */
  static async clear(task: RunnerTestCase): Promise<void> {
    if (isForgotten(task)) await running?.end()
  }

  /**
   * Putting something away has failed. Vitest writes that down when it is too late to add to it, or puts away nothing
   * more; here the test has failed by it at once, so that its hooks know.
   */
  failLate(error: unknown): void {
    this.late.push(error)
    const { result } = this.task
    if (result?.state === 'run' || result?.state === 'pass') result.state = 'fail'
  }

  /** Lets what Vitest itself waits for go by the clock of the session, where that is not the wall clock. */
  takeTime(): void {
    if (this.settings.time.kind === 'real') return
    const { clock } = this.session
    const context: Writable<TestContext> = this.task.context
    const { annotate } = context
    this.#restores.push(refuseFakeTimers())
    this.#polls = pollOn(clock)
    this.#restores.push(this.#polls.restore)
    // The answer of Vitest's main process is nothing that the clock can see.
    context.annotate = ((...given: Parameters<typeof annotate>) => clock.io(annotate(...given))) as typeof annotate
    this.#restores.push(() => (context.annotate = annotate))
  }

  /** What the function of a test is given, with an `expect` that polls on the clock of the session. */
  given(given: readonly unknown[]): unknown[] {
    const polls = this.#polls
    if (!polls) return [...given]
    return given.map((argument) =>
      isContext(argument, this.task)
        ? new Proxy(argument, {
            get(context, name) {
              const value: unknown = Reflect.get(context, name)
              return name === 'expect' ? polls.local(value as ExpectStatic) : value
            },
          })
        : argument,
    )
  }

  /** The file of the test, from here. */
  get file(): string {
    return fileOf(this.task)
  }

  /** Its whole name. */
  get name(): string {
    return nameOf(this.task)
  }

  /** What may be why the test has failed; it is known when the attempt has ended. */
  hints = ''
  /** Where time stood when the hooks were over. */
  standing = ''
  summary: TestSummary | undefined
  /** What of the set-up it has not used; it is known when the attempt has ended. */
  unused: readonly Unused[] = []

  /** Ends the session, and says how the test went. */
  async end(): Promise<Verdict> {
    // What nobody catches shows after the microtasks.
    await realTurn()
    this.#look()
    try {
      await this.session.close()
      await realTurn()
    } catch (error) {
      this.late.push(error)
    } finally {
      restoreAll(this.#restores)
      running = undefined
    }
    const verdict = this.#verdict()
    // What Vitest does not know of lets a test fail that is expected to.
    const untold = this.#untold()
    if (verdict.kind === 'passed' && untold.length > 0) fail(this, untold)
    return verdict
  }

  /** Looks at the session before it ends. That something cannot be told is no failure of the test. */
  #look(): void {
    const { session } = this
    try {
      if (this.#verdict().kind === 'failed') {
        this.standing = standingText(session)
        this.hints = session.hints()
      }
      this.summary = session.summary()
      if (this.settings.unused === 'warn') this.unused = session.unused()
    } catch (error) {
      process.stderr.write(`longhaul could not collect all details of the test "${this.name}": ${String(error)}\n`)
    }
  }

  /** Errors that Vitest does not know of. */
  #untold(): readonly unknown[] {
    const unhandled = this.#unhandled.errors.flatMap(({ error, event, at }) =>
      writtenDown(error).map((each) => withTextBelow(each, unhandledText(event, at, this.session.trace))),
    )
    return [...this.late.flatMap(writtenDown), ...unhandled]
  }

  #verdict(): Verdict {
    return verdictOf(this, this.#untold())
  }
}
