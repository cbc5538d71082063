import { mkdtempSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { describeOrchestration } from 'longhaul'
import { afterAll } from 'vitest'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

const folder = mkdtempSync(join(tmpdir(), 'longhaul-db-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function copied(): Promise<number> {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE page (text TEXT)')
  const insert = database.prepare('INSERT INTO page VALUES (?)')
  for (let i = 0; i < 3_000; i++) insert.run('longhaul '.repeat(100))
  const pages = await backup(database, join(folder, 'copy'), { rate: 50 })
  database.close()
  const copy = new DatabaseSync(join(folder, 'copy'))
  const { rows } = copy.prepare('SELECT count(*) AS rows FROM page').get() as { rows: number }
  copy.close()
  return pages > 0 ? rows : 0
}

async function asked(): Promise<unknown> {
  const database = new PGlite()
  await database.exec('CREATE TABLE vote (agent TEXT, yes BOOLEAN)')
  await database.query('INSERT INTO vote VALUES ($1, $2), ($3, $4)', ['ann', true, 'ben', false])
  const { rows } = await database.query('SELECT agent FROM vote WHERE yes')
  await database.close()
  return JSON.stringify(rows)
}

const WORK: [string, () => Promise<unknown>, unknown][] = [
  ['a database of node:sqlite that is copied', copied, 3_000],
  ['a database of PGlite', asked, '[{"agent":"ann"}]'],
]

for (const [what, work, wanted] of WORK) {
  describeOrchestration(what, { system: () => orTooLate(work()) }, (test) => {
    test('answers before a timer of an hour', { timeout: 60_000 }, async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toBe(wanted)
      // PGlite reads the clock in loops, which lets some milliseconds pass.
      expect(outcome).toHaveElapsed({ atMost: '1s' })
    })
  })
}
