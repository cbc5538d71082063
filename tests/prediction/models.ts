import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { predictTabled, rowOf, TABLED, withTable } from './models-table.ts'

/** Predicts the patterns of the test plan on five models, and writes the table of docs/cost-model.md: npm run cost-model. */
const PAGE = resolve(import.meta.dirname, '../../docs/cost-model.md')
const rows: string[] = []
for (const name of TABLED) {
  process.stderr.write(`${name}: ${rows.length + 1} of ${TABLED.length}\n`)
  rows.push(rowOf(name, await predictTabled(name)))
}
writeFileSync(PAGE, await withTable(readFileSync(PAGE, 'utf8'), rows))
