import { millisecondsOf, textOf, type Json, type Options } from '../strategy/index.ts'
import { openGather, type OpenGather, type Trace } from '../trace/index.ts'
import { deadlineIn, pause, type Deadline } from './deadline.ts'
import { CompletionError, failureOf } from './failures.ts'
import type { AgentAnswer, Team } from './team.ts'

/** What GATHER gives to a strategy. */
export interface Gathered {
  responses: readonly Json[]
  /** Agents without an answer in time; with `tasks`, the tasks that nobody did. */
  missing: readonly Json[]
}

/** How answers are collected. */
export interface GatherOptions {
  prompt: string | undefined
  timeoutMs: number
  /** Fewer answers than this are a failure. Default 1. */
  atLeast: number
  /** Ends as soon as so many answers are in. */
  enough: number
  /** With fewer answers when its time is up, it waits on for them, as long again at the most. */
  extendFor: number
  /** One agent after another. */
  sequential: boolean
  /** What becomes of answers that are late: the calls are cancelled, or they go on and are kept. */
  late: 'cancel' | 'keep'
  /** Another agent answers for one that is gone. */
  redistribute: boolean
  /** Pieces of work that the agents share, each done by one of them. */
  tasks: readonly Json[] | undefined
  model: string | undefined
  maxTokens: number | undefined
}

/** Reads what stands behind WITH. */
export function gatherOptions(given: Options, defaults: { timeoutMs: number; sequential: boolean }): GatherOptions {
  const number = (name: string): number | undefined => {
    const value = given[name]
    if (value === undefined || Number.isFinite(Number(value))) return value === undefined ? undefined : Number(value)
    throw new CompletionError('refused_request', `GATHER's ${name} is ${JSON.stringify(value)}. Give a number.`)
  }
  const { prompt, timeout, late, tasks, model } = given
  if (tasks !== undefined && !Array.isArray(tasks))
    throw new CompletionError('refused_request', `GATHER's tasks must be a list, not ${JSON.stringify(tasks)}.`)
  if (late !== undefined && late !== 'keep' && late !== 'cancel')
    throw new CompletionError('refused_request', `GATHER's late is ${JSON.stringify(late)}. Give "keep" or "cancel".`)
  return {
    prompt: prompt === undefined ? undefined : textOf(prompt),
    timeoutMs: timeout === undefined ? defaults.timeoutMs : millisecondsOf(timeout),
    atLeast: number('at_least') ?? 1,
    enough: number('enough') ?? Number.POSITIVE_INFINITY,
    extendFor: number('extend_for') ?? 0,
    sequential: given['sequential'] === undefined ? defaults.sequential : Boolean(given['sequential']),
    late: late === 'keep' ? 'keep' : 'cancel',
    redistribute: Boolean(given['redistribute']),
    tasks: tasks as readonly Json[] | undefined,
    model: model === undefined ? undefined : textOf(model),
    maxTokens: number('max_tokens'),
  }
}

/** What a gather stands on. */
export interface GatherSurroundings {
  team: Team
  trace: Pick<Trace, 'append' | 'length'>
  /** Aborted at the end of the run. */
  signal: AbortSignal
  /** The number of the effect. */
  effect: number
  /** How long ago the effect began, before a restart. Milliseconds. */
  elapsedMs: number
  /** Keeps questions that go on after their gather, so that the run can end them, and that a restart asks them again. */
  goesOn: (questions: Promise<unknown>) => void
  /** Takes an answer that came late. */
  keepLate: (answer: AgentAnswer) => void
}

/** What tells the question of a task, with its place behind it, from others. */
const TASK = 'task '
/** Tries of one task before it counts as missing. */
const TASK_TRIES = 3

/**
 * Collects answers until all are in, enough are, or the time is up.
 *
 * @throws CompletionError if fewer than `atLeast` came: of kind `budget` where money was lacking, else `deadline`
 */
export async function gather(
  name: string,
  agents: readonly string[],
  options: GatherOptions,
  surroundings: GatherSurroundings,
): Promise<Gathered> {
  for (const agent of agents) surroundings.team.find(agent)
  const before = surroundings.team.answersBefore(surroundings.effect)
  const { timeoutMs, atLeast, tasks, late, extendFor } = options
  const open = openGather(surroundings.trace, { name, from: agents, atLeast, timeoutMs, tasks: tasks?.length ?? null })
  const collection = new Collection(open, options, surroundings)
  const left = (ms: number): number => Math.max(0, ms - surroundings.elapsedMs)
  const longest = extendFor > 0 ? 2 * timeoutMs : timeoutMs
  const end = deadlineIn(left(longest), 'deadline', `GATHER ${name}`, [surroundings.signal])
  const extension = extendFor > 0 ? new AbortController() : undefined
  try {
    collection.takeBefore(before, tasks)
    const work = tasks ? collection.shareOut(agents, tasks, end) : collection.askAll(agents, end)
    const extended = extension && collection.extended(left(timeoutMs), extendFor, extension.signal)
    await Promise.race([work, collection.enough, aborted(end.signal), ...(extended ? [extended] : [])])
    if (late === 'keep' && !surroundings.signal.aborted) surroundings.goesOn(work)
    else {
      collection.cancel()
      await work
    }
  } finally {
    extension?.abort()
    end.clear()
    collection.close()
    open.end()
  }
  surroundings.signal.throwIfAborted()
  const { responses } = collection
  const missing = tasks ? collection.undone(tasks) : agents.filter((agent) => !collection.answered.has(agent))
  if (responses.length < atLeast)
    throw new CompletionError(
      collection.lastFailure?.kind === 'budget' ? 'budget' : 'deadline',
      `GATHER ${name} needs ${atLeast} answers and has ${responses.length}; missing: ${missing.map(textOf).join(', ') || 'nobody'}.` +
        (collection.lastFailure ? ` The last failure: ${collection.lastFailure.message}` : ''),
      { partial: { responses: [...responses], missing } },
    )
  return { responses: [...responses], missing }
}

/** Goes on, after a restart, with the questions of a gather that had ended before it: their answers are late. */
export async function gatherLate(
  name: string,
  agents: readonly string[],
  options: GatherOptions,
  surroundings: GatherSurroundings,
): Promise<void> {
  const { atLeast, timeoutMs } = options
  const open = openGather(surroundings.trace, { name, from: agents, atLeast, timeoutMs })
  const collection = new Collection(open, options, surroundings)
  const end = deadlineIn(Number.POSITIVE_INFINITY, 'deadline', name, [surroundings.signal])
  collection.takeBefore(surroundings.team.answersBefore(surroundings.effect), undefined)
  collection.close()
  const work = collection.askLate(agents, end)
  open.end()
  await work
  end.clear()
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** The answers of one gather as they come in. */
class Collection {
  readonly responses: Json[] = []
  readonly answered = new Set<string>()
  readonly #done = new Set<number>()
  lastFailure: { kind: string; message: string } | undefined
  readonly enough: Promise<void>
  /** Who waits for so many answers. */
  #awaited: { count: number; are: () => void } | undefined
  readonly #open: OpenGather
  readonly #options: GatherOptions
  readonly #surroundings: GatherSurroundings
  readonly #stop = new AbortController()
  #isEnough!: () => void
  #closed = false

  constructor(open: OpenGather, options: GatherOptions, surroundings: GatherSurroundings) {
    this.#open = open
    this.#options = options
    this.#surroundings = surroundings
    this.enough = new Promise((resolve) => (this.#isEnough = resolve))
  }

  /** The tasks that nobody has done. */
  undone(tasks: readonly Json[]): readonly Json[] {
    return tasks.filter((_, index) => !this.#done.has(index))
  }

  /** What comes from now on is late. */
  close(): void {
    this.#closed = true
  }

  /** What is still under way is broken off, down to the wire. */
  cancel(): void {
    this.#stop.abort(new CompletionError('cancelled', 'The gather is over.'))
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
      const index = tasks ? Number(question.slice(TASK.length)) : undefined
      if (index === undefined) this.#take(question, answer)
      else this.#takeTask(index, tasks![index]!, answer)
    }
  }

  /** Asks every agent the same. Never rejects. */
  async askAll(agents: readonly string[], end: Deadline): Promise<void> {
    const one = (agent: string): Promise<void> => this.#askOne(agent, agents, end)
    const left = agents.filter((agent) => !this.answered.has(agent))
    if (this.#options.sequential) {
      for (const agent of left) if (!this.#hasEnough && !this.#isOver(end)) await one(agent)
    } else if (!this.#hasEnough || this.#options.late === 'keep') await Promise.all(left.map(one))
  }

  /** Asks those again who were under way when the gather ended. Never rejects. */
  async askLate(agents: readonly string[], end: Deadline): Promise<void> {
    const left = agents.filter((agent) => !this.answered.has(agent))
    const underWay = this.#options.sequential ? left.slice(0, 1) : left
    await Promise.all(underWay.map((agent) => this.#askOne(agent, agents, end)))
  }

  async #askOne(agent: string, agents: readonly string[], end: Deadline): Promise<void> {
    try {
      await this.#askFor(agent, agents, end)
    } catch (error) {
      this.#note(error)
    }
  }

  /** Shares pieces of work out: each agent takes the next one; what an agent that is gone has left is done by another. Never rejects. */
  async shareOut(agents: readonly string[], tasks: readonly Json[], end: Deadline): Promise<void> {
    const { trace, team } = this.#surroundings
    const waiting = tasks
      .map((task, index) => ({ index, task, tries: 0, lostBy: null as string | null }))
      .filter(({ index }) => !this.#done.has(index))
    const idle: (() => void)[] = []
    let underWay = 0
    const worker = async (agent: string): Promise<void> => {
      while (team.isAlive(agent) && !this.#hasEnough && !this.#isOver(end)) {
        const next = waiting.shift()
        if (!next) {
          if (underWay === 0) return
          // Others still work: what they lose comes back.
          await new Promise<void>((resolve) => idle.push(resolve))
          continue
        }
        next.tries += 1
        underWay += 1
        trace.append({ type: 'task.assigned', gather: this.#open.id, task: next.index, agent, instead: next.lostBy })
        try {
          const prompt = `${this.#options.prompt ?? 'Your task:'}\n${textOf(next.task)}`
          await this.#ask(agent, prompt, `${TASK}${next.index}`, end, (answer) =>
            this.#takeTask(next.index, next.task, answer),
          )
        } catch (error) {
          this.#note(error)
          if (next.tries < TASK_TRIES) waiting.push({ ...next, lostBy: agent })
        }
        underWay -= 1
        for (const resolve of idle.splice(0)) resolve()
      }
    }
    await Promise.all(agents.map(worker))
  }

  get #hasEnough(): boolean {
    return this.responses.length >= this.#options.enough
  }

  /** Whether nobody is to be asked any more. */
  #isOver(end: Deadline): boolean {
    return this.#closed || this.#stop.signal.aborted || end.signal.aborted
  }

  #signal(end: Deadline): AbortSignal {
    return this.#options.late === 'keep' ? this.#surroundings.signal : end.signal
  }

  async #ask(
    agent: string,
    prompt: string | undefined,
    question: string,
    end: Deadline,
    onAnswer: (answer: AgentAnswer) => void,
  ): Promise<void> {
    const { model, maxTokens } = this.#options
    const within = deadlineIn(Number.POSITIVE_INFINITY, 'deadline', agent, [this.#signal(end), this.#stop.signal])
    try {
      await this.#surroundings.team.ask(agent, prompt, {
        signal: within.signal,
        model,
        maxTokens,
        effect: this.#surroundings.effect,
        question,
        onAnswer,
      })
    } finally {
      within.clear()
    }
  }

  /** Gets the agent's own answer, or that of another in place of one that is gone. */
  async #askFor(agent: string, agents: readonly string[], end: Deadline): Promise<void> {
    const { team, trace } = this.#surroundings
    const { prompt, redistribute } = this.#options
    const tried = new Set<string>()
    let current = agent
    for (;;) {
      tried.add(current)
      try {
        return await this.#ask(current, prompt, agent, end, (answer) => this.#take(agent, answer))
      } catch (error) {
        if (!redistribute || failureOf(error).kind !== 'terminated' || this.#signal(end).aborted) throw error
        const from = agents.indexOf(agent)
        const others = agents.map((_, offset) => agents[(from + 1 + offset) % agents.length]!)
        const next = others.find((other) => !tried.has(other) && team.isAlive(other))
        if (next === undefined) throw error
        trace.append({ type: 'task.assigned', gather: this.#open.id, task: from, agent: next, instead: agent })
        current = next
      }
    }
  }

  /** @param agent who was asked; another may have answered in its place */
  #take(agent: string, answer: AgentAnswer): void {
    this.#open.received(agent)
    const told = answer.agent === agent ? answer : { ...answer, for: agent }
    if (this.#closed) return this.#surroundings.keepLate(told)
    this.answered.add(agent)
    this.#push(told)
  }

  #takeTask(index: number, task: Json, answer: AgentAnswer): void {
    this.#open.received(answer.agent)
    const told = { ...answer, task }
    if (this.#closed) return this.#surroundings.keepLate(told)
    this.#done.add(index)
    this.#push(told)
  }

  #push(answer: AgentAnswer): void {
    this.responses.push({ ...answer } as Json)
    if (this.#hasEnough) this.#isEnough()
    if (this.#awaited && this.responses.length >= this.#awaited.count) this.#awaited.are()
  }

  #note(error: unknown): void {
    // That the money is spent says more than what came of it.
    if (this.lastFailure?.kind !== 'budget') this.lastFailure = failureOf(error)
  }
}
