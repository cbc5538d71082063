import { join, relative } from 'node:path'
import { inject } from 'vitest'
import type { InvariantError, Violation } from '../checks/index.ts'
import type { SmallestFailure } from '../explore/index.ts'
import { fileNameOf } from './kept-traces.ts'
import type { Attempt } from './attempt.ts'
import type { ReportSettings } from './meta.ts'
import { messageOf } from './task-errors.ts'
import type { Verdict } from './verdict.ts'

/** What a report tells beside the trace of a run. */
export interface ReportedRun {
  attempt: Pick<Attempt<unknown>, 'task' | 'file' | 'name' | 'session' | 'settings'>
  verdict: Verdict
  /** The command that repeats it. */
  replay: string
  /** The smallest case that fails in the same way, and the command that repeats that one. */
  smallest?: { failure: SmallestFailure; replay: string } | undefined
}

const MAX_ERROR = 4_000

/** What an error says, not without end. */
const shortly = (error: unknown): string => messageOf(error).slice(0, MAX_ERROR)

/** What the checks found that let a case fail, by the settings of the test. */
const violationsIn = ({ errors }: SmallestFailure): Violation[] =>
  errors.flatMap((error) => (error as Partial<InvariantError>).violations ?? [])

/** Where reports go, if the reporter wants one of a run that has ended so. */
function wanted({ kind }: Verdict): ReportSettings | undefined {
  const settings = inject('longhaulReport')
  return settings && (settings.runs === 'all' || kind === 'failed') ? settings : undefined
}

/**
 * Writes the report of a run, where the reporter of the main process wants one, and leaves word of it with the test.
 * That there is none is no failure of the test.
 *
 * @returns its path from here
 */
export async function reportRun(run: ReportedRun): Promise<string | undefined> {
  const settings = wanted(run.verdict)
  if (!settings) return undefined
  try {
    return relative(process.cwd(), await writeRun(run, settings))
  } catch (error) {
    process.stderr.write(`longhaul could not write the report of the test "${run.attempt.name}": ${String(error)}\n`)
    return undefined
  }
}

async function writeRun(
  { attempt, verdict, replay, smallest }: ReportedRun,
  settings: ReportSettings,
): Promise<string> {
  const { task, file, name, session, settings: inForce } = attempt
  // Who wants no report does not wait for what makes one.
  const [{ writeReport }, { runModel }] = await Promise.all([
    import('../report/html.ts'),
    import('../report/model/model.ts'),
  ])
  const whole = runModel(session.trace, {
    title: name,
    label: 'The whole run',
    status: verdict.kind === 'failed' ? 'failed' : 'passed',
    replay,
    errors: verdict.kind === 'failed' ? verdict.errors.map(shortly) : [],
    ...(inForce.checks !== false && { findings: session.violations }),
    windows: session.windows,
    limits: session.limits,
  })
  const small =
    smallest &&
    runModel(smallest.failure.trace, {
      title: name,
      label: 'The smallest case',
      status: 'failed',
      seed: smallest.failure.case.seed,
      replay: smallest.replay,
      errors: smallest.failure.errors.map(shortly),
      ...(inForce.checks !== false && { findings: violationsIn(smallest.failure) }),
    })
  const path = join(fileNameOf(file), `${fileNameOf(name)}.html`)
  writeReport(join(settings.folder, path), {
    kind: 'runs',
    title: name,
    runs: [whole, ...(small ? [small] : [])],
    index: '../index.html',
  })
  task.meta.longhaulReport = path
  return join(settings.folder, path)
}
