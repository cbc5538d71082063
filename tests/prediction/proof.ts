import { CASES } from './cases.ts'
import { prove } from './holds.ts'

/**
 * Holds predictions against fresh runs: prints a table, and fails where an interval for nine runs of ten holds less than
 * 87 % or more than 93 % of the fresh runs, or the mean cost of a run is off by more than 1 %.
 *
 * A quantity that takes few values, such as a number of calls, may have no interval that holds nine of ten: the runs that
 * are exactly at an end of it count for the lower bound and not for the upper one.
 *
 * Usage: node tests/prediction/proof.ts [--runs 5000] [--fresh 1000] [case…]
 */
const LEAST = 0.87
const MOST = 0.93
const MAX_OFF = 0.01

const given = process.argv.slice(2)
const numberAfter = (flag: string, otherwise: number): number => {
  const place = given.indexOf(flag)
  return place === -1 ? otherwise : Number(given.splice(place, 2)[1])
}
const runs = numberAfter('--runs', 5_000)
const fresh = numberAfter('--fresh', 1_000)
const unknown = given.filter((name) => !(name in CASES))
if (unknown.length > 0 || !(runs >= 10) || !(fresh >= 10))
  throw new Error(`Give at least ten runs, and names of ${Object.keys(CASES).join(', ')}; not ${given.join(' ')}.`)

const percent = (share: number): string => (share * 100).toFixed(1)
const begun = Date.now()
let told = begun
const progress = (name: string) => (done: number) => {
  if (Date.now() - told < (process.stderr.isTTY ? 2_000 : 15_000)) return
  told = Date.now()
  const line = `${name}: ${done} of ${runs + fresh} runs, ${Math.round((told - begun) / 1_000)} s`
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`)
}

console.log(`Predictions of ${runs} runs against ${fresh} fresh ones: % of them within the interval for 90 %\n`)
console.log('| orchestration | cost | time | calls | failures | input tokens | output tokens | mean cost off | |')
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
let broken = 0
for (const [name, { options }] of Object.entries(CASES)) {
  if (given.length > 0 && !given.includes(name)) continue
  const { quantities, meanOff, meanOffError } = await prove(name, options, { runs, fresh, onRun: progress(name) })
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  const shares = quantities.map(({ within, inside }) =>
    within === inside ? percent(within) : `${percent(inside)} – ${percent(within)}`,
  )
  const holds =
    quantities.every(({ within, inside }) => within >= LEAST && inside <= MOST) && Math.abs(meanOff) <= MAX_OFF
  const off = `${(meanOff * 100).toFixed(2)} % ± ${(meanOffError * 100).toFixed(2)}`
  console.log(`| ${name} | ${shares.join(' | ')} | ${off} | ${holds ? 'holds' : 'DOES NOT HOLD'} |`)
  broken += Number(!holds)
}
console.log(`\n${broken === 0 ? 'All bounds hold.' : `${broken} orchestration(s) do not keep their bounds.`}`)
process.exitCode = broken === 0 ? 0 : 1
