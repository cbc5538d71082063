import { createHash } from 'node:crypto'

/** What Stryker tells a checker of a mutant. */
interface Mutant {
  id: string
  fileName: string
  mutatorName: string
  replacement: string
  location: { start: { line: number; column: number }; end: { line: number; column: number } }
}

/** A mutant is in the first of `of` samples, in the second, or in one of the others: the same in each run. */
function sampleOf({ fileName, mutatorName, replacement, location: { start, end } }: Mutant, of: number): number {
  const file = fileName.slice(fileName.lastIndexOf('/src/'))
  const key = JSON.stringify([file, mutatorName, replacement, start.line, start.column, end.line, end.column])
  return (createHash('sha256').update(key).digest().readUInt32BE() % of) + 1
}

/** Leaves mutants outside of the sample out, as Stryker does with those that do not compile. */
const checker = {
  async init(): Promise<void> {},
  async group(mutants: readonly Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)]
  },
  async check(mutants: readonly Mutant[]): Promise<Record<string, object>> {
    const [nth, of] = process.env['LONGHAUL_MUTATION_SAMPLE']!.split('/').map(Number)
    return Object.fromEntries(
      mutants.map((mutant) => [
        mutant.id,
        sampleOf(mutant, of!) === nth
          ? { status: 'passed' }
          : { status: 'compileError', reason: 'This change is in another sample.' },
      ]),
    )
  },
}

/** Read by Stryker, in a process of its own. */
export const strykerPlugins = [{ kind: 'Checker', name: 'sample', value: checker }]
