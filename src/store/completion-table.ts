import type { Row, StoreDatabase } from './database.ts'
import { sealed } from './seal.ts'

export type CompletionStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled'

/** A completion that was asked of the daemon, and what became of it. */
export interface SavedCompletion {
  /** Its place in the order of arrival, from 1. */
  number: number
  requestId: string
  sessionId: string
  /** Who asks, such as an agent of an orchestration; or empty. */
  agentId: string
  model: string | null
  /** What is asked, as messages. */
  messages: readonly { role: 'system' | 'user' | 'assistant'; text: string }[]
  /** Whether what was said in the session before is sent along. */
  continues: boolean
  status: CompletionStatus
  /** Unix milliseconds. */
  queuedAt: number
  startedAt: number | null
  completedAt: number | null
  text: string | null
  error: string | null
  usage: { input: number; output: number; target: string; cost: string } | null
}

const reader =
  (database: StoreDatabase) =>
  (row: Row): SavedCompletion => ({
    number: Number(row['number']),
    requestId: String(row['request_id']),
    sessionId: String(row['session_id']),
    agentId: String(row['agent_id']),
    model: row['model'] === null ? null : String(row['model']),
    messages: database.unseal(
      row['messages'],
      `the completion ${String(row['request_id'])}`,
    ) as SavedCompletion['messages'],
    continues: row['continues'] === 1,
    status: row['status'] as CompletionStatus,
    queuedAt: Number(row['queued_at']),
    startedAt: row['started_at'] === null ? null : Number(row['started_at']),
    completedAt: row['completed_at'] === null ? null : Number(row['completed_at']),
    text: row['text'] === null ? null : String(row['text']),
    error: row['error'] === null ? null : String(row['error']),
    usage:
      row['usage'] === null
        ? null
        : (database.unseal(
            row['usage'],
            `the usage of the completion ${String(row['request_id'])}`,
          ) as SavedCompletion['usage']),
  })

/** Completions in the order in which they were asked. */
export class CompletionTable {
  readonly #database: StoreDatabase
  readonly #read: (row: Row) => SavedCompletion

  constructor(database: StoreDatabase) {
    this.#database = database
    this.#read = reader(database)
  }

  /** Adds one that waits, unless its request id is taken. */
  add({
    requestId,
    sessionId,
    agentId,
    model,
    messages,
    continues,
  }: Pick<SavedCompletion, 'requestId' | 'sessionId' | 'agentId' | 'model' | 'messages' | 'continues'>): boolean {
    return (
      this.#database.run(
        `INSERT INTO completions (request_id, session_id, agent_id, model, messages, continues, status, queued_at)
         VALUES (?, ?, ?, ?, ?, ?, 'queued', ?) ON CONFLICT DO NOTHING`,
        requestId,
        sessionId,
        agentId,
        model,
        sealed(messages),
        continues ? 1 : 0,
        Date.now(),
      ) > 0
    )
  }

  started(requestId: string): void {
    this.#database.run(
      "UPDATE completions SET status = 'running', started_at = ? WHERE request_id = ?",
      Date.now(),
      requestId,
    )
  }

  ended(
    requestId: string,
    status: 'completed' | 'failed' | 'cancelled',
    { text = null, error = null, usage = null }: Partial<Pick<SavedCompletion, 'text' | 'error' | 'usage'>>,
  ): void {
    this.#database.run(
      'UPDATE completions SET status = ?, completed_at = ?, text = ?, error = ?, usage = ? WHERE request_id = ?',
      status,
      Date.now(),
      text,
      error,
      usage && sealed(usage),
      requestId,
    )
  }

  get(requestId: string): SavedCompletion | undefined {
    const [row] = this.#database.all('SELECT * FROM completions WHERE request_id = ?', requestId)
    return row && this.#read(row)
  }

  /** Those that nobody has answered yet, in their order. */
  open(): SavedCompletion[] {
    return [
      ...this.#database.each(
        this.#read,
        "SELECT * FROM completions WHERE status IN ('queued', 'running') ORDER BY number",
      ),
    ]
  }

  /** Forgets those that are over, but for the newest `keep`. */
  forgetOver(keep: number): void {
    this.#database.run(
      `DELETE FROM completions WHERE status NOT IN ('queued', 'running') AND number <= (
         SELECT number FROM completions WHERE status NOT IN ('queued', 'running') ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      keep,
    )
  }

  /** Those of a session, the newest first, each read as it is wanted. */
  ofSession(sessionId: string, most: number, offset = 0): Iterable<SavedCompletion> {
    return this.#database.each(
      this.#read,
      'SELECT * FROM completions WHERE session_id = ? ORDER BY number DESC LIMIT ? OFFSET ?',
      sessionId,
      most,
      offset,
    )
  }

  /** How many a session has, by how they stand. */
  countsOf(sessionId: string): Readonly<Partial<Record<CompletionStatus, number>>> {
    const rows = this.#database.all(
      'SELECT status, count(*) AS count FROM completions WHERE session_id = ? GROUP BY status',
      sessionId,
    )
    return Object.fromEntries(rows.map(({ status, count }) => [String(status), Number(count)]))
  }

  /** The newest sessions, with how many of their completions wait, are being answered, and are over. */
  sessions(most: number): { sessionId: string; queued: number; running: number; over: number }[] {
    return this.#database
      .all(
        `SELECT session_id, sum(status = 'queued') AS queued, sum(status = 'running') AS running,
                sum(status NOT IN ('queued', 'running')) AS over
         FROM completions GROUP BY session_id ORDER BY max(number) DESC LIMIT ?`,
        most,
      )
      .map((row) => ({
        sessionId: String(row['session_id']),
        queued: Number(row['queued']),
        running: Number(row['running']),
        over: Number(row['over']),
      }))
  }

  /** How many a status has. */
  counts(): Readonly<Partial<Record<CompletionStatus, number>>> {
    const rows = this.#database.all('SELECT status, count(*) AS count FROM completions GROUP BY status')
    return Object.fromEntries(rows.map(({ status, count }) => [String(status), Number(count)]))
  }
}
