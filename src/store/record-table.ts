import { createHash } from 'node:crypto'
import type { Row, StoreDatabase } from './database.ts'
import type { RunStatus } from './run-status.ts'
import { sealed } from './seal.ts'

/** What is told of a run beside where it stands. */
export interface RunRecord {
  run: string
  /** The file of its pattern. */
  pattern: string
  status: RunStatus
  /** Unix milliseconds. */
  startedAt: number
  /** Null for one that is not over. */
  endedAt: number | null
  /** What it was started with, beside its variables. */
  given: Readonly<Record<string, unknown>>
  /** What it left, beside what stands in its state. */
  outcome: Readonly<Record<string, unknown>>
}

/** A file that a pattern was read from. */
export interface PatternSource {
  file: string
  text: string
}

const SELECT = `SELECT runs.id AS run, pattern, status, coalesce(started_at, updated_at) AS started_at,
                       CASE WHEN status IN ('running', 'suspended') THEN NULL ELSE coalesce(ended_at, updated_at) END AS ended_at,
                       given, outcome
                FROM runs LEFT JOIN run_records ON run_records.run = runs.id`

const reader =
  (database: StoreDatabase) =>
  (row: Row): RunRecord => ({
    run: String(row['run']),
    pattern: String(row['pattern']),
    status: row['status'] as RunStatus,
    startedAt: Number(row['started_at']),
    endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
    given: partOf(database, row, 'given'),
    outcome: partOf(database, row, 'outcome'),
  })

function partOf(database: StoreDatabase, row: Row, part: 'given' | 'outcome'): RunRecord['given'] {
  const text = row[part]
  if (typeof text !== 'string') return {}
  return database.unseal(text, `the record of ${String(row['run'])}`) as RunRecord['given']
}

/** When runs began and ended, and with what. Runs of stores that were written before have the times of their last change. */
export class RecordTable {
  readonly #database: StoreDatabase
  readonly #read: (row: Row) => RunRecord

  constructor(database: StoreDatabase) {
    this.#database = database
    this.#read = reader(database)
  }

  /** @param sources the pattern, which is kept once for all runs that have it */
  began(run: string, startedAt: number, given: RunRecord['given'], sources: readonly PatternSource[] = []): void {
    const text = sealed(sources)
    const hash = sources.length === 0 ? null : createHash('sha256').update(text).digest('hex')
    this.#database.transaction(() => {
      if (hash !== null) this.#database.run('INSERT OR IGNORE INTO pattern_sources VALUES (?, ?)', hash, text)
      this.#database.run(
        'INSERT OR REPLACE INTO run_records (run, started_at, given, sources) VALUES (?, ?, ?, ?)',
        run,
        startedAt,
        sealed(given),
        hash,
      )
    })
  }

  /** Forgets one that was never begun. */
  forget(run: string): void {
    this.#database.run('DELETE FROM run_records WHERE run = ?', run)
  }

  /** What the pattern of a run was read from; nothing for runs of earlier versions. */
  sourcesOf(run: string): PatternSource[] | undefined {
    const [row] = this.#database.all(
      'SELECT pattern_sources.sources AS sources FROM run_records JOIN pattern_sources ON hash = run_records.sources WHERE run = ?',
      run,
    )
    return row && (this.#database.unseal(row['sources'], `the pattern of ${run}`) as PatternSource[])
  }

  /** A daemon has ended in the middle of a step of the run. */
  diedIn(run: string): void {
    this.#database.run('UPDATE run_records SET deaths = deaths + 1 WHERE run = ?', run)
  }

  /** How many have. */
  deathsOf(run: string): number {
    const [row] = this.#database.all('SELECT deaths FROM run_records WHERE run = ?', run)
    return Number(row?.['deaths'] ?? 0)
  }

  /** It is taken up at somebody's wish: what was before does not count. */
  forgiven(run: string): void {
    this.#database.run('UPDATE run_records SET deaths = 0 WHERE run = ?', run)
  }

  /** What it goes on with, in place of what it was started with. */
  changed(run: string, given: RunRecord['given']): void {
    this.#database.run('UPDATE run_records SET given = ? WHERE run = ?', sealed(given), run)
  }

  ended(run: string, endedAt: number, outcome: RunRecord['outcome']): void {
    this.#database.run('UPDATE run_records SET ended_at = ?, outcome = ? WHERE run = ?', endedAt, sealed(outcome), run)
  }

  get(run: string): RunRecord | undefined {
    const [row] = this.#database.all(`${SELECT} WHERE runs.id = ?`, run)
    return row && this.#read(row)
  }

  /** Those that are over, the newest first. */
  over(most: number, offset = 0): RunRecord[] {
    return [
      ...this.#database.each(
        this.#read,
        `${SELECT} WHERE status NOT IN ('running', 'suspended') ORDER BY ended_at DESC, run LIMIT ? OFFSET ?`,
        most,
        offset,
      ),
    ]
  }

  /** Those that are over, but for the newest `keep`. */
  overBefore(keep: number): string[] {
    return this.#database
      .all(
        `SELECT id FROM runs LEFT JOIN run_records ON run_records.run = runs.id
         WHERE status NOT IN ('running', 'suspended') ORDER BY coalesce(ended_at, updated_at) DESC, id LIMIT -1 OFFSET ?`,
        keep,
      )
      .map(({ id }) => String(id))
  }

  /** Forgets the patterns that no run has any more. */
  forgetSources(): void {
    this.#database.run(
      'DELETE FROM pattern_sources WHERE hash NOT IN (SELECT sources FROM run_records WHERE sources IS NOT NULL)',
    )
  }

  /** How many are over. */
  countOver(): number {
    const [row] = this.#database.all("SELECT count(*) AS count FROM runs WHERE status NOT IN ('running', 'suspended')")
    return Number(row!['count'])
  }
}
