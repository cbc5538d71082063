import type { Row, StoreDatabase } from './database.ts'
import type { RunStatus } from './run-status.ts'

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

const SELECT = `SELECT runs.id AS run, pattern, status, coalesce(started_at, updated_at) AS started_at,
                       CASE WHEN status IN ('running', 'suspended') THEN NULL ELSE coalesce(ended_at, updated_at) END AS ended_at,
                       given, outcome
                FROM runs LEFT JOIN run_records ON run_records.run = runs.id`

const object = (text: Row[string]): RunRecord['given'] =>
  typeof text === 'string' ? (JSON.parse(text) as RunRecord['given']) : {}

const read = (row: Row): RunRecord => ({
  run: String(row['run']),
  pattern: String(row['pattern']),
  status: row['status'] as RunStatus,
  startedAt: Number(row['started_at']),
  endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
  given: object(row['given']!),
  outcome: object(row['outcome']!),
})

/** When runs began and ended, and with what. Runs of stores that were written before have the times of their last change. */
export class RecordTable {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  began(run: string, startedAt: number, given: RunRecord['given']): void {
    this.#database.run(
      'INSERT OR REPLACE INTO run_records (run, started_at, given) VALUES (?, ?, ?)',
      run,
      startedAt,
      JSON.stringify(given),
    )
  }

  ended(run: string, endedAt: number, outcome: RunRecord['outcome']): void {
    this.#database.run(
      'UPDATE run_records SET ended_at = ?, outcome = ? WHERE run = ?',
      endedAt,
      JSON.stringify(outcome),
      run,
    )
  }

  get(run: string): RunRecord | undefined {
    const [row] = this.#database.all(`${SELECT} WHERE runs.id = ?`, run)
    return row && read(row)
  }

  /** Those that are over, the newest first. */
  over(most: number, offset = 0): RunRecord[] {
    return this.#database
      .all(
        `${SELECT} WHERE status NOT IN ('running', 'suspended') ORDER BY ended_at DESC, run LIMIT ? OFFSET ?`,
        most,
        offset,
      )
      .map(read)
  }

  /** How many are over. */
  countOver(): number {
    const [row] = this.#database.all("SELECT count(*) AS count FROM runs WHERE status NOT IN ('running', 'suspended')")
    return Number(row!['count'])
  }
}
