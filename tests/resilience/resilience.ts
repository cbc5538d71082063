import { MEASURES } from './figures.ts'

/**
 * Prints each figure of the orchestrator's resilience over so many seeds, with its bound, and fails where one does not hold.
 *
 * Usage: node tests/resilience/resilience.ts [seeds] [measure…]
 */
const seeds = Number(process.argv[2] ?? 200)
const chosen = process.argv.slice(3)

console.log(`Resilience over ${seeds} seeds\n\n| what | wanted | measured | |\n| --- | --- | --- | --- |`)
let broken = 0
for (const [name, measure] of Object.entries(MEASURES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  for (const { what, wanted, measured, holds } of await measure(seeds)) {
    console.log(`| ${what} | ${wanted} | ${measured} | ${holds ? 'holds' : 'DOES NOT HOLD'} |`)
    broken += Number(!holds)
  }
}
console.log(`\n${broken === 0 ? 'All bounds hold.' : `${broken} bound(s) do not hold.`}`)
process.exitCode = broken === 0 ? 0 : 1
