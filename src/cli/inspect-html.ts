import { basename } from 'node:path'
import { findViolations } from '../checks/index.ts'
import { isLoggedLine, loggedRuns } from '../report/event-log.ts'
import { writeReport } from '../report/html.ts'
import type { RunModel } from '../report/model/data.ts'
import { runModel } from '../report/model/model.ts'
import { eventIn, linesIn } from '../store/index.ts'
import { Trace } from '../trace/index.ts'
import { UsageError } from './flags.ts'

/** Reads the first line of a file as JSON; nothing where it is none. */
function firstLine(file: string): unknown {
  for (const line of linesIn(file)) return line === undefined ? undefined : eventIn(line)?.event
  return undefined
}

/** The events that the lines of a log hold; those that are damaged are passed over. */
function* logged(file: string): Generator<unknown> {
  for (const line of linesIn(file)) {
    const read = line === undefined ? undefined : eventIn(line)
    if (read) yield read.event
  }
}

function modelsOf(file: string): RunModel[] {
  if (!isLoggedLine(firstLine(file))) {
    const trace = Trace.read(file)
    const name = trace.ofType('run.started')[0]?.name ?? basename(file)
    return [runModel(trace, { title: name, label: basename(file), findings: findViolations(trace) })]
  }
  return loggedRuns(logged(file)).map(({ id, pattern, status, events }) =>
    runModel(events, { title: pattern === undefined ? id : `${pattern} ${id}`, label: id, status }),
  )
}

/**
 * Writes what is in traces, and in the event logs of daemons, as one HTML file.
 *
 * @throws UsageError where there is no run in them
 */
export function writeHtml(files: readonly string[], out: string): void {
  const runs = files.flatMap(modelsOf)
  const [first] = runs
  if (!first) throw new UsageError(`${files.join(', ')} contains no events of an orchestration.`)
  const title = runs.length === 1 ? first.title : files.map((file) => basename(file)).join(', ')
  writeReport(out, { kind: 'runs', title, runs, index: '' })
}
