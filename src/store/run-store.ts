import { AnswerTable } from './answer-table.ts'
import { CompletionTable } from './completion-table.ts'
import { RecordTable } from './record-table.ts'
import { StoreDatabase } from './database.ts'
import { EntityTable } from './entity-table.ts'
import { StoreError } from './errors.ts'
import type { RunStatus } from './run-status.ts'
import { sealed } from './seal.ts'
import { SpendingTable } from './spending-table.ts'

/** Plain data as it is kept. */
export type Saved = unknown

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
  /** Answers of effects that have not ended yet, by question, in the order in which they came. */
  answers: Map<string, { effect: number; answer: Saved }>
  /** Calls that were under way: nobody knows whether they were answered. */
  intents: { id: number; agent: string; model: string; worst: bigint }[]
}

/** A run in a list. */
export interface ListedRun {
  /** The id of the run. */
  id: string
  /** The file of the pattern. */
  pattern: string
  /** The status of the run. */
  status: RunStatus
  /** The time of the last change, in Unix milliseconds. */
  updatedAt: number
}

/** A checkpoint of a run. */
export interface Checkpoint {
  /** The id of the checkpoint. */
  id: string
  /** The run of the checkpoint. */
  run: string
  /** The name that the strategy gave the checkpoint, otherwise null. */
  name: string | null
  /** The time of the checkpoint, in Unix milliseconds. */
  createdAt: number
}

/** What a checkpoint holds. Those of earlier versions have no answers. */
interface CheckpointData extends Pick<SavedRun, 'state' | 'agents'> {
  answers?: (readonly [question: string, kept: { effect: number; answer: Saved }])[]
}

/** Checkpoints of one run that are kept; older ones are dropped. */
const MAX_CHECKPOINTS = 100
/** Spending of runs that are forgotten is still counted for so long. */
const SPENDING_KEPT_MS = 62 * 24 * 60 * 60_000

/**
 * A store of runs in an SQLite file, so that runs survive their process. Every change is a transaction; because of the
 * write-ahead log, a killed process loses no committed change. Only one process can use a store at a time.
 */
export class RunStore {
  /** The path of the SQLite file, or `:memory:`. */
  readonly file: string
  /**
   * What programs and agents remember beside their runs.
   *
   * @internal
   */
  readonly entities: EntityTable
  /**
   * Completions that were asked of the daemon itself, with their conversations.
   *
   * @internal
   */
  readonly completions: CompletionTable
  /**
   * What semantic caches may reuse.
   *
   * @internal
   */
  readonly cachedAnswers: AnswerTable
  /**
   * What is told of runs, those that are over included.
   *
   * @internal
   */
  readonly records: RecordTable
  /**
   * What was spent when, by whom and on which model.
   *
   * @internal
   */
  readonly spending: SpendingTable
  readonly #database: StoreDatabase

  /**
   * @param file path, or `:memory:`
   * @throws StoreError if it is in use, damaged, of a newer version or not to be written
   */
  constructor(file: string) {
    this.file = file
    this.#database = new StoreDatabase(file)
    this.entities = new EntityTable(this.#database)
    this.completions = new CompletionTable(this.#database)
    this.cachedAnswers = new AnswerTable(this.#database)
    this.records = new RecordTable(this.#database)
    this.spending = new SpendingTable(this.#database)
  }

  /** Why the last transaction could not be written; undefined after a successful transaction. */
  get failure(): StoreError | undefined {
    return this.#database.failure
  }

  /** The problems of the store: write errors, damage, a removed or truncated file. */
  get problems(): readonly string[] {
    return this.#database.problems
  }

  /** Closes the file. The store cannot be used afterwards. */
  close(): void {
    this.#database.close()
  }

  /**
   * Does all of it, or nothing.
   *
   * @internal
   */
  transaction(work: () => void): void {
    this.#database.transaction(work)
  }

  /**
   * Writes where a run stands. Makes it, if there is none of that name.
   *
   * @internal
   */
  saveRun({
    id,
    pattern,
    fingerprint,
    status,
    state,
  }: Pick<SavedRun, 'id' | 'pattern' | 'fingerprint' | 'status' | 'state'>): void {
    this.#database.run(
      'INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, state = excluded.state, updated_at = excluded.updated_at',
      id,
      pattern,
      fingerprint,
      status,
      sealed(state),
      Date.now(),
    )
  }

  /**
   * Says that a run has come to an end from outside.
   *
   * @internal
   */
  setStatus(run: string, status: RunStatus): void {
    this.transaction(() => this.#database.run('UPDATE runs SET status = ? WHERE id = ?', status, run))
  }

  /** @internal */
  saveAgent(run: string, name: string, place: number, data: Saved): void {
    this.#database.run('INSERT OR REPLACE INTO agents VALUES (?, ?, ?, ?)', run, name, place, sealed(data))
  }

  /** @internal */
  saveAnswer(run: string, question: string, effect: number, answer: Saved): void {
    this.#database.run('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)', run, question, effect, sealed(answer))
  }

  /**
   * The effect has ended: its answers are part of the state.
   *
   * @internal
   */
  dropAnswers(run: string, effect: number): void {
    this.#database.run('DELETE FROM answers WHERE run = ? AND effect = ?', run, effect)
  }

  /** @internal */
  saveIntent(run: string, { id, agent, model, worst }: SavedRun['intents'][number]): void {
    this.#database.run('INSERT INTO intents VALUES (?, ?, ?, ?, ?)', run, id, agent, model, worst.toString())
  }

  /** @internal */
  dropIntent(run: string, id: number): void {
    this.#database.run('DELETE FROM intents WHERE run = ? AND id = ?', run, id)
  }

  /**
   * A run with all that belongs to it.
   *
   * @internal
   */
  load(id: string): SavedRun | undefined {
    const [row] = this.#database.all('SELECT * FROM runs WHERE id = ?', id)
    if (!row) return undefined
    return {
      id,
      pattern: String(row['pattern']),
      fingerprint: String(row['fingerprint']),
      status: row['status'] as RunStatus,
      state: this.#database.unseal(row['state'], `the state of ${id}`),
      agents: this.#database.all('SELECT * FROM agents WHERE run = ? ORDER BY place', id).map(({ name, data }) => ({
        name: String(name),
        data: this.#database.unseal(data, `the agent ${String(name)} of ${id}`),
      })),
      answers: new Map(
        this.#database
          .all('SELECT * FROM answers WHERE run = ? ORDER BY rowid', id)
          .map(({ question, effect, answer }) => [
            String(question),
            { effect: Number(effect), answer: this.#database.unseal(answer, `an answer of ${id}`) },
          ]),
      ),
      intents: this.#database.all('SELECT * FROM intents WHERE run = ? ORDER BY id', id).map((intent) => ({
        id: Number(intent['id']),
        agent: String(intent['agent']),
        model: String(intent['model']),
        worst: BigInt(String(intent['worst'])),
      })),
    }
  }

  /** All runs, the newest first. */
  list(): ListedRun[] {
    return this.#database
      .all('SELECT id, pattern, status, updated_at FROM runs ORDER BY updated_at DESC, id')
      .map((row) => ({
        id: String(row['id']),
        pattern: String(row['pattern']),
        status: row['status'] as RunStatus,
        updatedAt: Number(row['updated_at']),
      }))
  }

  /** The saved status of a run. */
  statusOf(run: string): RunStatus | undefined {
    const [row] = this.#database.all('SELECT status FROM runs WHERE id = ?', run)
    return row?.['status'] as RunStatus | undefined
  }

  /**
   * Deletes ended runs and completions, except the newest `keep` of each, so that the file does not grow without limit.
   * The spending of deleted runs is deleted after two months.
   *
   * @returns how many runs were forgotten
   */
  forgetOver(keep: number): number {
    let forgotten: readonly string[] = []
    this.transaction(() => {
      forgotten = this.records.overBefore(keep)
      for (const run of forgotten) {
        for (const table of ['agents', 'answers', 'intents', 'checkpoints', 'run_records'])
          this.#database.run(`DELETE FROM ${table} WHERE run = ?`, run)
        this.#database.run('DELETE FROM runs WHERE id = ?', run)
      }
      if (forgotten.length > 0) this.records.forgetSources()
      this.completions.forgetOver(keep)
      this.spending.forgetBefore(Date.now() - SPENDING_KEPT_MS)
    })
    return forgotten.length
  }

  /**
   * Keeps where a run stands now, to be gone back to.
   *
   * @internal
   */
  addCheckpoint(run: string, name: string | null): Checkpoint {
    const saved = this.load(run)
    if (!saved) throw new Error(`There is no run ${run} in the store, so there can be no checkpoint of the run.`)
    const [newest] = this.#database.all('SELECT id FROM checkpoints WHERE run = ? ORDER BY rowid DESC LIMIT 1', run)
    const nth = newest ? Number(String(newest['id']).split('_').at(-1)) + 1 : 1
    const checkpoint = { id: `${run}_checkpoint_${nth}`, run, name, createdAt: Date.now() }
    const { state, agents, answers } = saved
    this.transaction(() => {
      this.#database.run(
        'INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)',
        checkpoint.id,
        run,
        name,
        checkpoint.createdAt,
        sealed({ state, agents, answers: [...answers] } satisfies CheckpointData),
      )
      this.#database.run(
        'DELETE FROM checkpoints WHERE run = ?1 AND rowid NOT IN (SELECT rowid FROM checkpoints WHERE run = ?1 ORDER BY rowid DESC LIMIT ?2)',
        run,
        MAX_CHECKPOINTS,
      )
    })
    return checkpoint
  }

  /** The checkpoints of a run, oldest first. */
  checkpoints(run: string): Checkpoint[] {
    return this.#database
      .all('SELECT id, name, created_at FROM checkpoints WHERE run = ? ORDER BY rowid', run)
      .map((row) => ({
        id: String(row['id']),
        run,
        name: row['name'] === null ? null : String(row['name']),
        createdAt: Number(row['created_at']),
      }))
  }

  /**
   * The run that a checkpoint is of.
   *
   * @internal
   */
  runOfCheckpoint(checkpoint: string): string | undefined {
    const [row] = this.#database.all('SELECT run FROM checkpoints WHERE id = ?', checkpoint)
    return row && String(row['run'])
  }

  /**
   * Resets a run to a checkpoint. The money spent since then stays spent.
   *
   * @returns whether there is such a checkpoint
   * @throws StoreError for one that is damaged or of another version; the run stays as it is
   */
  rewind(run: string, checkpoint: string): boolean {
    const [row] = this.#database.all('SELECT saved FROM checkpoints WHERE id = ? AND run = ?', checkpoint, run)
    const now = this.load(run)
    if (!row || !now) return false
    const { state, agents, answers = [] } = this.#readCheckpoint(checkpoint, String(row['saved']))
    const { costs, version } = now.state as { costs?: Saved; version?: unknown }
    const { version: before } = state as { version?: unknown }
    if (before !== version)
      throw new StoreError(
        'LONGHAUL_STORE_VERSION',
        `The checkpoint "${checkpoint}" in ${this.file} is of version ${String(before)}, but its run is of version ${String(version)}. longhaul changed nothing.`,
      )
    this.transaction(() => {
      this.saveRun({ ...now, status: 'suspended', state: { ...(state as object), costs } })
      this.#database.run('DELETE FROM agents WHERE run = ?', run)
      this.#database.run('DELETE FROM answers WHERE run = ?', run)
      for (const [place, { name, data }] of agents.entries()) this.saveAgent(run, name, place, data)
      for (const [question, { effect, answer }] of answers) this.saveAnswer(run, question, effect, answer)
    })
    return true
  }

  #readCheckpoint(checkpoint: string, saved: string): CheckpointData {
    try {
      const read = this.#database.unseal(saved, `the checkpoint "${checkpoint}"`) as Partial<CheckpointData>
      if (typeof read.state === 'object' && read.state !== null && Array.isArray(read.agents))
        return read as CheckpointData
    } catch {
      // Told below.
    }
    throw new StoreError(
      'LONGHAUL_STORE_DAMAGED',
      `The checkpoint "${checkpoint}" in ${this.file} is damaged. longhaul changed nothing. Resume the run from another checkpoint, or from its current state.`,
    )
  }

  /**
   * How much is kept. Bytes of text in all tables; for checks that it does not grow.
   *
   * @internal
   */
  size(run: string): number {
    const [row] = this.#database.all(
      `SELECT (SELECT coalesce(sum(length(state)), 0) FROM runs WHERE id = ?1)
            + (SELECT coalesce(sum(length(data)), 0) FROM agents WHERE run = ?1)
            + (SELECT coalesce(sum(length(answer)), 0) FROM answers WHERE run = ?1)
            + (SELECT count(*) FROM intents WHERE run = ?1) AS size`,
      run,
    )
    return Number(row!['size'])
  }
}
