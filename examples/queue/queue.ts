import { DatabaseSync } from 'node:sqlite'

/** How long a worker may hold a job before another takes it for dead. */
export const LEASE_MS = 120_000
/** How long a job is tried again before it is put aside for a person to look at. */
const PATIENCE_MS = 3_600_000
const MAX_PAUSE_MS = 120_000

export interface Job {
  id: number
  text: string
  tries: number
}

/** Jobs in a table of SQLite: taken on a lease, tried again later and later, and put aside after an hour. */
export class JobQueue {
  readonly #database: DatabaseSync

  constructor(path = ':memory:') {
    this.#database = new DatabaseSync(path)
    this.#database.exec(`CREATE TABLE IF NOT EXISTS jobs (
      id INTEGER PRIMARY KEY, text TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,
      worker TEXT, due INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL, result TEXT)`)
  }

  add(text: string): void {
    this.#database.prepare('INSERT INTO jobs (text, since) VALUES (?, ?)').run(text, Date.now())
  }

  /** The next job that is due, one whose lease has run out included; nobody else gets it until then. */
  take(worker: string): Job | undefined {
    const now = Date.now()
    const taken = this.#database
      .prepare(
        `UPDATE jobs SET state = 'taken', worker = ?, due = ?, tries = tries + 1
         WHERE id = (SELECT id FROM jobs WHERE state IN ('waiting', 'taken') AND due <= ? ORDER BY due, id LIMIT 1)
         RETURNING id, text, tries`,
      )
      .get(worker, now + LEASE_MS, now)
    return taken as Job | undefined
  }

  /** Whether the worker still had the job: what comes after its lease is dropped. */
  finish({ id, tries }: Job, result: string): boolean {
    const { changes } = this.#database
      .prepare(`UPDATE jobs SET state = 'done', result = ? WHERE id = ? AND tries = ? AND state = 'taken'`)
      .run(result, id, tries)
    return changes === 1
  }

  /** Gives a job back: due after a random pause that grows with its tries, or put aside. */
  fail({ id, tries }: Job): void {
    const now = Date.now()
    const pause = Math.round(Math.random() * Math.min(1_000 * 2 ** tries, MAX_PAUSE_MS))
    this.#database
      .prepare(
        `UPDATE jobs SET state = CASE WHEN since <= ? THEN 'aside' ELSE 'waiting' END, due = ?
         WHERE id = ? AND tries = ? AND state = 'taken'`,
      )
      .run(now - PATIENCE_MS, now + pause, id, tries)
  }

  /** How many jobs there are in each state. */
  counts(): Record<string, number> {
    const rows = this.#database.prepare('SELECT state, count(*) AS jobs FROM jobs GROUP BY state').all()
    return Object.fromEntries(rows.map(({ state, jobs }) => [state, jobs as number]))
  }

  get isOver(): boolean {
    const { waiting = 0, taken = 0 } = this.counts()
    return waiting + taken === 0
  }
}
