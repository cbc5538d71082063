import type { AnswerTable, KeptAnswer } from '../../../store/index.ts'
import type { Trace } from '../../../trace/index.ts'
import type { Timekeeper } from '../../service/time.ts'
import type { Completion, Policy, Question } from '../completion.ts'
import { cosine, type Embedding } from './cosine.ts'
import { formOf } from './form.ts'
import type { ResolvedCacheSettings } from './settings.ts'
import { isWorthKeeping } from './worth.ts'

/** Makes a vector of unit length of a text by a service's embeddings; it may cost, and it may fail. */
export type Embed = (text: string, agent: string, signal: AbortSignal) => Promise<Embedding>

/** The savings of the cache. */
export interface CacheSavings {
  /** Number of requests that the cache answered. */
  hits: number
  /** Number of requests that the cache could not answer. */
  misses: number
  /** The cost of the reused answers when they were first requested. Picodollars. */
  saved: bigint
}

interface CacheDependencies {
  embed: Embed | undefined
  trace: Pick<Trace, 'append'>
  time: Timekeeper
  /** Those of earlier runs; new ones are added, and kept in the store. */
  answers: KeptAnswer[]
  store: AnswerTable | undefined
}

const NOTHING = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 }

/** Everything but the newest question: answers are reused only in the same context. */
const contextOf = ({ target, maxTokens, messages }: Question): string =>
  JSON.stringify([target.name, maxTokens, messages.slice(0, -1)])

/** Reuses answers to the same question, and to ones of the same form, in the same context. */
export class SemanticCache {
  readonly savings: CacheSavings = { hits: 0, misses: 0, saved: 0n }
  readonly #limits: ResolvedCacheSettings
  readonly #dependencies: CacheDependencies

  constructor(limits: ResolvedCacheSettings, dependencies: CacheDependencies) {
    this.#limits = limits
    this.#dependencies = dependencies
  }

  /** Answers from what is kept where it can, and keeps what is answered. */
  readonly caching: Policy = (complete) => async (question, signal) => {
    const { agent } = question
    const { trace } = this.#dependencies
    const found = await this.#find(question, signal)
    if (found) {
      const { answer, similarity } = found
      this.savings.hits += 1
      this.savings.saved += answer.cost
      trace.append({ type: 'cache.hit', agent, similarity, saved: Number(answer.cost) })
      const { text, target } = answer
      return { text, target, refused: false, cutOff: false, cost: 0n, usage: NOTHING, cached: true }
    }
    this.savings.misses += 1
    trace.append({ type: 'cache.missed', agent })
    const completion = await complete(question, signal)
    if (isWorthKeeping(completion)) this.#keep(question, completion)
    return completion
  }

  async #find(
    question: Question,
    signal: AbortSignal,
  ): Promise<{ answer: KeptAnswer; similarity: number } | undefined> {
    this.#forgetOld()
    const context = contextOf(question)
    const prompt = question.messages.at(-1)?.text ?? ''
    const candidates = this.#dependencies.answers.filter((answer) => answer.context === context)
    const same = candidates.find((answer) => answer.prompt === prompt)
    if (same) return { answer: same, similarity: 1 }
    if (this.#limits.similarity === 1) return undefined
    const form = formOf(prompt)
    const alike = candidates.find((answer) => formOf(answer.prompt) === form)
    if (!alike) return undefined
    const similarity = await this.#similarity([alike.prompt, prompt], question.agent, signal)
    return similarity >= this.#limits.similarity ? { answer: alike, similarity } : undefined
  }

  /** A service that fails to embed says nothing against the form. */
  async #similarity(texts: readonly string[], agent: string, signal: AbortSignal): Promise<number> {
    const { embed } = this.#dependencies
    if (!embed) return 1
    try {
      const [a, b] = await Promise.all(texts.map((text) => embed(text, agent, signal)))
      return cosine(a!, b!)
    } catch {
      signal.throwIfAborted()
      return 1
    }
  }

  #keep(question: Question, { text, target, cost }: Completion): void {
    const { answers, store, time } = this.#dependencies
    const prompt = question.messages.at(-1)?.text ?? ''
    const kept = { context: contextOf(question), prompt, text, target, cost, keptAt: time.now() }
    const before = answers.findIndex((answer) => answer.context === kept.context && answer.prompt === prompt)
    if (before >= 0) answers.splice(before, 1)
    else if (answers.length >= this.#limits.size) answers.shift()
    answers.push(kept)
    store?.add(kept, this.#limits.size)
  }

  #forgetOld(): void {
    const { answers, time } = this.#dependencies
    const oldest = time.now() - this.#limits.ttlMs
    // In the order in which they came.
    while (answers.length > 0 && answers[0]!.keptAt <= oldest) answers.shift()
  }
}
