import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { storeError } from './errors.ts'
import { migrate } from './migrations.ts'

/** Plain data as it is kept. */
export type Saved = unknown

/** Where a run stands. */
export type RunStatus = 'running' | 'suspended' | 'completed' | 'failed' | 'terminated'

/** A run as it is kept. */
export interface SavedRun {
  id: string
  /** The file of its pattern. */
  pattern: string
  /** Tells whether the pattern is still the same. */
  fingerprint: string
  status: RunStatus
  state: Saved
  agents: { name: string; data: Saved }[]
  /** Answers of effects that have not ended yet, by question. */
  answers: Map<string, { effect: number; answer: Saved }>
  /** Calls that were under way: nobody knows whether they were answered. */
  intents: { id: number; agent: string; model: string; worst: bigint }[]
}

/** A point of a run that can be gone back to. */
export interface Checkpoint {
  id: string
  run: string
  name: string | null
  /** Unix milliseconds. */
  createdAt: number
}

/** Checkpoints of one run that are kept; older ones are dropped. */
const MOST_CHECKPOINTS = 100

type Row = Record<string, string | number | null>

/**
 * Runs in an SQLite file, so that they survive their process. Every change is a transaction; with the write-ahead log a
 * process that is killed loses nothing that was written. One process at a time.
 */
export class RunStore {
  readonly file: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /**
   * @param file path, or `:memory:`
   * @throws StoreError if it is in use, damaged, of a newer version or not to be written
   */
  constructor(file: string) {
    this.file = file
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(file)
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
      migrate(database, file)
      // Takes the lock, which is then kept until the store is closed.
      database.exec('BEGIN IMMEDIATE; COMMIT')
    } catch (error) {
      database?.close()
      throw error instanceof Error && error.name === 'StoreError' ? error : storeError(error, file)
    }
    this.#database = database
  }

  close(): void {
    this.#statements.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  /** Does all of it, or nothing. */
  transaction(work: () => void): void {
    this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        work()
        this.#database.exec('COMMIT')
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_SQLITE_ERROR') throw storeError(error, this.file)
      throw error
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement
  }

  #run(sql: string, ...given: (string | number | null)[]): void {
    this.#prepare(sql).run(...given)
  }

  #all(sql: string, ...given: (string | number)[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...given) as Row[])
  }

  /** Writes where a run stands. Makes it, if there is none of that name. */
  saveRun({
    id,
    pattern,
    fingerprint,
    status,
    state,
  }: Pick<SavedRun, 'id' | 'pattern' | 'fingerprint' | 'status' | 'state'>): void {
    this.#run(
      'INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, state = excluded.state, updated_at = excluded.updated_at',
      id,
      pattern,
      fingerprint,
      status,
      JSON.stringify(state),
      Date.now(),
    )
  }

  /** Says that a run has come to an end from outside. */
  setStatus(run: string, status: RunStatus): void {
    this.transaction(() => this.#run('UPDATE runs SET status = ? WHERE id = ?', status, run))
  }

  saveAgent(run: string, name: string, place: number, data: Saved): void {
    this.#run('INSERT OR REPLACE INTO agents VALUES (?, ?, ?, ?)', run, name, place, JSON.stringify(data))
  }

  saveAnswer(run: string, question: string, effect: number, answer: Saved): void {
    this.#run('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)', run, question, effect, JSON.stringify(answer))
  }

  /** The effect has ended: its answers are part of the state. */
  dropAnswers(run: string, effect: number): void {
    this.#run('DELETE FROM answers WHERE run = ? AND effect = ?', run, effect)
  }

  saveIntent(run: string, { id, agent, model, worst }: SavedRun['intents'][number]): void {
    this.#run('INSERT INTO intents VALUES (?, ?, ?, ?, ?)', run, id, agent, model, worst.toString())
  }

  dropIntent(run: string, id: number): void {
    this.#run('DELETE FROM intents WHERE run = ? AND id = ?', run, id)
  }

  /** A run with all that belongs to it. */
  load(id: string): SavedRun | undefined {
    const [row] = this.#all('SELECT * FROM runs WHERE id = ?', id)
    if (!row) return undefined
    return {
      id,
      pattern: String(row['pattern']),
      fingerprint: String(row['fingerprint']),
      status: row['status'] as RunStatus,
      state: JSON.parse(String(row['state'])) as Saved,
      agents: this.#all('SELECT * FROM agents WHERE run = ? ORDER BY place', id).map(({ name, data }) => ({
        name: String(name),
        data: JSON.parse(String(data)) as Saved,
      })),
      answers: new Map(
        this.#all('SELECT * FROM answers WHERE run = ?', id).map(({ question, effect, answer }) => [
          String(question),
          { effect: Number(effect), answer: JSON.parse(String(answer)) as Saved },
        ]),
      ),
      intents: this.#all('SELECT * FROM intents WHERE run = ? ORDER BY id', id).map((intent) => ({
        id: Number(intent['id']),
        agent: String(intent['agent']),
        model: String(intent['model']),
        worst: BigInt(String(intent['worst'])),
      })),
    }
  }

  /** All runs, the newest first. */
  list(): { id: string; pattern: string; status: RunStatus; updatedAt: number }[] {
    return this.#all('SELECT * FROM runs ORDER BY updated_at DESC, id').map((row) => ({
      id: String(row['id']),
      pattern: String(row['pattern']),
      status: row['status'] as RunStatus,
      updatedAt: Number(row['updated_at']),
    }))
  }

  /** Keeps where a run stands now, to be gone back to. */
  addCheckpoint(run: string, name: string | null): Checkpoint {
    const saved = this.load(run)
    if (!saved) throw new Error(`There is no run ${run} to make a checkpoint of.`)
    const [newest] = this.#all('SELECT id FROM checkpoints WHERE run = ? ORDER BY rowid DESC LIMIT 1', run)
    const nth = newest ? Number(String(newest['id']).split('_').at(-1)) + 1 : 1
    const checkpoint = { id: `${run}_checkpoint_${nth}`, run, name, createdAt: Date.now() }
    const { state, agents } = saved
    this.transaction(() => {
      this.#run(
        'INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)',
        checkpoint.id,
        run,
        name,
        checkpoint.createdAt,
        JSON.stringify({ state, agents }),
      )
      this.#run(
        'DELETE FROM checkpoints WHERE run = ?1 AND rowid NOT IN (SELECT rowid FROM checkpoints WHERE run = ?1 ORDER BY rowid DESC LIMIT ?2)',
        run,
        MOST_CHECKPOINTS,
      )
    })
    return checkpoint
  }

  /** The checkpoints of a run, oldest first. */
  checkpoints(run: string): Checkpoint[] {
    return this.#all('SELECT id, name, created_at FROM checkpoints WHERE run = ? ORDER BY rowid', run).map((row) => ({
      id: String(row['id']),
      run,
      name: row['name'] === null ? null : String(row['name']),
      createdAt: Number(row['created_at']),
    }))
  }

  /** Puts a run back to a checkpoint. Money that was spent since stays spent. */
  rewind(run: string, checkpoint: string): boolean {
    const [row] = this.#all('SELECT saved FROM checkpoints WHERE id = ? AND run = ?', checkpoint, run)
    const now = this.load(run)
    if (!row || !now) return false
    const { state, agents } = JSON.parse(String(row['saved'])) as Pick<SavedRun, 'state' | 'agents'>
    const { costs } = now.state as { costs?: Saved }
    this.transaction(() => {
      this.saveRun({ ...now, status: 'suspended', state: { ...(state as object), costs } })
      this.#run('DELETE FROM agents WHERE run = ?', run)
      this.#run('DELETE FROM answers WHERE run = ?', run)
      for (const [place, { name, data }] of agents.entries()) this.saveAgent(run, name, place, data)
    })
    return true
  }

  /** How much is kept. Bytes of text in all tables; for checks that it does not grow. */
  size(run: string): number {
    const [row] = this.#all(
      `SELECT (SELECT coalesce(sum(length(state)), 0) FROM runs WHERE id = ?1)
            + (SELECT coalesce(sum(length(data)), 0) FROM agents WHERE run = ?1)
            + (SELECT coalesce(sum(length(answer)), 0) FROM answers WHERE run = ?1)
            + (SELECT count(*) FROM intents WHERE run = ?1) AS size`,
      run,
    )
    return Number(row!['size'])
  }
}
