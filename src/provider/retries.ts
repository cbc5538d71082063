import type { Milliseconds } from '../clock/index.ts'

/** A call that has failed, and may be tried again. */
export interface Failure {
  call: number
  /** The place of its end in the trace. */
  seq: number
  /** When its client was told. */
  at: Milliseconds
  /** How long its client was told to wait. */
  retryAfterMs: Milliseconds | null
  attempt: number
  /** How often its client said that it had tried before. */
  retryCount: number
}

/** What is known of a request of which a call has failed. */
interface Tried {
  /** `free`: nobody has repeated it; `guessed`: who has repeated it did not count; else it is not kept. */
  failures: (Failure & { state: 'free' | 'guessed' })[]
  answeredAt: Milliseconds | undefined
}

const REMEMBERED_REQUESTS = 20_000
const REMEMBERED_FAILURES = 16
const REMEMBERED_ANSWERS = 32
/** Headers may round to whole milliseconds. */
const ROUNDING_MS = 5

/**
 * Tells which calls repeat one that has failed: they have its content, and begin when it has been told. Where a client
 * counts its retries (`x-stainless-retry-count`) the count says which, as a second try repeats a first one. A call that
 * counts none may be the retry of a loop around the client, or one more sample of the same prompt: it is taken for a
 * retry until one that counts comes for the same failure.
 */
export class Retries {
  readonly #requests = new Map<string, Tried>()
  readonly #answers: { request: string; at: Milliseconds }[] = []
  #answered = 0

  /** Whether there is a failure that may be repeated. */
  get any(): boolean {
    return this.#requests.size > 0
  }

  /**
   * The failure that a call repeats.
   *
   * @param hasSiblings whether another call of the same content is under way
   */
  arrived(
    request: string,
    { retryCount, now, hasSiblings }: { retryCount: number; now: Milliseconds; hasSiblings: () => boolean },
  ): Failure | undefined {
    const tried = this.#requests.size > 0 ? this.#requests.get(request) : undefined
    if (!tried) return undefined
    if (retryCount === 0) return guess(tried, now, hasSiblings)
    const found = counted(tried, retryCount, now)
    if (found) tried.failures.splice(tried.failures.indexOf(found), 1)
    if (tried.failures.length === 0) this.#requests.delete(request)
    return found
  }

  /** A call has failed, and its client is told. */
  failed(request: string, failure: Failure): void {
    const tried = this.#requests.get(request) ?? { failures: [], answeredAt: undefined }
    if (tried.failures.push({ ...failure, state: 'free' }) > REMEMBERED_FAILURES) tried.failures.shift()
    // Set anew, so that the request that has not failed for the longest time is forgotten first.
    this.#requests.delete(request)
    if (this.#requests.size >= REMEMBERED_REQUESTS) this.#requests.delete(this.#requests.keys().next().value!)
    this.#requests.set(request, tried)
  }

  /** A call has its answer: only a client that counts may still repeat what had failed before it arrived. */
  answered(request: string, arrivedAt: Milliseconds, now: Milliseconds): void {
    this.#answers[this.#answered++ % REMEMBERED_ANSWERS] = { request, at: now }
    const tried = this.#requests.size > 0 ? this.#requests.get(request) : undefined
    if (!tried) return
    tried.answeredAt = now
    for (const failure of tried.failures) if (failure.at <= arrivedAt) failure.state = 'guessed'
  }

  /**
   * Whether another call has brought the answer since a time, so that who gives up then is done: a hedge that has lost.
   */
  isAnsweredSince(request: string, arrivedAt: Milliseconds): boolean {
    return this.#answers.some((answer) => answer.at >= arrivedAt && answer.request === request)
  }
}

/** The failure that the nth retry of a client repeats. */
function counted({ failures }: Tried, retryCount: number, now: Milliseconds): Tried['failures'][number] | undefined {
  const before = failures
    .filter((failure) => failure.retryCount === retryCount - 1)
    // Who may come first is taken to have come first: no pause is thought to be shorter than it can have been.
    .toSorted((a, b) => mayComeAt(a) - mayComeAt(b))
  const inTime = before.filter((failure) => mayComeAt(failure) <= now + ROUNDING_MS)
  const isFree = ({ state }: { state: 'free' | 'guessed' }): boolean => state === 'free'
  return inTime.find(isFree) ?? inTime[0] ?? before.find(isFree) ?? before[0]
}

/** The failure that a call repeats which counts no retries. */
function guess({ failures, answeredAt }: Tried, now: Milliseconds, hasSiblings: () => boolean): Failure | undefined {
  const free = failures.filter(({ state }) => state === 'free').toSorted((a, b) => mayComeAt(a) - mayComeAt(b))
  const fresh = free.find(({ at }) => at === now)
  // Where several samples are drawn, so many at a time, the end of one lets the next begin.
  const isNextSample = (fresh !== undefined || answeredAt === now) && hasSiblings()
  const settled = isNextSample ? fresh : free[0]
  if (settled) settled.state = 'guessed'
  return isNextSample ? undefined : settled
}

const mayComeAt = ({ at, retryAfterMs }: Failure): Milliseconds => at + (retryAfterMs ?? 0)
