import type { Json } from '../../../strategy/index.ts'
import type { OpenGather } from '../../../trace/index.ts'
import { deadlineIn, pause, type Deadline } from '../../service/deadline.ts'
import { CompletionError, failureOf } from '../../service/failures.ts'
import type { AgentAnswer } from '../../team/answer.ts'
import type { GatherDependencies } from '../dependencies.ts'
import type { GatherOptions } from './options.ts'
import { TASK } from './task.ts'

/** The answers of one gather as they come in. */
export class Collection {
  readonly responses: Json[] = []
  readonly answered = new Set<string>()
  readonly #done = new Set<number>()
  /** Why there is no answer, by agent or task; those that nobody has asked are not among them. */
  readonly failures = new Map<string | number, CompletionError>()
  readonly enough: Promise<void>
  /** Who waits for so many answers. */
  #awaited: { count: number; are: () => void } | undefined
  readonly open: OpenGather
  readonly #options: GatherOptions
  readonly #dependencies: GatherDependencies
  readonly #stop = new AbortController()
  #isEnough!: () => void
  #closed = false

  constructor(open: OpenGather, options: GatherOptions, dependencies: GatherDependencies) {
    this.open = open
    this.#options = options
    this.#dependencies = dependencies
    this.enough = new Promise((resolve) => (this.#isEnough = resolve))
  }

  /** The tasks that nobody has done. */
  undone(tasks: readonly Json[]): readonly Json[] {
    return tasks.filter((_, index) => !this.#done.has(index))
  }

  /** Whether somebody has done a task. */
  isDone(index: number): boolean {
    return this.#done.has(index)
  }

  /** What comes from now on is late. */
  close(): void {
    this.#closed = true
  }

  /** What is still under way is broken off, down to the wire. */
  cancel(): void {
    this.#stop.abort(new CompletionError('cancelled', 'The gather ended.'))
  }

  /** Resolves after some time, or later when so many answers are in; never when `signal` is aborted. */
  async extended(ms: number, count: number, signal: AbortSignal): Promise<void> {
    await pause(ms, signal).catch(() => new Promise(() => {}))
    if (this.responses.length >= count) return
    await new Promise<void>((are) => (this.#awaited = { count, are }))
  }

  /** Takes the answers that came before a restart, in the order in which they came. */
  takeBefore(answers: readonly { question: string; answer: AgentAnswer }[], tasks: readonly Json[] | undefined): void {
    for (const { question, answer } of answers) {
      const index = tasks ? Number.parseInt(question.slice(TASK.length), 10) : undefined
      if (index === undefined) this.#take(question, answer)
      else this.takeTask(index, tasks![index]!, answer)
    }
  }

  /** Asks every agent the same. Never rejects. */
  async collectAll(agents: readonly string[], end: Deadline): Promise<void> {
    const one = (agent: string): Promise<void> => this.#collectFrom(agent, agents, end)
    const left = agents.filter((agent) => !this.answered.has(agent))
    if (this.#options.sequential) {
      for (const agent of left) if (!this.hasEnough && !this.isOver(end)) await one(agent)
    } else if (!this.hasEnough || this.#options.late === 'keep') await Promise.all(left.map(one))
  }

  /** Asks those again who were under way when the gather ended. Never rejects. */
  async collectLate(agents: readonly string[], end: Deadline): Promise<void> {
    const left = agents.filter((agent) => !this.answered.has(agent))
    const underWay = this.#options.sequential ? left.slice(0, 1) : left
    await Promise.all(underWay.map((agent) => this.#collectFrom(agent, agents, end)))
  }

  async #collectFrom(agent: string, agents: readonly string[], end: Deadline): Promise<void> {
    try {
      await this.#answerFor(agent, agents, end)
    } catch (error) {
      this.note(agent, error)
    }
  }

  get hasEnough(): boolean {
    return this.responses.length >= this.#options.enough
  }

  /** Whether nobody is to be asked any more. */
  isOver(end: Deadline): boolean {
    return this.#closed || this.#stop.signal.aborted || end.signal.aborted
  }

  #signal(end: Deadline): AbortSignal {
    return this.#options.late === 'keep' ? this.#dependencies.signal : end.signal
  }

  /** Asks an agent something of this gather. What is under way when it is over is broken off, unless late answers are kept. */
  async requestAnswer(
    agent: string,
    {
      prompt,
      question,
      onAnswer,
    }: { prompt: string | undefined; question: string; onAnswer: (answer: AgentAnswer) => void },
    end: Deadline,
    ...more: readonly AbortSignal[]
  ): Promise<void> {
    const { model, maxTokens } = this.#options
    const signals = [this.#signal(end), this.#stop.signal, ...more]
    const within = deadlineIn(Number.POSITIVE_INFINITY, 'deadline', agent, signals)
    try {
      await this.#dependencies.team.requestAnswer(agent, prompt, {
        signal: within.signal,
        model,
        maxTokens,
        effect: this.#dependencies.effect,
        question,
        onAnswer,
      })
    } finally {
      within.clear()
    }
  }

  /** Gets the agent's own answer, or that of another in place of one that is gone. */
  async #answerFor(agent: string, agents: readonly string[], end: Deadline): Promise<void> {
    const { team, trace } = this.#dependencies
    const { prompt, redistribute } = this.#options
    const tried = new Set<string>()
    let current = agent
    for (;;) {
      tried.add(current)
      try {
        const onAnswer = (answer: AgentAnswer): void => this.#take(agent, answer)
        return await this.requestAnswer(current, { prompt, question: agent, onAnswer }, end)
      } catch (error) {
        if (!redistribute || failureOf(error).kind !== 'terminated' || this.#signal(end).aborted) throw error
        const from = agents.indexOf(agent)
        const others = agents.map((_, offset) => agents[(from + 1 + offset) % agents.length]!)
        const next = others.find((other) => !tried.has(other) && team.isAlive(other))
        if (next === undefined) throw error
        trace.append({ type: 'task.assigned', gather: this.open.id, task: from, agent: next, instead: agent })
        current = next
      }
    }
  }

  /** @param agent who was asked; another may have answered in its place */
  #take(agent: string, answer: AgentAnswer): void {
    this.open.received(agent)
    const told = answer.agent === agent ? answer : { ...answer, for: agent }
    if (this.#closed) return this.#dependencies.keepLate(told)
    this.answered.add(agent)
    this.#push(told)
  }

  /** Takes the answer to a task, the first one of each. */
  takeTask(index: number, task: Json, answer: AgentAnswer): void {
    this.open.received(answer.agent)
    if (this.#done.has(index)) return
    const told = { ...answer, task }
    if (this.#closed) return this.#dependencies.keepLate(told)
    this.#done.add(index)
    this.#push(told)
  }

  #push(answer: AgentAnswer): void {
    this.responses.push({ ...answer } as Json)
    if (this.hasEnough) this.#isEnough()
    if (this.#awaited && this.responses.length >= this.#awaited.count) this.#awaited.are()
  }

  /** Remembers why there is no answer of an agent, or to a task. */
  note(whose: string | number, error: unknown): void {
    const failure =
      error instanceof CompletionError ? error : new CompletionError('refused_request', (error as Error).message)
    this.failures.delete(whose)
    this.failures.set(whose, failure)
  }
}
