import type { Violation } from '../checks/index.ts'
import { formatDuration, parseDuration } from '../clock/index.ts'
import { native } from '../doors/index.ts'
import { loadPattern, resolveVariables } from '../pattern/index.ts'
import type { ScheduledFault } from '../provider/index.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import { timeline } from '../report/timeline.ts'
import type { Trace, TraceEvent } from '../trace/index.ts'
import type { Case } from './case.ts'
import { shrink } from './shrink.ts'
import { isSameFailure } from './signature.ts'

const { now } = native

const MAX_COUNT = 1_000_000

/** Whole numbers above one among the variables: rounds, agents, repetitions. */
function countsOf(options: FailureOptions['options']): Record<string, number> {
  const defaults = options.pattern === undefined ? {} : resolveVariables(loadPattern(options.pattern), {})
  return Object.fromEntries(
    Object.entries({ ...defaults, ...options.vars }).filter(
      (entry): entry is [string, number] =>
        Number.isInteger(entry[1]) && (entry[1] as number) > 1 && (entry[1] as number) < MAX_COUNT,
    ),
  )
}

/** How a case went. */
export interface CaseRun {
  /** What it failed with, with what may explain it, as thrown or as a test runner has written it down; none where it passed. */
  errors: readonly unknown[]
  trace: Trace
  /** The date at which it began, in Unix milliseconds. */
  epoch: number
}

/** A failure after shrinking. */
export interface SmallestFailure {
  /** The smallest case that fails in the same way. */
  case: Case
  /** Number of runs that shrinking needed. */
  tries: number
  /** Whether no smaller case is left to try; false if the time limit ended the search. */
  isMinimal: boolean
  /** The error of that case. */
  error: unknown
  /** All errors of that case: `error`, and what the test failed with besides. */
  errors: readonly unknown[]
  /** The trace of that case. */
  trace: Trace
  /** The timeline of the run, as text. */
  timeline: string
}

/** What is made smaller. */
export interface FailureOptions {
  name: string
  options: Pick<OrchestrationOptions, 'pattern' | 'vars' | 'agents'>
  of: Case
  /** How the case failed. */
  failed: CaseRun
  /** The faults that came about in it, or nothing where they are too many to be told. */
  injected: readonly ScheduledFault[] | undefined
  /** Runs another case in the same way. */
  run: (candidate: Case) => Promise<CaseRun>
  /** How long it may take. Milliseconds. */
  budgetMs: number
}

const TELL_EVERY_MS = 2_000

/** What happened in a run, whatever it was given. */
const happened = (events: Iterable<TraceEvent>): string =>
  JSON.stringify([...events].filter(({ type }) => type !== 'run.started'))

const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Looks for the smallest case that fails in the same way. */
export async function smallestFailure(given: FailureOptions): Promise<SmallestFailure> {
  const { name, options, of, failed, injected, run, budgetMs } = given
  let smallest = { ...failed, case: of }
  let runs = 0
  let toldAt = now()
  /** Whether somebody calls whom the case leaves out. */
  const isAskedStill = ({ agents }: Case, trace: Trace): boolean =>
    agents !== undefined &&
    trace.ofType('call.arrived').some(({ agent }) => options.agents?.includes(agent) && !agents.includes(agent))
  const fails = async (candidate: Case): Promise<boolean> => {
    runs += 1
    if (now() - toldAt > TELL_EVERY_MS) {
      toldAt = now()
      process.stderr.write(`longhaul is shrinking a failing case of "${name}"; ${runs} runs so far\n`)
    }
    const { errors, trace, epoch } = await run(candidate)
    if (!isSameFailure(errors, failed.errors)) return false
    const isGivenLess = !sameValue([candidate.agents, candidate.vars], [smallest.case.agents, smallest.case.vars])
    // What the system does not read makes no case smaller: it would be told, and the chart would show something else.
    if (isGivenLess && (happened(trace) === happened(smallest.trace) || isAskedStill(candidate, trace))) return false
    smallest = { case: candidate, errors, trace, epoch }
    return true
  }
  const shrunk = await shrink(of, {
    fails,
    injected,
    agents: options.agents,
    counts: countsOf(options),
    budgetMs,
    now,
  })
  const { errors, trace, epoch } = smallest
  const error = errors.find((each) => isSameFailure([each], failed.errors))
  const verdict = errors.map((each) => String((each as { message?: unknown } | undefined)?.message ?? '')).join('\n')
  const violations = errors.flatMap(violationsIn)
  return {
    ...shrunk,
    case: { ...shrunk.case, epoch },
    error,
    errors,
    trace,
    timeline: timeline(trace, undefined, verdict, violations),
  }
}

const MAX_FAULTS = 20

/** The smallest case in words. */
export function smallestText({ case: of, tries, isMinimal, timeline: chart }: SmallestFailure): string {
  const { schedule, vars, agents, latency, seed } = of
  const faults = schedule?.map(({ agent, nth, fault }) => `    ${agent}, call ${nth + 1}: ${fault}`)
  return [
    `The failure above is of the smallest case that fails in this way, after ${tries} runs${isMinimal ? '' : ' (the time limit ended the search: a smaller case may exist)'}: seed ${seed}`,
    ...(agents ? [`  agents: ${agents.join(', ')}`] : []),
    ...Object.entries(vars ?? {}).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    ...(latency === undefined ? [] : [`  every answer takes ${formatDuration(parseDuration(latency))}`]),
    ...(faults === undefined
      ? ['  faults: those of the seed']
      : faults.length === 0
        ? ['  no call fails']
        : [`  ${faults.length} call(s) fail:`, ...faults.slice(0, MAX_FAULTS)]),
    ...(faults && faults.length > MAX_FAULTS ? [`    … and ${faults.length - MAX_FAULTS} more`] : []),
    chart,
  ].join('\n')
}

/** What checks have found, if that is what an error tells. A test runner may have written the error down as plain data. */
const violationsIn = (error: unknown): readonly Violation[] =>
  (error as { violations?: readonly Violation[] } | undefined)?.violations ?? []
