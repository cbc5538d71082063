import { statSync, type Stats } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { sqlite } from '../packages/index.ts'
import { CountFile } from './count-file.ts'
import { storeError, StoreError } from './errors.ts'
import { migrate } from './migrations.ts'
import { SealError, unsealed } from './seal.ts'
import { problemOfWal } from './wal.ts'

export type Row = Record<string, string | number | null>
export type Value = string | number | null

const IN_MEMORY = ':memory:'
/** What is told of damage; there may be more of it. */
const MAX_TOLD = 20

/** An SQLite file that this process alone has open, brought up to date. */
export class StoreDatabase {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  /** What is damaged, and was passed over. */
  readonly #damages = new Set<string>()
  /** How often it was written to. */
  #commits = 0
  readonly #counted: CountFile | undefined
  #failure: StoreError | undefined
  /** The file as it was last seen. */
  #seen: Pick<Stats, 'ino' | 'size'> | undefined

  /** @throws StoreError if it is in use, damaged, of a newer version or not to be written */
  constructor(file: string) {
    this.#file = file
    let database: DatabaseSync | undefined
    try {
      const problem = file === IN_MEMORY ? undefined : problemOfWal(file)
      if (problem !== undefined) this.#damages.add(problem)
      database = new (sqlite().DatabaseSync)(file)
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
      migrate(database, file)
      // Takes the lock, which is then kept until the store is closed.
      database.exec('BEGIN IMMEDIATE; COMMIT')
      checkWhole(database, file)
    } catch (error) {
      database?.close()
      throw error instanceof Error && error.name === 'StoreError' ? error : storeError(error, file)
    }
    this.#database = database
    this.#commits = Number(this.all('SELECT count FROM commits')[0]?.['count'] ?? 0)
    if (file !== IN_MEMORY) this.#counted = this.#compare(file)
  }

  /** Whether all is there that was written. */
  #compare(file: string): CountFile | undefined {
    let counted: CountFile
    try {
      counted = new CountFile(`${file}-count`)
    } catch (error) {
      this.#tell(
        `${file}-count cannot be written (${(error as Error).message}): longhaul cannot detect changes that a truncation loses.`,
      )
      return undefined
    }
    const lost = counted.before - this.#commits
    if (lost > 0) this.#tell(`${file} lacks its newest ${lost} changes: the file was truncated.`)
    counted.note(this.#commits)
    return counted
  }

  /** Why it could not be written to; nothing after the next transaction that goes well. */
  get failure(): StoreError | undefined {
    return this.#failure
  }

  /** What is wrong with it: that it cannot be written to, what is damaged, that its file was taken away or cut. */
  get problems(): string[] {
    return [this.#failure?.message, ...this.#damages, this.#problemOfFile()].filter((problem) => problem !== undefined)
  }

  /** SQLite goes on with a file that is gone, and sees too late that one is shorter. Files of stores do not shrink. */
  #problemOfFile(): string | undefined {
    if (this.#file === IN_MEMORY) return undefined
    const now = statSync(this.#file, { throwIfNoEntry: false })
    if (!now)
      return `${this.#file} was removed while it was in use: all changes from now on are lost when the process ends.`
    const { ino, size } = (this.#seen ??= now)
    if (now.ino !== ino)
      return `${this.#file} was replaced while it was in use: all changes from now on are lost when the process ends.`
    if (now.size < size)
      return `${this.#file} was truncated from ${size} to ${now.size} bytes while it was in use. Restore the file from a backup.`
    this.#seen = now
    return undefined
  }

  close(): void {
    this.#statements.clear()
    this.#counted?.close()
    if (this.#database.isOpen) this.#database.close()
  }

  /** Does all of it, or nothing. One within another is part of it. */
  transaction<Result>(work: () => Result): Result {
    return this.#guard(() => {
      if (this.#database.isTransaction) return work()
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.#prepare('UPDATE commits SET count = ?').run(this.#commits + 1)
        this.#database.exec('COMMIT')
        this.#commits += 1
        this.#counted?.note(this.#commits)
        this.#failure = undefined
        return result
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** Returns how many rows it has changed. */
  run(sql: string, ...given: Value[]): number {
    return this.transaction(() => Number(this.#prepare(sql).run(...given).changes))
  }

  all(sql: string, ...given: Value[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...given) as Row[])
  }

  /**
   * Rows one by one, each read as it is wanted: many large ones are never in memory together. A row that is damaged is
   * passed over, and told among the problems.
   */
  *each<Result>(read: (row: Row) => Result, sql: string, ...given: Value[]): Generator<Result> {
    // A statement of its own: one that is shared may be begun again before this one is through.
    const rows = this.#guard(() => this.#database.prepare(sql).iterate(...given) as Iterator<Row>)
    try {
      for (;;) {
        const next = this.#guard(() => rows.next())
        if (next.done) return
        try {
          yield read(next.value)
        } catch (error) {
          if (!isDamage(error)) throw error
        }
      }
    } finally {
      rows.return?.()
    }
  }

  /**
   * A sealed value of a row.
   *
   * @param what names it for people
   * @throws StoreError where it is damaged, which is told among the problems too
   */
  unseal(text: Row[string] | undefined, what: string): unknown {
    try {
      return unsealed(String(text))
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      const damage = new StoreError(
        'LONGHAUL_STORE_DAMAGED',
        `${what} in ${this.#file} is damaged (${error.message}). longhaul changed nothing.`,
        error,
      )
      this.#tell(damage.message)
      throw damage
    }
  }

  #tell(damage: string): void {
    if (this.#damages.size < MAX_TOLD) this.#damages.add(damage)
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error
      const failure = storeError(error, this.#file)
      if (isDamage(failure)) this.#tell(failure.message)
      throw (this.#failure = failure)
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement
  }
}

const isDamage = (error: unknown): boolean => error instanceof StoreError && error.code === 'LONGHAUL_STORE_DAMAGED'

/** Looks through the whole file, which finds pages that are missing or make no sense. @throws StoreError */
function checkWhole(database: DatabaseSync, file: string): void {
  const [found] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[]
  if (found?.quick_check === 'ok') return
  throw new StoreError(
    'LONGHAUL_STORE_DAMAGED',
    `${file} is damaged (${String(found?.quick_check)}). longhaul changed nothing. Restore the file from a backup, or move the file to start with an empty store.`,
  )
}
