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
  maxShrunkOf,
  shrinkLimitOf,
  sliceOf,
  smallestFailure,
  smallestText,
  type Case,
  type SmallestFailure,
  type SweepOptions,
} from '../explore/index.ts'
import type { Session } from '../simulation/session.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import { InvalidSettingError, replayCommand, type ResolvedRunSettings } from '../simulation/settings.ts'
import { Handover } from './handover.ts'
import { reportRun } from './run-report.ts'
import type { Explainer, FailedAttempt, Search } from './swept-test.ts'
import { withTextsBelow } from './task-errors.ts'
import { chart, reportText, runOf } from './failure-context.ts'

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
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidSettingError(`${name} is "${text}". Give a whole number above 0.`)
}

/** What the cases of one sweep share. */
export class Sweep<Result> implements Explainer {
  readonly cases: readonly { name: string; case: Case }[]
  readonly coverage = new Coverage()
  readonly #name: string
  readonly #options: OrchestrationOptions<Result>
  readonly #sweep: SweepOptions
  readonly #settingsOf: (of?: Case) => ResolvedRunSettings
  readonly #rates = new Map<number, { failRate: number; tests: number; passed: number }>()
  #failed = 0
  #shrunk = 0
  #toldAt = now()

  constructor(
    name: string,
    options: OrchestrationOptions<Result>,
    sweep: SweepOptions,
    settingsOf: (of?: Case) => ResolvedRunSettings,
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
    const cases = casesOf(chosen, { first: seed, provider: this.#options.provider })
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
  ran(session: Pick<Session, 'trace'>, { failed, of }: { failed: boolean; of: Case | undefined }): void {
    this.coverage.add(session.trace)
    if (failed) this.#failed += 1
    const failRate = of?.failRate ?? this.#settingsOf(of).failRate ?? this.#options.provider?.failRate ?? 0
    const rate = this.#rates.get(failRate) ?? { failRate, tests: 0, passed: 0 }
    rate.tests += 1
    if (!failed) rate.passed += 1
    this.#rates.set(failRate, rate)
    if (now() - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = now()
    process.stderr.write(
      `longhaul: "${this.#name}": ${this.coverage.cases} tests of ${this.cases.length} cases run, ${this.#failed} failed\n`,
    )
  }

  /** Begins to look for the smallest case that fails as one does, if it is worth it. */
  search({ attempt, errors }: FailedAttempt): Search | undefined {
    const { of, session } = attempt
    const isVirtual = this.#settingsOf(of).time.kind === 'virtual'
    if (!of || !isVirtual || this.#shrunk >= maxShrunkOf(this.#sweep) || replayedCase()) return undefined
    this.#shrunk += 1
    const { injected } = session.provider
    return new Handover((run) =>
      smallestFailure({
        name: this.#name,
        options: this.#options,
        of,
        failed: runOf(attempt, errors),
        injected,
        run,
        budgetMs: shrinkLimitOf(this.#sweep),
      }),
    )
  }

  /**
   * The errors of a test of a case, with what it takes to see them again: those of the smallest case if there is one,
   * which the command repeats.
   */
  async told(failed: FailedAttempt, smallest: SmallestFailure | undefined): Promise<readonly unknown[]> {
    const { attempt } = failed
    const { errors, trace, epoch } = runOf(attempt, failed.errors)
    const { name } = this.cases.find((each) => each.case === attempt.of)!
    const repeat = (of: Case): string =>
      replayCommand(this.#settingsOf(), attempt.file, attempt.name.replace(name, REPLAY), encodeCase(of))
    const own = repeat({ ...attempt.of!, epoch })
    const small = smallest && { failure: smallest, replay: repeat(smallest.case) }
    const report = await reportRun({
      attempt,
      verdict: { kind: 'failed', errors: failed.errors },
      replay: own,
      smallest: small,
    })
    const told = [
      ...(smallest
        ? [smallestText(smallest), ...this.#keep(smallest)]
        : chart(trace, errors, attempt.session.violations)),
      `To repeat this test alone:\n  ${small?.replay ?? own}`,
      ...reportText(report),
    ]
    return withTextsBelow(smallest?.errors ?? errors, told)
  }

  /** Keeps a case for the next sweeps, where there is a folder for them, and says so. */
  #keep(smallest: SmallestFailure): string[] {
    const { epoch: _, ...of } = smallest.case
    if (!existsSync(this.#folder) || process.env['CI']) return []
    try {
      return [
        `longhaul saved the case in ${keepRegression(this.#folder, this.#name, of)}: from now on, the sweep runs this case first.`,
      ]
    } catch (error) {
      return [`longhaul could not save the case in ${this.#folder}: ${String(error)}`]
    }
  }

  /** Adds the test that says coverage of the cases, and fails for what was never so. */
  conclude(): void {
    test('coverage of the cases', ({ task, annotate }) => {
      const { coverage } = this
      const shard = process.env['LONGHAUL_SWEEP']
      if (coverage.cases === 0) return
      const rates = [...this.#rates.values()].toSorted((a, b) => a.failRate - b.failRate)
      Object.assign(task.meta, {
        longhaulSweep: {
          cases: this.cases.length,
          failed: this.#failed,
          ...(shard && { shard }),
          ...coverage.json,
          rates,
        },
      })
      // The other shards may have what this one lacks: it is judged when they are put together.
      if (coverage.never.length > 0 && !shard)
        throw new Error(
          `These conditions never held in ${coverage.cases} tests: ${coverage.never.join('; ')}. Conditions that held: ${coverage.text}.\n` +
            'Give more seeds or a higher fail rate, or find out why the conditions cannot occur.',
        )
      return annotate(`${coverage.cases} tests of ${this.cases.length} cases: ${coverage.text}`)
    })
  }
}
