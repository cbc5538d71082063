import { native } from '../doors/index.ts'
import { InvariantError } from '../checks/index.ts'
import { loadPattern, resolveVariables } from '../pattern/index.ts'
import { openSession, type OrchestrationOptions, type Session } from '../simulation/session.ts'
import type { SettingsInForce } from '../simulation/settings.ts'
import { timeline } from '../report/timeline.ts'
import type { Trace } from '../trace/index.ts'
import { applyCase } from './apply.ts'
import type { Case } from './case.ts'
import { shrink, type Shrunk } from './shrink.ts'

const { now } = native

/** How a case failed: what makes two failures the same one. */
function signatureOf(error: unknown): string {
  if (error instanceof InvariantError) return `check ${error.violations[0]!.check}`
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) }
  return `${name} ${message.split('\n')[0]!.replaceAll(/\d+(\.\d+)?/g, '#')}`
}

function isSame(found: unknown, wanted: unknown): boolean {
  if (found instanceof InvariantError && wanted instanceof InvariantError)
    return found.violations.some(({ check }) => check === wanted.violations[0]!.check)
  return signatureOf(found) === signatureOf(wanted)
}

const MOST_COUNT = 1_000_000

/** Whole numbers above one among the variables: rounds, agents, repetitions. */
function countsOf(options: OrchestrationOptions<never>): Record<string, number> {
  const defaults = options.pattern === undefined ? {} : resolveVariables(loadPattern(options.pattern), {})
  return Object.fromEntries(
    Object.entries({ ...defaults, ...options.vars }).filter(
      (entry): entry is [string, number] =>
        Number.isInteger(entry[1]) && (entry[1] as number) > 1 && (entry[1] as number) < MOST_COUNT,
    ),
  )
}

/** A failure, made as small as it could be. */
export interface SmallestFailure extends Shrunk {
  error: unknown
  trace: Trace
  /** A chart of the run, in text. */
  timeline: string
}

/** What is made smaller. */
export interface FailureOptions<Result> {
  name: string
  options: OrchestrationOptions<Result>
  of: Case
  /** How the case failed. */
  error: unknown
  /** Its run; closed already. */
  session: Session<Result>
  settingsOf: (candidate: Case) => SettingsInForce
  /** What is done with a session. */
  work: (session: Session<Result>) => unknown
  budgetMs: number
}

const TELL_EVERY_MS = 2_000

/** Looks for the smallest case that fails in the same way. */
export async function smallestFailure<Result>(given: FailureOptions<Result>): Promise<SmallestFailure> {
  const { name, options, of, session, settingsOf, work, budgetMs } = given
  let smallest = { error: given.error, trace: session.trace }
  let runs = 0
  let toldAt = now()
  const fails = async (candidate: Case): Promise<boolean> => {
    runs += 1
    if (now() - toldAt > TELL_EVERY_MS) {
      toldAt = now()
      process.stderr.write(`longhaul: making a case of "${name}" smaller that fails; ${runs} runs so far\n`)
    }
    const tried = openSession(name, applyCase(options, candidate), settingsOf(candidate))
    try {
      await tried.supervise(() => work(tried))
      return false
    } catch (error) {
      if (!isSame(error, given.error)) return false
      smallest = { error, trace: tried.trace }
      return true
    } finally {
      await tried.close()
    }
  }
  const shrunk = await shrink(of, {
    fails,
    injected: session.provider.injected,
    agents: options.agents,
    counts: countsOf(options as never),
    budgetMs,
    now,
  })
  return { ...shrunk, ...smallest, timeline: timeline(smallest.trace) }
}

const MOST_FAULTS = 20

/** The smallest case in words. */
export function smallestText({ case: of, tries, isMinimal, timeline: chart }: SmallestFailure): string {
  const { schedule, vars, agents, latencyMs, seed } = of
  const faults = schedule?.map(({ agent, nth, fault }) => `    ${agent}, call ${nth + 1}: ${fault}`)
  return [
    `The smallest case that shows it, after ${tries} runs${isMinimal ? '' : ' (time was up: there may be a smaller one)'}: seed ${seed}`,
    ...(agents ? [`  agents: ${agents.join(', ')}`] : []),
    ...Object.entries(vars ?? {}).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    ...(latencyMs === undefined ? [] : [`  every answer takes ${latencyMs / 1_000}s`]),
    ...(faults === undefined
      ? ['  faults: those of the seed']
      : faults.length === 0
        ? ['  no call fails']
        : [`  ${faults.length} call(s) fail:`, ...faults.slice(0, MOST_FAULTS)]),
    ...(faults && faults.length > MOST_FAULTS ? [`    … and ${faults.length - MOST_FAULTS} more`] : []),
    chart,
  ].join('\n')
}
