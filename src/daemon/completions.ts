import { steadyNow } from '../clock/index.ts'
import { randomBytes } from 'node:crypto'
import {
  Completer,
  CompletionError,
  Costs,
  resolveSettings,
  type Orchestrator,
  type OrchestratorSettings,
} from '../orchestrator/index.ts'
import type { RunStore, SavedCompletion } from '../store/index.ts'
import { Trace, type TraceEvent } from '../trace/index.ts'
import type { LoggedEvent } from './logged-event.ts'
import { quoted, RefusedError } from './protocol.ts'
import { bookClaim } from './spending.ts'
import type { Runs } from './runs.ts'

/** What a completion is asked with. */
export interface CompletionRequest {
  requestId: string | undefined
  sessionId: string | undefined
  /** An agent of an orchestration that runs is asked itself; another name only stands in the accounts. */
  agentId: string | undefined
  model: string | undefined
  /** Continues the session … */
  prompt: string | undefined
  /** … or is the whole conversation. */
  messages: SavedCompletion['messages'] | undefined
}

const MAX_QUEUED = 1_000
/** Ids that are told where a name is not enough. */
const MAX_SUGGESTED = 20
/** Characters of those that wait. */
const MAX_QUEUED_LENGTH = 64 * 1024 * 1024
/** Characters of earlier completions that are sent along, the newest first. */
const MAX_HISTORY_LENGTH = 4 * 1024 * 1024
/** Earlier completions of a session that are sent along. */
const MAX_HISTORY = 100

const lengthOf = (messages: SavedCompletion['messages']): number =>
  messages.reduce((sum, { text }) => sum + text.length, 0)

/**
 * Completions that clients ask of the daemon: first come, first served within a session, at the same time across sessions. They are kept
 * before they are asked, so that the next daemon goes on with those that were not answered.
 */
export class Completions {
  readonly costs: Costs
  readonly completer: Completer
  readonly #store: RunStore
  readonly #runs: Runs
  readonly #tell: (event: LoggedEvent) => void
  /** The end of the line of each session. */
  readonly #lines = new Map<string, Promise<void>>()
  readonly #controllers = new Map<string, AbortController>()
  /** Characters of what waits. */
  #queuedLength = 0
  #closed = false

  constructor({
    store,
    runs,
    settings,
    tell,
    onTrace,
  }: {
    store: RunStore
    runs: Runs
    settings: OrchestratorSettings
    tell: (event: LoggedEvent) => void
    onTrace: (event: TraceEvent) => void
  }) {
    this.#store = store
    this.#runs = runs
    this.#tell = tell
    const startedAt = steadyNow()
    const trace = new Trace(() => steadyNow() - startedAt, 'discard')
    trace.onAppend((event) => {
      if (event.type === 'cost.claimed') bookClaim(store, '', event)
      onTrace(event)
      this.#say(event.type, event)
    })
    const resolved = resolveSettings(settings, {})
    this.costs = new Costs(resolved, trace)
    this.completer = new Completer(resolved, {
      costs: this.costs,
      cache: undefined,
      trace,
      tellsAttempts: true,
    })
  }

  /** How many wait or are being answered. */
  get depth(): number {
    return this.#controllers.size
  }

  /** Goes on with what the last daemon has not answered. Returns how many. */
  recover(): number {
    const open = this.#store.completions.open()
    for (const completion of open) this.#queue(completion)
    return open.length
  }

  /** @throws RefusedError */
  submit({ requestId = `req_${randomBytes(4).toString('hex')}`, ...given }: CompletionRequest): SavedCompletion {
    if (this.depth >= MAX_QUEUED)
      throw new RefusedError(
        `${MAX_QUEUED} completions are waiting, which is the limit. Send the request again after some have ended.`,
      )
    if (this.#queuedLength > MAX_QUEUED_LENGTH)
      throw new RefusedError(
        `The waiting completions have more than ${MAX_QUEUED_LENGTH} characters, which is the limit. Send the request again after some have ended.`,
      )
    const { model = null, prompt, messages } = given
    if ((prompt === undefined) === (messages === undefined))
      throw new RefusedError('completion:async needs a prompt or messages, and not both.')
    const agentId = given.agentId === undefined ? undefined : this.#idOf(given.agentId)
    const owner = agentId === undefined ? undefined : this.#agentOf(agentId)
    if (owner && messages)
      throw new RefusedError(`${given.agentId} has its own conversation. Give a prompt in place of messages.`)
    const sessionId = owner ? agentId! : (given.sessionId ?? given.agentId ?? requestId)
    const added = this.#store.completions.add({
      requestId,
      sessionId,
      agentId: agentId ?? '',
      model,
      messages: messages ?? [{ role: 'user', text: prompt! }],
      continues: prompt !== undefined,
    })
    if (!added) throw new RefusedError(`The completion ${quoted(requestId)} already exists.`)
    const completion = this.#store.completions.get(requestId)!
    this.#queue(completion)
    return completion
  }

  /** @throws RefusedError for one that is over, or was never asked */
  cancel(requestId: string): SavedCompletion {
    const controller = this.#controllers.get(requestId)
    if (!controller) {
      const { status } = this.find(requestId)
      throw new RefusedError(`The completion "${requestId}" is ${status} and cannot be cancelled.`)
    }
    controller.abort(new CompletionError('cancelled', 'The completion was cancelled.'))
    return this.find(requestId)
  }

  /** @throws RefusedError */
  find(requestId: unknown): SavedCompletion {
    const found = typeof requestId === 'string' ? this.#store.completions.get(requestId) : undefined
    if (found) return found
    throw new RefusedError(`There is no completion ${quoted(requestId ?? null)}.`)
  }

  /** Stops where it stands: what is not answered is asked again by the next daemon. */
  async close(): Promise<void> {
    this.#closed = true
    for (const controller of this.#controllers.values()) controller.abort(new Error('The daemon is stopping.'))
    await Promise.all(this.#lines.values())
  }

  /**
   * The id of the agent that has a name in one running orchestration; a name that no agent has stands in the accounts
   * alone.
   *
   * @throws RefusedError for a name that agents of several orchestrations have
   */
  #idOf(name: string): string {
    const ids = this.#runs.live.flatMap(({ id, live }) =>
      live.orchestrator.team.isAlive(name) ? [`${id}_${name}`] : [],
    )
    if (ids.length < 2) return ids[0] ?? name
    throw new RefusedError(`Several orchestrations have an agent ${quoted(name)}. Give the id of one agent.`, {
      agents: ids.slice(0, MAX_SUGGESTED),
    })
  }

  #agentOf(agentId: string): { orchestrator: Orchestrator; name: string } | undefined {
    const [, id, name] = /^(orch_[0-9a-f]{8})_(.+)$/s.exec(agentId) ?? []
    if (id === undefined || name === undefined) return undefined
    const { orchestrator } = this.#runs.liveOf(this.#runs.find(id))
    if (!orchestrator.team.isAlive(name)) throw new RefusedError(`There is no active agent "${agentId}".`)
    return { orchestrator, name }
  }

  #queue(completion: SavedCompletion): void {
    const { requestId, sessionId } = completion
    const controller = new AbortController()
    this.#controllers.set(requestId, controller)
    const length = lengthOf(completion.messages)
    this.#queuedLength += length
    const before = this.#lines.get(sessionId) ?? Promise.resolve()
    const line = before
      .then(() => this.#answer(completion, controller.signal))
      .finally(() => {
        this.#controllers.delete(requestId)
        this.#queuedLength -= length
        if (this.#lines.get(sessionId) === line) this.#lines.delete(sessionId)
      })
    this.#lines.set(sessionId, line)
  }

  async #answer(completion: SavedCompletion, signal: AbortSignal): Promise<void> {
    if (this.#closed) return
    const { completions } = this.#store
    const { requestId, sessionId, agentId } = completion
    const about = { request_id: requestId, session_id: sessionId, ...(agentId && { agent_id: agentId }) }
    try {
      signal.throwIfAborted()
      completions.started(requestId)
      const answer = await this.#complete(completion, signal)
      completions.ended(requestId, 'completed', answer)
      this.#say('completion:result', { ...about, text: answer.text, usage: answer.usage })
    } catch (error) {
      // What a daemon breaks off when it stops stays open for the next one.
      if (this.#closed) return
      const message = (error as Error).message
      try {
        completions.ended(requestId, signal.aborted ? 'cancelled' : 'failed', { error: message })
      } catch {
        // A store that fails is told of by system:health; the next daemon asks again.
      }
      this.#say(signal.aborted ? 'completion:cancelled' : 'completion:error', { ...about, error: message })
    }
    this.#runs.countEnd()
  }

  async #complete(
    { number, requestId, sessionId, agentId, model, messages, continues }: SavedCompletion,
    signal: AbortSignal,
  ): Promise<Pick<SavedCompletion, 'text' | 'usage'>> {
    const owner = agentId === '' ? undefined : this.#agentOf(agentId)
    if (owner) {
      const { orchestrator, name } = owner
      const { text } = await orchestrator.requestAnswer(name, messages[0]!.text, number, signal)
      orchestrator.answered(number)
      // What it has cost stands in the accounts of the orchestration.
      return { text, usage: null }
    }
    const history = continues ? this.#historyOf(sessionId, number) : []
    const { text, usage, target, cost } = await this.completer.complete(
      {
        agent: agentId || sessionId,
        messages: [...history, ...messages],
        model: model ?? undefined,
        maxTokens: undefined,
        key: `completion/${requestId}`,
      },
      signal,
    )
    return { text, usage: { input: usage.input, output: usage.output, target, cost: cost.toString() } }
  }

  #historyOf(sessionId: string, before: number): SavedCompletion['messages'] {
    const newest: SavedCompletion['messages'][] = []
    let length = 0
    for (const { number, status, messages, text } of this.#store.completions.ofSession(sessionId, MAX_HISTORY)) {
      if (number >= before || status !== 'completed') continue
      const turn = [...messages, { role: 'assistant' as const, text: text ?? '' }]
      length += lengthOf(turn)
      if (length > MAX_HISTORY_LENGTH) break
      newest.push(turn)
    }
    return newest.toReversed().flat()
  }

  #say(name: string, data: object): void {
    if (!this.#closed) this.#tell({ event_name: name, timestamp: steadyNow() / 1_000, orchestration_id: null, data })
  }
}
