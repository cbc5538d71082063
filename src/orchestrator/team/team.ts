import { steadyNow } from '../../clock/index.ts'
import { isMistake, suggestion } from '../../options/index.ts'
import type { AgentSettings } from '../../pattern/index.ts'
import type { Trace } from '../../trace/index.ts'
import { Agent, type SavedAgent } from './agent.ts'
import type { AnswerLog, Asked } from './answer-log.ts'
import type { AgentAnswer } from './answer.ts'
import { Bus, type BusEvent } from './bus.ts'
import type { Completer } from '../questions/completer.ts'
import type { Hold } from './conversation.ts'
import { deadlineIn } from '../service/deadline.ts'
import { AgentRestarted, CompletionError } from '../service/failures.ts'
import { recipientsOf, type Recipients } from './recipients.ts'
import type { SavedRoutes } from './response-routes.ts'
import type { ResolvedOrchestratorSettings } from '../settings.ts'
import { eventsIn, jsonIn } from './speech.ts'
import { Supervisor } from './supervisor.ts'
import { QuestionProgress } from './question-progress.ts'

/** How an agent is asked. */
export interface Asking extends Asked {
  signal: AbortSignal
  model?: string | undefined
  maxTokens?: number | undefined
  /** Takes the answer at the moment that it is there: what that changes is kept together with it. */
  onAnswer?: (answer: AgentAnswer) => void
}

interface TeamOptions {
  settings: ResolvedOrchestratorSettings
  completer: Pick<Completer, 'complete'>
  trace: Pick<Trace, 'append'>
  /** The name of the run. */
  run: string
  rules: ConstructorParameters<typeof Bus>[0]['rules']
  transformers: ConstructorParameters<typeof Bus>[0]['transformers']
  otherwise: (event: string) => string | undefined
  /** There is no strategy: what agents say in plain words is for the others too. */
  isConversation: boolean
  maxHops: number
  /** Runs work on behalf of an agent. */
  actAs: <Result>(agent: string, work: () => Result) => Result
  /** Transformers that waited for their answer before a restart. */
  routes?: SavedRoutes | undefined
}

/** The agents of a run: asked, supervised, and told of each other's events. */
export class Team {
  readonly bus: Bus
  readonly #options: TeamOptions
  readonly #agents = new Map<string, Agent>()
  readonly #supervisor: Supervisor
  readonly #onDelivery = new Set<(agent: string) => void>()
  #answers: AnswerLog | undefined

  constructor(options: TeamOptions) {
    this.#options = options
    const { settings, trace } = options
    this.bus = new Bus({
      ...options,
      recipients: (to) => recipientsOf(to, this.recipients).filter((name) => this.#agents.has(name)),
      deliver: (to, text, from, hops) => this.send(to, text, from, hops),
    })
    this.#supervisor = new Supervisor(this.#agents, {
      ...settings,
      trace,
      giveUp: (agent, reason) => this.#end(agent, 'given_up', reason),
    })
  }

  /** Whom messages may be for; "all" leaves nobody out. */
  get recipients(): Recipients {
    return { run: this.#options.run, agents: this.#agents, except: () => false }
  }

  /** Keeps answers and what becomes of agents from now on. */
  keepIn(answers: AnswerLog): void {
    this.#answers = answers
    for (const name of this.names) answers.touched(name)
  }

  /** Puts an agent back that was there before a restart. */
  restore(saved: SavedAgent): void {
    const agent = Agent.restore(saved, this.#options.settings)
    this.#agents.set(agent.name, agent)
  }

  /** What an effect was answered before a restart, in the order in which it came. */
  answersBefore(effect: number): { question: string; answer: AgentAnswer }[] {
    return this.#answers?.answersOf(effect) ?? []
  }

  get names(): string[] {
    return [...this.#agents.keys()]
  }

  get agents(): ReadonlyMap<string, Agent> {
    return this.#agents
  }

  isAlive(name: string): boolean {
    return this.#agents.get(name)?.isAlive ?? false
  }

  /** Adds an agent. */
  spawn(settings: AgentSettings): void {
    if (this.isAlive(settings.name))
      throw new CompletionError('refused_request', `The agent ${settings.name} already exists.`)
    this.#agents.set(settings.name, new Agent(settings, this.#options.settings))
    this.#options.trace.append({ type: 'agent.spawned', agent: settings.name })
    this.#answers?.touched(settings.name)
  }

  /** Takes an agent away: what it works on is broken off. */
  terminate(name: string, reason: string): void {
    this.#end(this.find(name), 'terminated', reason)
  }

  #end(agent: Agent, status: 'terminated' | 'given_up', reason: string): void {
    if (!agent.isAlive) return
    this.#options.trace.append({ type: 'agent.terminated', agent: agent.name, reason })
    agent.end(status, reason)
    this.#answers?.ended(agent.name)
  }

  /** @throws CompletionError for a name that no agent has */
  find(name: string): Agent {
    const agent = this.#agents.get(name)
    if (agent) return agent
    throw new CompletionError(
      'refused_request',
      `There is no agent "${name}". ${suggestion(name, this.names)}`.trim(),
      {
        unknown: !isMistake(name, this.names),
      },
    )
  }

  /** Puts a message into an agent's inbox, to be read when the agent is next asked. One for an agent that is gone is lost, as in life. */
  send(to: string, text: string, from: string, hops = 0): void {
    const agent = this.find(to)
    this.#options.trace.append({ type: 'message.sent', from, to })
    if (!agent.isAlive) return
    agent.inbox.push({ text, hops })
    this.#answers?.touched(to)
    for (const listener of this.#onDelivery) listener(to)
  }

  /** Calls `listener` with who gets a message; the function returned ends that. */
  onDelivery(listener: (agent: string) => void): () => void {
    this.#onDelivery.add(listener)
    return () => this.#onDelivery.delete(listener)
  }

  /**
   * Asks an agent, with all that its inbox holds. Questions to one agent are answered one after another.
   *
   * @throws CompletionError, or the signal's reason
   */
  requestAnswer(name: string, prompt: string | undefined, asking: Asking): Promise<AgentAnswer> {
    const before = this.#answers?.answerTo(asking)
    if (before) {
      asking.onAnswer?.(before)
      return Promise.resolve(before)
    }
    const agent = this.find(name)
    return this.#options.actAs(name, () => this.#answer(agent, prompt, asking))
  }

  async #answer(agent: Agent, prompt: string | undefined, asking: Asking): Promise<AgentAnswer> {
    const began = steadyNow()
    for (;;) {
      if (!agent.isAlive) throw new CompletionError('terminated', `The agent ${agent.name} has ended.`)
      try {
        return await this.#answerOnce(agent, prompt, asking, began)
      } catch (error) {
        if (!(error instanceof AgentRestarted)) throw error
        asking.signal.throwIfAborted()
      }
    }
  }

  async #answerOnce(agent: Agent, prompt: string | undefined, asking: Asking, began: number): Promise<AgentAnswer> {
    const { completer, trace } = this.#options
    const { name, conversation, settings } = agent
    const within = deadlineIn(Number.POSITIVE_INFINITY, 'deadline', name, [asking.signal, agent.signal])
    let hold: Hold | undefined
    try {
      hold = await conversation.acquire(within.signal)
      const waitedMs = steadyNow() - began
      agent.working += 1
      agent.progress()
      this.#supervisor.watch()
      const reading = agent.read()
      const text =
        [...reading.messages.map((message) => message.text), ...(prompt === undefined ? [] : [prompt])].join('\n\n') ||
        'It is your turn.'
      const pruned = conversation.prune()
      if (pruned > 0) trace.append({ type: 'conversation.pruned', agent: name, messages: pruned })
      let answer
      const way = new QuestionProgress(agent, hold, within.signal)
      try {
        answer = await completer.complete(
          {
            agent: name,
            messages: conversation.with(text),
            model: asking.model ?? settings.model,
            maxTokens: asking.maxTokens ?? settings.maxTokens,
            key: this.#answers?.keyOf(asking),
            following: way,
          },
          within.signal,
        )
      } catch (error) {
        reading.undo()
        throw way.explained(error)
      } finally {
        agent.working -= 1
        agent.progress()
      }
      reading.done()
      conversation.add(text, answer.text)
      const json = jsonIn(answer.text)
      const result: AgentAnswer = {
        agent: name,
        text: answer.text,
        json,
        refused: answer.refused,
        model: answer.target,
        seconds: (steadyNow() - began) / 1_000,
        cached: answer.cached,
      }
      if (this.#options.settings.traceCompletions)
        trace.append({
          type: 'completion.traced',
          agent: name,
          model: answer.target,
          prompt: text,
          answer: answer.text,
          tookMs: steadyNow() - began,
          waitedMs,
          inputTokens: answer.usage.input,
          outputTokens: answer.usage.output,
          cost: Number(answer.cost),
          cached: answer.cached,
        })
      const hops = Math.max(0, ...reading.messages.map((message) => message.hops))
      for (const event of this.#eventsOf(name, answer.text, hops)) this.bus.emit(event, hops)
      asking.onAnswer?.(result)
      // After what it led to, so that all of it is kept at once.
      this.#answers?.answered(asking, result)
      return result
    } finally {
      within.clear()
      hold?.release()
    }
  }

  /** What an agent says is an event, and so is each that its answer asks for. */
  #eventsOf(from: string, text: string, hops: number): BusEvent[] {
    const asked = eventsIn(text).map(({ event, data }) => ({ event, from, data }))
    // Talk that nothing else ends comes to its end.
    const isTalk = this.#options.isConversation && asked.length === 0 && hops < this.#options.maxHops
    return [
      { event: 'agent:response', from, data: { agent: from, text } },
      ...(isTalk ? [{ event: this.bus.usualEventOf(from), from, data: { text } }] : asked),
    ]
  }

  /** Ends all that is under way. */
  close(reason: string): void {
    this.#supervisor.stop()
    for (const agent of this.#agents.values()) if (agent.isAlive) agent.end('terminated', reason)
  }
}
