import type { Row, StoreDatabase, Value } from './database.ts'

/** What was spent, and for how much work. */
export interface Spending {
  calls: number
  /** Tokens. */
  input: number
  output: number
  /** Picodollars. */
  known: bigint
  /** Picodollars that may have been billed. */
  uncertain: bigint
}

const MINUTE_MS = 60_000
const SUMS = `sum(calls) AS calls, sum(input) AS input, sum(output) AS output,
              CAST(sum(known) AS TEXT) AS known, CAST(sum(uncertain) AS TEXT) AS uncertain`

const read = (row: Row): Spending => ({
  calls: Number(row['calls'] ?? 0),
  input: Number(row['input'] ?? 0),
  output: Number(row['output'] ?? 0),
  known: BigInt(row['known'] ?? 0),
  uncertain: BigInt(row['uncertain'] ?? 0),
})

/** Money and tokens by minute, run, agent and model. */
export class SpendingTable {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  /** Books what one call has cost. `run` is empty for one that belongs to none. */
  add(run: string, agent: string, model: string, { calls, input, output, known, uncertain }: Spending): void {
    this.#database.run(
      `INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER))
       ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, input = input + excluded.input, output = output + excluded.output,
                                 known = known + excluded.known, uncertain = uncertain + excluded.uncertain`,
      Math.floor(Date.now() / MINUTE_MS),
      run,
      agent,
      model,
      calls,
      input,
      output,
      known.toString(),
      uncertain.toString(),
    )
  }

  /** What was spent since a time (Unix milliseconds; exact to the minute), by one run or by all. */
  total({ sinceMs = 0, run }: { sinceMs?: number; run?: string | undefined } = {}): Spending & { runs: number } {
    const [row] = this.#database.all(
      `SELECT ${SUMS}, count(DISTINCT nullif(run, '')) AS runs FROM spending WHERE minute >= ?${run === undefined ? '' : ' AND run = ?'}`,
      ...this.#given(sinceMs, run),
    )
    return { ...read(row!), runs: Number(row!['runs']) }
  }

  /** Forgets what was spent before a time (Unix milliseconds) by runs that are not kept any more. */
  forgetBefore(ms: number): void {
    this.#database.run(
      "DELETE FROM spending WHERE minute < ? AND run <> '' AND run NOT IN (SELECT id FROM runs)",
      Math.floor(ms / MINUTE_MS),
    )
  }

  /** The same by agent, those of the newest runs first. */
  byAgent(
    { sinceMs = 0, run }: { sinceMs?: number; run?: string | undefined },
    most: number,
    offset = 0,
  ): (Spending & { run: string; agent: string })[] {
    return this.#database
      .all(
        `SELECT run, agent, ${SUMS} FROM spending WHERE minute >= ?${run === undefined ? '' : ' AND run = ?'}
         GROUP BY run, agent ORDER BY max(minute) DESC, run, agent LIMIT ? OFFSET ?`,
        ...this.#given(sinceMs, run),
        most,
        offset,
      )
      .map((row) => ({ ...read(row), run: String(row['run']), agent: String(row['agent']) }))
  }

  #given(sinceMs: number, run: string | undefined): Value[] {
    return [Math.floor(sinceMs / MINUTE_MS), ...(run === undefined ? [] : [run])]
  }
}
