import type { ServiceContext } from '../../service.ts'

// Source: https://docs.anthropic.com/en/docs/build-with-claude/batch-processing.

/** What has not been answered by then expires. */
const LIFETIME_MS = 24 * 3_600_000

/** What became of a request. */
export type Result =
  | { type: 'succeeded'; message: unknown }
  | { type: 'errored'; error: unknown }
  | { type: 'canceled' }
  | { type: 'expired' }

/** A request of a batch. */
export interface Entry {
  customId: string
  result: Result | undefined
}

/** Requests that are answered some time within a day. */
export class Batch {
  readonly id: string
  readonly entries: readonly Entry[]
  /** Aborted when the batch is cancelled or has expired. */
  readonly stop = new AbortController()
  readonly #createdAt: number
  #cancelledAt: number | undefined
  #endedAt: number | undefined

  /** @param now Unix milliseconds */
  constructor(id: string, customIds: readonly string[], now: number) {
    this.id = id
    this.entries = customIds.map((customId) => ({ customId, result: undefined }))
    this.#createdAt = now
  }

  /** Notes what became of a request; what was decided before stays. */
  settle(entry: Entry, result: Result, now: number): void {
    if (entry.result) return
    entry.result = result
    if (this.entries.every(({ result: settled }) => settled)) this.#endedAt = now
  }

  /** Nothing more is answered; what has been answered stays. */
  cancel(now: number): void {
    if (this.#endedAt !== undefined) return
    this.#cancelledAt = now
    this.#close('canceled', now)
  }

  /** What is still open after a day expires. */
  expire(now: number): void {
    const end = this.#createdAt + LIFETIME_MS
    if (now >= end) this.#close('expired', end)
  }

  get isEnded(): boolean {
    return this.#endedAt !== undefined
  }

  #close(type: 'canceled' | 'expired', now: number): void {
    for (const entry of this.entries) this.settle(entry, { type }, now)
    this.stop.abort()
  }

  /** The batch as the service tells of it. */
  told({ baseURL }: ServiceContext) {
    const count = (type: Result['type']): number => this.entries.filter(({ result }) => result?.type === type).length
    return {
      id: this.id,
      type: 'message_batch',
      processing_status: this.isEnded ? 'ended' : 'in_progress',
      request_counts: {
        processing: this.entries.filter(({ result }) => !result).length,
        succeeded: count('succeeded'),
        errored: count('errored'),
        canceled: count('canceled'),
        expired: count('expired'),
      },
      created_at: isoOf(this.#createdAt)!,
      expires_at: isoOf(this.#createdAt + LIFETIME_MS)!,
      ended_at: isoOf(this.#endedAt),
      cancel_initiated_at: isoOf(this.#cancelledAt),
      archived_at: null,
      results_url: this.isEnded ? `${baseURL}/v1/messages/batches/${this.id}/results` : null,
    }
  }
}

const isoOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
