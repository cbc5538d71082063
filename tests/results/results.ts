import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { resultsPage, type Measured, type Results } from './page.ts'
import { PHASES } from './phases.ts'
import { see, type Seen } from './seen.ts'
import { summed } from './summary.ts'

/**
 * Runs all phases of the test plan with 200 seeds, and writes what has come of it: docs/results.md, and
 * tests/results/results.json, which the page is made of. With --check nothing is written, and what differs from
 * that file is told.
 *
 * Usage: node tests/results/results.ts [--seeds 200] [--slow-seeds 200] [--check]
 */
const root = resolve(import.meta.dirname, '../..')
const DATA = join(root, 'tests/results/results.json')
const given = process.argv.slice(2)
const isCheck = given.includes('--check')
const numberAfter = (flag: string, otherwise: number): number =>
  given.includes(flag) ? Number(given[given.indexOf(flag) + 1]) : otherwise
const quick = numberAfter('--seeds', 200)
const slow = numberAfter('--slow-seeds', quick)

const begun = Date.now()
let told = begun
const phases: Measured[] = []
for (const [nth, phase] of PHASES.entries()) {
  const seeds = phase.isQuick ? quick : slow
  // What is loaded in the first run is not its time.
  await see(phase, 1)
  const seen: Seen[] = []
  let realMs = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const from = Date.now()
    seen.push(await see(phase, seed))
    if (seed === 1) realMs = Date.now() - from
    if (Date.now() - told < 5_000) continue
    told = Date.now()
    const at = `${nth + 1} of ${PHASES.length}, ${phase.item} ${phase.what}: ${seed} of ${seeds} seeds`
    process.stderr.write(`${at}, ${Math.round((told - begun) / 1_000)} s\n`)
  }
  phases.push({ item: phase.item, what: phase.what, first: seen[0]!, all: summed(seen), realMs })
}
const measuredOn = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
  node: process.versions.node,
}
const results: Results = JSON.parse(JSON.stringify({ measuredOn, phases })) as Results
const page = await resultsPage(results)
const broken = page.split('\n').filter((line) => line.includes('DOES NOT HOLD'))

if (isCheck) {
  const kept = JSON.parse(readFileSync(DATA, 'utf8')) as Results
  for (const { item, what, first, all } of results.phases) {
    const before = kept.phases.find((each) => each.item === item && each.what === what)
    if (isDeepStrictEqual(first, before?.first) && isDeepStrictEqual(all, before?.all)) continue
    broken.push(`${item} ${what} differs: ${JSON.stringify(all)}`)
  }
} else {
  writeFileSync(DATA, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(root, 'docs/results.md'), page)
}
process.stdout.write(
  broken.length === 0
    ? `All is as it should be, in ${Math.round((Date.now() - begun) / 1_000)} s.\n`
    : `${broken.join('\n')}\n`,
)
process.exitCode = broken.length === 0 ? 0 : 1
