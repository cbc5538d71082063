import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { sqlite } from '../packages/index.ts'
import { storeError, type StoreError } from './errors.ts'
import { migrate } from './migrations.ts'

export type Row = Record<string, string | number | null>
export type Value = string | number | null

/** An SQLite file that this process alone has open, brought up to date. */
export class StoreDatabase {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #failure: StoreError | undefined

  /** @throws StoreError if it is in use, damaged, of a newer version or not to be written */
  constructor(file: string) {
    this.#file = file
    let database: DatabaseSync | undefined
    try {
      database = new (sqlite().DatabaseSync)(file)
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

  /** Why it could not be written to; nothing after the next transaction that goes well. */
  get failure(): StoreError | undefined {
    return this.#failure
  }

  close(): void {
    this.#statements.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  /** Does all of it, or nothing. One within another is part of it. */
  transaction<Result>(work: () => Result): Result {
    return this.#guard(() => {
      if (this.#database.isTransaction) return work()
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.#database.exec('COMMIT')
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
    return this.#guard(() => Number(this.#prepare(sql).run(...given).changes))
  }

  all(sql: string, ...given: Value[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...given) as Row[])
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_SQLITE_ERROR')
        throw (this.#failure = storeError(error, this.#file))
      throw error
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement
  }
}
