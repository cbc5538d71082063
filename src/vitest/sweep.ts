import { native } from '../doors/index.ts'
import { existsSync } from 'node:fs'
import { test } from 'vitest'
import {
  casesOf,
  Coverage,
  decodeCase,
  encodeCase,
  keepRegression,
  nameOf,
  readRegressions,
  sliceOf,
  smallestFailure,
  smallestText,
  type Case,
  type SweepOptions,
} from '../explore/index.ts'
import type { OrchestrationOptions, Session } from '../simulation/session.ts'
import { replayCommand, type SettingsInForce } from '../simulation/settings.ts'

const { now } = native
const TELL_EVERY_MS = 2_000
/** A case has a place in the names of tests by which it is chosen. */
const REPLAY = 'replay'

/** The case that the environment asks for. */
export const replayedCase = (): Case | undefined => {
  const id = process.env['LONGHAUL_REPLAY']
  return id ? decodeCase(id) : undefined
}

const numberOf = (name: string): number | undefined => {
  const text = process.env[name]
  return text === undefined || text.trim() === '' ? undefined : Number(text)
}

/** A test of a case that failed. */
export interface FailedTest<Result> {
  error: unknown
  of: Case
  session: Session<Result>
  work: (session: Session<Result>) => unknown
  /** The file of the test, from here. */
  file: string
  /** The whole name of the test. */
  testName: string
}

/** What the cases of one sweep share. */
export class Sweep<Result> {
  readonly cases: readonly { name: string; case: Case }[]
  readonly coverage = new Coverage()
  readonly #name: string
  readonly #options: OrchestrationOptions<Result>
  readonly #sweep: SweepOptions
  readonly #settingsOf: (of?: Case) => SettingsInForce
  #failed = 0
  #shrunk = 0
  #toldAt = now()

  constructor(
    name: string,
    options: OrchestrationOptions<Result>,
    sweep: SweepOptions,
    settingsOf: (of?: Case) => SettingsInForce,
  ) {
    this.#name = name
    this.#options = options
    this.#sweep = sweep
    this.#settingsOf = settingsOf
    const replay = replayedCase()
    this.cases = replay ? [{ name: REPLAY, case: replay }] : this.#all()
  }

  #all(): { name: string; case: Case }[] {
    const { seed, failRate } = this.#settingsOf()
    // A matrix of machines says how many seeds, and one fail rate for each machine.
    const seeds = numberOf('LONGHAUL_SEEDS') ?? this.#sweep.seeds
    const chosen = {
      ...this.#sweep,
      ...(seeds !== undefined && { seeds }),
      ...(failRate !== undefined && { failRate }),
    }
    const cases = casesOf(chosen, { first: seed, mix: this.#options.provider?.faults })
    return [
      ...readRegressions(this.#folder, this.#name).map((kept) => ({
        name: `regression ${kept.name}`,
        case: kept.case,
      })),
      ...sliceOf(cases, process.env['LONGHAUL_SWEEP']).map((of) => ({ name: nameOf(of), case: of })),
    ]
  }

  get #folder(): string {
    return this.#sweep.regressions ?? 'fixtures/regressions'
  }

  /** A test of a case is over. */
  ran(session: Session<Result>, { failed }: { failed: boolean }): void {
    this.coverage.add(session.trace)
    if (failed) this.#failed += 1
    if (now() - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = now()
    process.stderr.write(
      `longhaul: "${this.#name}": ${this.coverage.cases} tests of ${this.cases.length} cases run, ${this.#failed} failed\n`,
    )
  }

  /** Makes the case smaller, and adds to the error what it takes to see it again. */
  async explain({ error, of, session, work, file, testName }: FailedTest<Result>): Promise<unknown> {
    if (!(error instanceof Error)) return error
    const { shrinkMost = 3, shrinkMs = 10_000 } = this.#sweep
    const isVirtual = this.#settingsOf(of).time.kind === 'virtual'
    let smallest = of
    if (isVirtual && this.#shrunk < shrinkMost && !replayedCase()) {
      this.#shrunk += 1
      const found = await smallestFailure({
        name: this.#name,
        options: this.#options,
        of,
        error,
        session,
        settingsOf: this.#settingsOf,
        work,
        budgetMs: shrinkMs,
      })
      smallest = found.case
      error.message += `\n\n${smallestText(found)}`
      if (existsSync(this.#folder) && !process.env['CI'])
        error.message += `\n\nKept in ${keepRegression(this.#folder, this.#name, found.case)}: the sweep runs it first from now on.`
    }
    const { name } = this.cases.find((each) => each.case === of)!
    const command = replayCommand(this.#settingsOf(), file, testName.replace(name, REPLAY), encodeCase(smallest))
    error.message += `\n\nTo repeat it alone:\n  ${command}`
    return error
  }

  /** Adds the test that says what the cases have exercised, and fails for what was never so. */
  conclude(): void {
    test('what the cases have exercised', ({ task, annotate }) => {
      const { coverage } = this
      if (coverage.cases === 0) return
      Object.assign(task.meta, { longhaulSweep: { cases: this.cases.length, failed: this.#failed, ...coverage.json } })
      if (coverage.never.length > 0)
        throw new Error(
          `Never so in ${coverage.cases} tests: ${coverage.never.join('; ')}. What came about: ${coverage.text}.\n` +
            'Give more seeds or a higher fail rate, or see why it cannot come about.',
        )
      return annotate(`${coverage.cases} tests of ${this.cases.length} cases: ${coverage.text}`)
    })
  }
}
