import { createHash } from 'node:crypto'
import type { Pattern } from '../../pattern/index.ts'
import type { RunStatus, RunStore, SavedRun } from '../../store/index.ts'
import type { IntentLog } from '../money/intent-log.ts'
import type { SavedAgent } from '../team/agent.ts'
import type { Asked, AnswerLog } from '../team/answer-log.ts'
import type { AgentAnswer } from '../team/answer.ts'
import { unreadablePart, type RunState } from './state.ts'

/** Thrown when the orchestrator cannot resume a run from its store. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError'
  readonly code = 'LONGHAUL_CANNOT_RESUME'
}

/** Tells whether a pattern is the same as before: its program, agents and variables. */
const fingerprintOf = ({ program, data }: Pattern): string =>
  createHash('sha256')
    .update(JSON.stringify([program, data.agents ?? null, data.variables ?? null]))
    .digest('hex')

/** What the journal reads when it writes. */
export interface JournalSource {
  state(): RunState
  agent(name: string): SavedAgent
  /** The names of all agents, in their order. */
  names(): readonly string[]
  /** Whether somebody waits for the effect. */
  isPending(effect: number): boolean
  /** The store has failed. */
  onFailure(error: unknown): void
}

/** Tells a question from all others of a run, also after a restart. */
const keyOf = ({ effect, question }: Asked): string => `${effect}/${question}`

/**
 * Keeps a run in a store as it goes: intents before calls, answers with what they changed, where the strategy stands. Each is one
 * transaction, so that whatever is read after a crash fits together.
 */
export class Journal implements IntentLog, AnswerLog {
  readonly run: string
  readonly #store: RunStore
  readonly #pattern: Pattern
  readonly #fingerprint: string
  readonly #source: JournalSource
  readonly #touched = new Set<string>()
  readonly #settled: number[] = []
  readonly #ended: number[] = []
  readonly #answers: Map<string, { effect: number; answer: unknown }>
  #nextIntent: number
  /** As it was last said: calls that end after a run was suspended do not make it run again. */
  #status: RunStatus = 'running'
  #closed = false

  constructor(
    store: RunStore,
    {
      run,
      pattern,
      source,
      saved,
    }: { run: string; pattern: Pattern; source: JournalSource; saved: SavedRun | undefined },
  ) {
    this.run = run
    this.#store = store
    this.#pattern = pattern
    this.#fingerprint = fingerprintOf(pattern)
    this.#source = source
    this.#answers = saved?.answers ?? new Map<string, { effect: number; answer: unknown }>()
    this.#nextIntent = Math.max(0, ...(saved?.intents.map(({ id }) => id) ?? [])) + 1
    // What was under way is booked as uncertain by who goes on.
    for (const { id } of saved?.intents ?? []) this.#settled.push(id)
  }

  /** Tells a question from all others, of other runs too; those of an effect begin with that of its question `''`. */
  keyOf(asked: Asked): string {
    return `${this.run}/${keyOf(asked)}`
  }

  /** Whatever happens from now on is not kept, as in a process that was killed. */
  close(): void {
    this.#closed = true
  }

  /** The answer that a question got before. */
  answerTo(asked: Asked): AgentAnswer | undefined {
    return this.#answers.get(keyOf(asked))?.answer as AgentAnswer | undefined
  }

  /** All answers that an effect got before, in the order in which they came. */
  answersOf(effect: number): { question: string; answer: AgentAnswer }[] {
    const prefix = keyOf({ effect, question: '' })
    return [...this.#answers].flatMap(([key, kept]) =>
      kept.effect === effect ? [{ question: key.slice(prefix.length), answer: kept.answer as AgentAnswer }] : [],
    )
  }

  /** A call is about to be made. Returns its number. */
  intend(agent: string, model: string, worst: bigint): number {
    const id = this.#nextIntent
    this.#nextIntent += 1
    // Nothing else with it: what has changed meanwhile belongs to what is written next.
    this.#transact(() => this.#store.saveIntent(this.run, { id, agent, model, worst }))
    return id
  }

  /** A call has ended; written with what is written next: its answer, its next try, or that nobody waits for it any more. */
  settled(intent: number): void {
    this.#settled.push(intent)
  }

  /** A question got its answer. Where nobody waits for it any more, only what it has changed is kept. */
  answered(asked: Asked, answer: AgentAnswer): void {
    const { effect } = asked
    this.#touched.add(answer.agent)
    if (!this.#source.isPending(effect)) return this.#write()
    this.#answers.set(keyOf(asked), { effect, answer })
    this.#write(() => this.#store.saveAnswer(this.run, keyOf(asked), effect, answer))
  }

  /** A question is tried again. */
  retried(): void {
    this.#write()
  }

  /** Something of an agent has changed; written with what is written next. */
  touched(agent: string): void {
    this.#touched.add(agent)
  }

  /** An agent has come to its end: written at once. */
  ended(agent: string): void {
    this.#touched.add(agent)
    this.#write()
  }

  /** An effect has ended: its result is in the state. */
  effectEnded(effect: number): void {
    this.#ended.push(effect)
  }

  /** Writes where the run stands. */
  save(status: RunStatus): void {
    this.#status = status
    this.#write()
  }

  #saveRun(): void {
    const { file } = this.#pattern
    this.#store.saveRun({
      id: this.run,
      pattern: file,
      fingerprint: this.#fingerprint,
      status: this.#status,
      state: this.#source.state(),
    })
  }

  #write(work?: () => void): void {
    this.#transact(() => {
      for (const intent of this.#settled) this.#store.dropIntent(this.run, intent)
      if (this.#touched.size > 0) {
        const names = this.#source.names()
        for (const name of this.#touched)
          this.#store.saveAgent(this.run, name, names.indexOf(name), this.#source.agent(name))
      }
      for (const effect of this.#ended) this.#store.dropAnswers(this.run, effect)
      work?.()
      this.#saveRun()
    })
    this.#settled.length = 0
    this.#touched.clear()
    for (const effect of this.#ended.splice(0))
      for (const [question, kept] of this.#answers) if (kept.effect === effect) this.#answers.delete(question)
  }

  /** Where the store fails, nothing more is written: what it holds fits together, and another process can go on from it. */
  #transact(work: () => void): void {
    if (this.#closed) return
    try {
      this.#store.transaction(work)
    } catch (error) {
      this.#closed = true
      this.#source.onFailure(error)
      throw error
    }
  }

  /**
   * What is kept of a run.
   *
   * @throws ResumeError where there is none, or it does not fit the pattern
   */
  static load(store: RunStore, run: string, pattern: Pattern): SavedRun & { state: RunState } {
    const saved = store.load(run)
    if (!saved) {
      const known = store.list().map(({ id }) => id)
      throw new ResumeError(
        `${store.file} has no run "${run}". ${known.length > 0 ? `There are: ${known.slice(0, 10).join(', ')}.` : 'It is empty.'}`,
      )
    }
    const unreadable = unreadablePart(saved.state)
    if (unreadable !== undefined)
      throw new ResumeError(`The run "${run}" in ${store.file} ${unreadable}. The store is unchanged.`)
    if (saved.fingerprint !== fingerprintOf(pattern))
      throw new ResumeError(
        `The pattern ${pattern.file} differs from the pattern with which the run "${run}" started: the strategy, the agents or the variables have changed. ` +
          `Restore the old pattern to resume the run, or start a new run. The store is unchanged.`,
      )
    return saved as SavedRun & { state: RunState }
  }
}
