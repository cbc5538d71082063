import type { Trace } from '../../trace/index.ts'
import type { Completion, Question } from './completer.ts'
import type { AnswerTable, KeptAnswer } from '../../store/index.ts'
import { cosine, embeddingOf, type Embedding } from './similarity.ts'
import type { CacheSettings } from '../settings.ts'

/** Makes a vector of unit length of a text by a service's embeddings; it may cost, and it may fail. */
export type Embed = (text: string, agent: string, signal: AbortSignal) => Promise<Embedding>

/** What the cache has saved. */
export interface Savings {
  hits: number
  misses: number
  /** Picodollars that the reused answers had cost. */
  saved: bigint
}

/** Reuses answers to the same question, and to ones that are alike, in the same context. */
export class SemanticCache {
  readonly savings: Savings = { hits: 0, misses: 0, saved: 0n }
  readonly #similarity: number
  readonly #size: number
  readonly #embed: Embed | undefined
  readonly #trace: Pick<Trace, 'append'>
  readonly #entries: KeptAnswer[]
  readonly #store: AnswerTable | undefined
  readonly #asked = new WeakMap<Question, Pick<KeptAnswer, 'context' | 'prompt' | 'embedding'>>()

  /** @param answers those of earlier runs; new ones are added, and kept in the store */
  constructor(
    { similarity, size }: Required<CacheSettings>,
    {
      embed,
      trace,
      answers,
      store,
    }: {
      embed: Embed | undefined
      trace: Pick<Trace, 'append'>
      answers: KeptAnswer[]
      store: AnswerTable | undefined
    },
  ) {
    this.#similarity = similarity
    this.#size = size
    this.#embed = embed
    this.#trace = trace
    this.#entries = answers
    this.#store = store
  }

  /** The answer to a question like this one, or nothing. */
  async find(
    question: Question,
    signal: AbortSignal,
  ): Promise<Pick<Completion, 'text' | 'target' | 'refused'> | undefined> {
    const prompt = question.messages.at(-1)?.text ?? ''
    const context = JSON.stringify([question.model ?? '', question.maxTokens ?? 0, question.messages.slice(0, -1)])
    const candidates = this.#entries.filter((entry) => entry.context === context)
    let best = candidates.find((entry) => entry.prompt === prompt)
    let similarity = best ? 1 : 0
    const embedding =
      best?.embedding ?? (this.#similarity < 1 ? await this.#vector(prompt, question.agent, signal) : new Map())
    if (!best)
      for (const candidate of candidates) {
        const found = cosine(candidate.embedding, embedding)
        if (found < this.#similarity || found <= similarity) continue
        best = candidate
        similarity = found
      }
    const { agent } = question
    if (!best) {
      this.savings.misses += 1
      this.#asked.set(question, { context, prompt, embedding })
      this.#trace.append({ type: 'cache.missed', agent })
      return undefined
    }
    this.savings.hits += 1
    this.savings.saved += best.cost
    this.#trace.append({ type: 'cache.hit', agent, similarity, saved: Number(best.cost) })
    return { text: best.text, target: best.target, refused: false }
  }

  /** Keeps the answer to a question that was not found. */
  keep(question: Question, { text, target, cost }: Completion): void {
    const asked = this.#asked.get(question)
    if (!asked) return
    if (this.#entries.length >= this.#size) this.#entries.shift()
    const kept = { ...asked, text, target, cost }
    this.#entries.push(kept)
    this.#store?.add(kept, this.#size)
  }

  /** A service that fails to embed is no reason to fail the question. */
  async #vector(prompt: string, agent: string, signal: AbortSignal): Promise<Embedding> {
    if (!this.#embed) return embeddingOf(prompt)
    try {
      return await this.#embed(prompt, agent, signal)
    } catch {
      signal.throwIfAborted()
      return embeddingOf(prompt)
    }
  }
}
