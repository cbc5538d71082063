import type { StoreDatabase } from './database.ts'

/** An answer that the cache may reuse. */
export interface KeptAnswer {
  /** Identifies the conversation without its newest question. An answer is reused only in the same context. */
  context: string
  /** The newest question, to which the answer belongs. */
  prompt: string
  /** The text of the answer. */
  text: string
  /** The model that answered. */
  target: string
  /** The cost of the answer. Picodollars. */
  cost: bigint
  /** The time of the answer, in Unix milliseconds. */
  keptAt: number
}

/** Answers that a cache keeps over restarts. */
export class AnswerTable {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  /** Adds one; the oldest go when there are more than `most`. */
  add({ context, prompt, text, target, cost, keptAt }: KeptAnswer, most: number): void {
    this.#database.transaction(() => {
      this.#database.run(
        'INSERT INTO cached_answers (context, prompt, answer, target, cost, kept_at) VALUES (?, ?, ?, ?, ?, ?)',
        context,
        prompt,
        text,
        target,
        cost.toString(),
        keptAt,
      )
      this.#database.run('DELETE FROM cached_answers WHERE id <= (SELECT max(id) FROM cached_answers) - ?', most)
    })
  }

  /** The newest ones, oldest first. */
  newest(most: number): KeptAnswer[] {
    const rows = this.#database.each(
      (row) => ({
        context: String(row['context']),
        prompt: String(row['prompt']),
        text: String(row['answer']),
        target: String(row['target']),
        cost: BigInt(String(row['cost'])),
        keptAt: Number(row['kept_at']),
      }),
      'SELECT * FROM cached_answers ORDER BY id DESC LIMIT ?',
      most,
    )
    return [...rows].toReversed()
  }
}
