import { burst, hanging, realOutage } from './breaker.ts'

/**
 * Prints each figure of the orchestrator's resilience over so many seeds, with its bound.
 *
 * Usage: node tests/resilience/resilience.ts [seeds]
 */
const seeds = Number(process.argv[2] ?? 200)
const began = Date.now()
for (const measure of [burst, realOutage, hanging]) for (const figure of await measure(seeds)) console.log(figure)
console.log(Date.now() - began)
