import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { mergedProblem, mergeSweeps, type SweepPart } from '../explore/merge.ts'
import { UsageError, type Command } from './flags.ts'

/** @throws UsageError for a file that is not what the reporter writes */
function partsIn(file: string): SweepPart[] {
  let read: { sweeps?: SweepPart[] } | null
  try {
    read = JSON.parse(readFileSync(file, 'utf8')) as { sweeps?: SweepPart[] } | null
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
  if (!Array.isArray(read?.sweeps) || read.sweeps.length === 0)
    throw new UsageError(
      `${file} contains no sweeps. Give a file that the reporter wrote in a shard of a sweep: ['longhaul/reporter', { outputFile }].`,
    )
  return read.sweeps
}

/** `longhaul merge FILE …`. */
export const merge: Command = {
  usage: 'merge FILE …',
  about: `Merges the results of the shards of sweeps (LONGHAUL_SWEEP=1/4 …), from the JSON file that the reporter wrote in each shard.
Exits with 1 if a condition (sometimes) never held, or if a shard is missing.`,
  flags: {},
  run({ words }) {
    if (words.length === 0) throw new UsageError('longhaul merge needs the JSON files of the shards.')
    const twice = words.find((file, nth) => words.findIndex((other) => resolve(other) === resolve(file)) < nth)
    if (twice !== undefined) throw new UsageError(`${twice} is given twice. Give each file once.`)
    for (const sweep of mergeSweeps(words.flatMap(partsIn))) {
      const problem = mergedProblem(sweep)
      const came = Object.entries(sweep.sometimes).map(([name, count]) => `${name} in ${count}`)
      const text =
        problem ?? `sweep "${sweep.orchestration}": ${sweep.cases} cases, ${sweep.failed} failed; ${came.join(', ')}`
      process.stdout.write(`${text}\n`)
      if (problem !== undefined || sweep.failed > 0) process.exitCode = 1
    }
  },
}
