import { steadyNow } from '../../clock/index.ts'
import type { AgentSettings } from '../../pattern/index.ts'
import { Conversation } from './conversation.ts'
import { AgentRestarted, CompletionError } from '../service/failures.ts'
import type { ResolvedOrchestratorSettings } from '../settings.ts'
import type { ChatMessage } from '../service/client.ts'

/** Where an agent stands. */
export type AgentStatus = 'alive' | 'terminated' | 'given_up'

/** The version of the shape of an agent as it is kept. */
export const AGENT_VERSION = 1

/** An agent as plain data. */
export interface SavedAgent {
  settings: unknown
  status: string
  restarts: number
  inbox: readonly { text: string; hops: number }[]
  messages: readonly unknown[]
}

/** Something that an agent was told. */
interface Message {
  text: string
  /** How many events led to it. */
  hops: number
}

/** Messages that an agent reads. */
interface Reading {
  messages: readonly Message[]
  /** They are answered. */
  done(): void
  /** They are not: back to the inbox. */
  undo(): void
}

/** An agent of a run. */
export class Agent {
  readonly name: string
  readonly settings: AgentSettings
  readonly conversation: Conversation
  /** Messages that were sent to it and that it has not read yet. */
  readonly inbox: Message[] = []
  /** Messages that stand in questions under way: read when those are answered. */
  readonly #reading = new Set<readonly Message[]>()
  status: AgentStatus = 'alive'
  /** Completions that it works on now. */
  working = 0
  /** Completions among them that wait of their own will: for a next try, or until the account may ask again. */
  resting = 0
  /** When it last made progress. Unix milliseconds. */
  progressAt: number = steadyNow()
  restarts = 0
  #controller = new AbortController()

  constructor(settings: AgentSettings, { conversationTokens, conversationLockMs }: ResolvedOrchestratorSettings) {
    this.name = settings.name
    this.settings = settings
    this.conversation = new Conversation(settings.systemPrompt, {
      maxTokens: conversationTokens,
      lockMs: conversationLockMs,
    })
  }

  /** The agent as plain data. */
  save(): SavedAgent {
    const { settings, status, restarts, inbox, conversation } = this
    const unread = [...this.#reading].flat().concat(inbox)
    return { settings, status, restarts, inbox: unread, messages: conversation.save() }
  }

  /** An agent from plain data. */
  static restore(saved: SavedAgent, settled: ResolvedOrchestratorSettings): Agent {
    const agent = new Agent(saved.settings as AgentSettings, settled)
    agent.status = saved.status as AgentStatus
    agent.restarts = saved.restarts
    agent.inbox.push(...saved.inbox)
    agent.conversation.restore(saved.messages as readonly ChatMessage[])
    return agent
  }

  /** Aborted when the agent is terminated or started again. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isAlive(): boolean {
    return this.status === 'alive'
  }

  /** Takes all messages out of the inbox, to be put into a question. */
  read(): Reading {
    const messages = this.inbox.splice(0)
    this.#reading.add(messages)
    return {
      messages,
      done: () => void this.#reading.delete(messages),
      undo: () => {
        if (this.#reading.delete(messages)) this.inbox.unshift(...messages)
      },
    }
  }

  progress(): void {
    this.progressAt = steadyNow()
  }

  /** Ends its work for good. */
  end(status: 'terminated' | 'given_up', reason: string): void {
    if (!this.isAlive) return
    this.status = status
    this.#controller.abort(new CompletionError('terminated', `The agent ${this.name} has ended: ${reason}.`))
  }

  /** Breaks off what it works on; what is asked of it from now on is answered again. */
  restart(): void {
    this.restarts += 1
    const before = this.#controller
    this.#controller = new AbortController()
    this.progress()
    before.abort(new AgentRestarted(this.name))
  }
}
