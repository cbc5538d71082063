import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const PAIRS = 7
const now = performance.now.bind(performance)

/** Milliseconds that work takes. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const start = now()
  await work()
  return now() - start
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Medians of two ways, measured in turn `times` times, and the median of their ratios. */
export async function ratio(
  a: string,
  runA: () => Promise<number>,
  b: string,
  runB: () => Promise<number>,
  times = PAIRS,
): Promise<object> {
  const pairs: [number, number][] = []
  for (let i = 0; i < times; i++) pairs.push([await runA(), await runB()])
  const round = (value: number): number => Number(value.toFixed(3))
  return {
    runs: times,
    [`${a} (ms)`]: round(median(pairs.map(([first]) => first))),
    [`${b} (ms)`]: round(median(pairs.map(([, second]) => second))),
    ratio: round(median(pairs.map(([first, second]) => first / second))),
  }
}

/** Prints a result and writes it to `bench/results`. */
export function record(name: string, result: object): void {
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const full = { name, node: process.version, cpus: cpus().length, ...result }
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(full, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(full)}\n`)
}
