import { steadyNow } from '../../../clock/index.ts'
import { textOf, type Json } from '../../../strategy/index.ts'
import type { Deadline } from '../../service/deadline.ts'
import { CompletionError } from '../../service/failures.ts'
import type { AgentAnswer } from '../../team/answer.ts'
import type { GatherDependencies } from '../dependencies.ts'
import type { Collection } from './collection.ts'
import type { GatherOptions } from './options.ts'
import { TASK } from './task.ts'

/** Tries of one task before it counts as missing. */
const TASK_TRIES = 3
/** A task that takes so many times as long as the longest one that was done … */
const SLOW_FACTOR = 3
/** … and at least so long, is given to somebody else, too. */
const MIN_PATIENCE_MS = 10_000

/** A piece of work. */
interface Task {
  index: number
  task: Json
  tries: number
  lostBy: string | null
  /** Who works on it, each with what breaks that off. */
  holders: Map<string, { stop: AbortController; since: number }>
  stopTimer: () => void
}

/**
 * Shares pieces of work out: each agent takes the next one. What an agent that is gone has left is done by another, and so is what one
 * keeps for much longer than others needed: the first answer counts, and the rest is broken off. Source of the second: "backup tasks",
 * J. Dean and S. Ghemawat, MapReduce, OSDI 2004.
 */
export class Sharing {
  /** Resolves when nobody works any more. Never rejects. */
  readonly done: Promise<void>
  readonly #agents: readonly string[]
  readonly #collection: Collection
  readonly #end: Deadline
  readonly #endsAt: number
  readonly #options: GatherOptions
  readonly #dependencies: GatherDependencies
  readonly #waiting: Task[]
  readonly #underWay = new Set<Task>()
  readonly #idle: (() => void)[] = []
  #longestMs: number | undefined

  constructor(
    tasks: readonly Json[],
    {
      agents,
      collection,
      end,
      endsInMs,
    }: { agents: readonly string[]; collection: Collection; end: Deadline; endsInMs: number },
    options: GatherOptions,
    dependencies: GatherDependencies,
  ) {
    this.#agents = agents
    this.#collection = collection
    this.#end = end
    this.#endsAt = steadyNow() + endsInMs
    this.#options = options
    this.#dependencies = dependencies
    this.#waiting = tasks
      .map((task, index): Task => ({ index, task, tries: 0, lostBy: null, holders: new Map(), stopTimer: () => {} }))
      .filter(({ index }) => !collection.isDone(index))
    this.done = Promise.all(agents.map((agent) => this.#work(agent))).then(() => {})
  }

  async #work(agent: string): Promise<void> {
    const { team } = this.#dependencies
    while (team.isAlive(agent) && !this.#collection.hasEnough && !this.#collection.isOver(this.#end)) {
      const next = this.#next(agent)
      if (next) await this.#do(next, agent)
      else if (this.#underWay.size === 0) return
      // Others still work: what they lose comes back.
      else await new Promise<void>((resolve) => this.#idle.push(resolve))
    }
  }

  #next(agent: string): Task | undefined {
    const place = this.#waiting.findIndex(({ holders }) => !holders.has(agent))
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0]
  }

  async #do(task: Task, agent: string): Promise<void> {
    const { index } = task
    const began = steadyNow()
    const stop = new AbortController()
    task.tries += 1
    task.holders.set(agent, { stop, since: began })
    this.#underWay.add(task)
    this.#watch(task)
    this.#dependencies.trace.append({
      type: 'task.assigned',
      gather: this.#collection.open.id,
      task: index,
      agent,
      instead: task.lostBy,
    })
    try {
      const prompt = `${this.#options.prompt ?? 'Your task:'}\n${textOf(task.task)}`
      // A copy is another question: a service that knows idempotency keys would answer it with the first one's answer.
      const question = `${TASK}${index}${task.tries > 1 ? ` try ${task.tries}` : ''}`
      const onAnswer = (answer: AgentAnswer): void => this.#collection.takeTask(index, task.task, answer)
      await this.#collection.requestAnswer(agent, { prompt, question, onAnswer }, this.#end, stop.signal)
      this.#hasDone(task, steadyNow() - began)
    } catch (error) {
      if (!this.#collection.isDone(index)) {
        this.#collection.note(index, error)
        this.#giveBack(task, agent)
      }
    } finally {
      task.holders.delete(agent)
      if (task.holders.size === 0) {
        task.stopTimer()
        this.#underWay.delete(task)
      }
      this.#wake()
    }
  }

  #hasDone(task: Task, tookMs: number): void {
    this.#longestMs = Math.max(this.#longestMs ?? 0, tookMs)
    this.#drop(task)
    for (const { stop } of task.holders.values())
      stop.abort(new CompletionError('cancelled', 'Another agent has completed the task.'))
    for (const each of this.#underWay) if (each !== task) this.#watch(each)
  }

  /** @param agent who has it no longer, or has had it for too long */
  #giveBack(task: Task, agent: string): void {
    if (task.tries >= TASK_TRIES || this.#waiting.includes(task)) return
    task.lostBy = agent
    this.#waiting.push(task)
    this.#wake()
  }

  #drop(task: Task): void {
    const place = this.#waiting.indexOf(task)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  /** Gives a task to somebody else, too, as soon as it takes too long. */
  #watch(task: Task): void {
    task.stopTimer()
    if (this.#agents.length < 2) return
    const [agent, newest] = [...task.holders].at(-1) ?? []
    if (agent === undefined || !newest) return
    const halfMs = (this.#endsAt - newest.since) / 2
    const slowMs =
      this.#longestMs === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(SLOW_FACTOR * this.#longestMs, MIN_PATIENCE_MS)
    const inMs = newest.since + Math.min(halfMs, slowMs) - steadyNow()
    const timer = setTimeout(() => this.#giveBack(task, agent), Math.max(0, Math.min(inMs, 2 ** 31 - 1)))
    task.stopTimer = () => clearTimeout(timer)
  }

  #wake(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
