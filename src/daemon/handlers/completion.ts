import { steadyNow } from '../../clock/index.ts'
import { formatDollars } from '../../money/index.ts'
import type { TargetHealth } from '../../orchestrator/index.ts'
import type { SavedCompletion } from '../../store/index.ts'
import { ofPage, page, PAGE, pageOfRows } from '../page.ts'
import { quoted, RefusedError } from '../protocol.ts'
import { detailsOf } from '../run-details.ts'
import type { Chosen, Run } from '../runs.ts'
import { findAgent } from './agent.ts'
import { handler, WHICH, type Handler, type RequestContext } from './handler.ts'

const ROLES: readonly string[] = ['system', 'user', 'assistant']

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

/** Messages as the services write them: `[{ "role": "user", "content": "…" }]`. */
function messagesOf(messages: unknown): SavedCompletion['messages'] | undefined {
  if (messages === undefined) return undefined
  if (!Array.isArray(messages) || messages.length === 0)
    throw new RefusedError('messages must be a list with at least one message.')
  return messages.map((given, index) => {
    const { role, content } = (given ?? {}) as { role?: unknown; content?: unknown }
    if (typeof role !== 'string' || !ROLES.includes(role) || typeof content !== 'string')
      throw new RefusedError(`messages[${index}] needs a role (${ROLES.join(', ')}) and a text as its content.`)
    return { role: role as 'user', text: content }
  })
}

const shownCompletion = ({
  requestId,
  sessionId,
  status,
  queuedAt,
  startedAt,
  completedAt,
  ...more
}: SavedCompletion): object => ({
  request_id: requestId,
  session_id: sessionId,
  status,
  queued_at: seconds(queuedAt),
  started_at: seconds(startedAt),
  completed_at: seconds(completedAt),
  ...(more.text !== null && { text: more.text }),
  ...(more.error !== null && { error: more.error }),
})

/** What several of them know of the same model, as one: the worst breaker counts, calls are summed. */
function joined(all: readonly TargetHealth[]): object {
  const calls = all.map((each) => each.calls)
  const sum = (part: 'total' | 'successful' | 'failed' | 'latencyMs'): number =>
    calls.reduce((total, each) => total + each[part], 0)
  const [total, successful, failed] = [sum('total'), sum('successful'), sum('failed')]
  const ended = successful + failed
  const open = all.filter(({ breaker }) => breaker === 'open')
  const successes = calls.flatMap(({ lastSuccess }) => lastSuccess ?? [])
  return {
    circuit_breaker: {
      state: open.length > 0 ? 'open' : (all.find(({ breaker }) => breaker !== 'closed')?.breaker ?? 'closed'),
      is_open: open.length > 0,
      recent_failures: Math.max(0, ...all.map(({ recentFailures }) => recentFailures)),
      open_until: open.length > 0 ? (steadyNow() + Math.max(...open.map(({ opensInMs }) => opensInMs))) / 1_000 : null,
      last_success: successes.length > 0 ? Math.max(...successes) / 1_000 : null,
    },
    stats: {
      total_calls: total,
      successful_calls: successful,
      failed_calls: failed,
      success_rate: ended > 0 ? successful / ended : null,
      avg_latency_ms: ended > 0 ? Math.round(sum('latencyMs') / ended) : null,
    },
  }
}

/** Those that run, or the one that is named. */
function runsOf(given: Chosen, { runs }: RequestContext, event: string): Run[] {
  const isNamed = given.orchestration_id !== undefined || given.pattern !== undefined
  return isNamed ? [runs.choose(given, event)] : runs.live
}
const isAll = ({ orchestration_id: id, pattern }: Chosen): boolean => id === undefined && pattern === undefined

const healthOf = ({ live }: Run): [string, TargetHealth][] => Object.entries(live?.orchestrator.targets ?? {})

/** @throws RefusedError for a provider that the daemon does not call */
function refuseUnknown(provider: string, { config }: RequestContext): void {
  const services = Object.keys((config() as { services?: object }).services ?? {})
  if (services.includes(provider.split('/')[0]!)) return
  throw new RefusedError(`There is no provider ${quoted(provider)}. There are: ${services.join(', ')}.`)
}

/** The sessions of agents, those that wait and work first. */
function agentSessions(chosen: readonly Run[], { store }: RequestContext): SessionDetails[] {
  return chosen.flatMap((run) =>
    detailsOf(run, store).agents.map(({ id, name, status, messages, unread }) => {
      const working = run.live?.orchestrator.team.agents.get(name)?.working ?? 0
      return { session_id: id, kind: 'agent', status, messages, unread, working }
    }),
  )
}

interface SessionDetails {
  session_id: string
  /** Of an agent, or of completions that a client asked for. */
  kind: 'agent' | 'completion'
  status: string
  /** What was said. */
  messages: number
  /** What waits. */
  unread: number
  working: number
}

/** Sessions of completions that clients asked for. */
const clientSessions = ({ store }: RequestContext): SessionDetails[] =>
  store.completions.sessions(MAX_SESSIONS).map(({ sessionId, queued, running, over }) => ({
    session_id: sessionId,
    kind: 'completion',
    status: queued + running > 0 ? 'active' : 'idle',
    messages: 2 * over,
    unread: queued,
    working: running,
  }))

const MAX_SESSIONS = 1_000

/** A session in which something may still be said. */
const isActive = ({ kind, status, unread, working }: SessionDetails): boolean =>
  kind === 'agent' ? status === 'alive' : unread + working > 0

/** How one session of completions stands. */
function sessionStatus(
  id: string,
  { limit, offset }: { limit: number; offset: number },
  { store }: RequestContext,
): object {
  const counts = store.completions.countsOf(id)
  const of = (status: keyof typeof counts): number => counts[status] ?? 0
  const newest = (function* () {
    for (const each of store.completions.ofSession(id, limit + 1, offset)) yield shownCompletion(each)
  })()
  const shown = pageOfRows(newest, { limit, offset })
  return {
    session_id: id,
    completions: shown.items.toReversed(),
    ...(shown.next !== undefined && { next_offset: shown.next }),
    queue: { queued: of('queued'), running: of('running') },
    session: { completed: of('completed'), failed: of('failed'), cancelled: of('cancelled') },
  }
}

/** Calls to the services. */
export const completion: Readonly<Record<string, Handler>> = {
  'completion:async': handler({
    about: 'Requests a completion. The event completion:result, completion:error or completion:cancelled follows.',
    parameters: {
      prompt: { type: 'text', about: 'the prompt that continues the session' },
      messages: { type: 'any', about: 'the whole conversation, in place of a prompt: [{ role, content }]' },
      session_id: { type: 'text', about: 'the session to continue; default: a new session' },
      agent_id: { type: 'text', about: 'an agent of a running orchestration, whose conversation the prompt continues' },
      model: { type: 'text', about: 'the model to call; default: the default model' },
      request_id: { type: 'text', about: 'an id for the completion; default: a new id' },
    },
    answer(given, { completions }) {
      const completion = completions.submit({
        requestId: given.request_id,
        sessionId: given.session_id,
        agentId: given.agent_id,
        model: given.model,
        prompt: given.prompt,
        messages: messagesOf(given.messages),
      })
      return {
        status: 'queued',
        request_id: completion.requestId,
        session_id: completion.sessionId,
        queue_depth: completions.depth,
      }
    },
  }),
  'completion:cancel': handler({
    about: 'Cancels a waiting or running completion.',
    parameters: { request_id: { type: 'text', about: 'the id of the completion', required: true } },
    answer: ({ request_id: id }, { completions }) => ({
      status: 'cancelling',
      request_id: completions.cancel(id).requestId,
    }),
  }),
  'completion:status': handler({
    about: 'Shows the status of one completion, or the number of completions of each status.',
    parameters: { request_id: { type: 'text', about: 'the id of the completion; default: counts of all completions' } },
    answer({ request_id: id }, { completions, store }) {
      if (id === undefined) return { counts: store.completions.counts(), queue_depth: completions.depth }
      const { status, ...rest } = shownCompletion(completions.find(id)) as { status: string }
      return { ...rest, state: status }
    },
  }),
  'completion:session_status': handler({
    about: 'Shows the status of one session, of an agent or of requested completions, or of all sessions.',
    parameters: { session_id: { type: 'text', about: 'the id of the session; default: all sessions' }, ...PAGE },
    answer({ session_id: id, ...part }, context) {
      const { runs, store, completions } = context
      if (id === undefined) {
        const shown = page([...agentSessions(runs.active, context), ...clientSessions(context)], part)
        return { sessions: shown.items, ...ofPage(shown), queue_depth: completions.depth }
      }
      const asked = [...store.completions.ofSession(id, 1)].length > 0
      const agent = orUndefined(() => findAgent(id, { runs, store }))
      if (!asked && !agent) throw new RefusedError(`There is no session ${quoted(id)}. completion:sessions lists them.`)
      const session = agent && agentSessions([agent.run], context).find((each) => each.session_id === agent.id)
      return { ...sessionStatus(agent && !asked ? agent.id : id, part, context), ...(session && { agent: session }) }
    },
  }),
  'completion:sessions': handler({
    about: 'Lists the conversations of agents, and the sessions of requested completions.',
    parameters: {
      ...WHICH,
      active: { type: 'boolean', about: 'only sessions that can continue', default: false },
      ...PAGE,
    },
    answer({ active, limit, offset, ...which }, context) {
      const chosen = isAll(which) ? context.runs.active : runsOf(which, context, 'completion:sessions')
      const all = [...agentSessions(chosen, context), ...(isAll(which) ? clientSessions(context) : [])]
      const shown = page(active ? all.filter(isActive) : all, { limit, offset })
      return { sessions: shown.items, ...ofPage(shown) }
    },
  }),
  'completion:token_usage': handler({
    about: 'Sums tokens and cost by agent.',
    parameters: { ...WHICH, ...PAGE },
    answer({ limit, offset, ...which }, context) {
      const { runs, store } = context
      const run = isAll(which) ? undefined : runs.choose(which, 'completion:token_usage').id
      const total = store.spending.total({ run })
      const agents = store.spending.byAgent({ run }, offset + limit + 1).map((each) => ({
        agent_id: each.run === '' ? each.agent : `${each.run}_${each.agent}`,
        calls: each.calls,
        input_tokens: each.input,
        output_tokens: each.output,
        cost: formatDollars(each.known),
      }))
      const shown = page(agents, { limit, offset })
      return {
        agents: shown.items,
        ...(shown.next !== undefined && { next_offset: shown.next }),
        total: {
          calls: total.calls,
          input_tokens: total.input,
          output_tokens: total.output,
          cost: formatDollars(total.known),
        },
      }
    },
  }),
  'completion:provider_status': handler({
    about: 'Shows the health of the models: circuit breakers, and the results of calls since the start of the daemon.',
    parameters: {
      provider: { type: 'text', about: 'a provider or model, such as openai, or openai/gpt-4o-mini; default: all' },
      ...WHICH,
    },
    answer({ provider, ...which }, context) {
      const { completions } = context
      const all = [
        ...runsOf(which, context, 'completion:provider_status').flatMap(healthOf),
        ...(isAll(which) ? [...Object.entries(completions.completer.health), ...context.runs.past.targets] : []),
      ]
      const targets = new Map<string, TargetHealth[]>()
      for (const [target, health] of all) targets.set(target, [...(targets.get(target) ?? []), health])
      const names = [...targets.keys()].filter(
        (name) => provider === undefined || name === provider || name.split('/')[0] === provider,
      )
      if (provider !== undefined && names.length === 0) refuseUnknown(provider, context)
      if (provider !== undefined)
        return { provider, models: names, ...joined(names.flatMap((name) => targets.get(name)!)) }
      return { providers: Object.fromEntries(names.map((name) => [name, joined(targets.get(name)!)])) }
    },
  }),
  'completion:retry_status': handler({
    about: 'Lists the requests that wait for a retry, and counts the retries.',
    parameters: WHICH,
    answer(which, context) {
      const { completions, events } = context
      const chosen = runsOf(which, context, 'completion:retry_status')
      const own = isAll(which)
      const live = chosen.flatMap((run) => (run.live ? [{ id: run.id, ...run.live }] : []))
      const tries = [
        ...chosen.map((run) => detailsOf(run, context.store).tries),
        ...(own ? [completions.completer.save().tries, context.runs.past.tries] : []),
      ]
      const waiting = [
        ...live.flatMap(({ id: run, orchestrator }) =>
          [...orchestrator.waitingRetries].map((retry) => ({ ...retry, agent: `${run}_${retry.agent}` })),
        ),
        ...(own ? completions.completer.waiting : []),
      ]
      const ids = new Set<string | null>(chosen.map((run) => run.id))
      const failed = events.filter(
        ({ event_name: name, orchestration_id: of }) => name === 'attempt.failed' && (own || ids.has(of)),
      )
      const sum = (part: 'requests' | 'retries'): number => tries.reduce((total, each) => total + each[part], 0)
      const { policy } = completions.completer
      return {
        stats: { total_retrying: waiting.length, requests: sum('requests'), retries: sum('retries'), policy },
        retrying_requests: waiting.slice(0, MAX_WAITING).map(({ agent, target, attempt, lastError, nextAt }) => ({
          agent_id: agent,
          model: target,
          retry_attempt: attempt - 1,
          max_retries: policy.max_attempts - 1,
          last_error: lastError,
          next_retry_in: Math.max(0, nextAt - steadyNow()) / 1_000,
        })),
        newest_failures: failed.slice(-20).map(({ data, timestamp }) => ({ ...data, timestamp })),
      }
    },
  }),
}

/** Requests that wait for their next try and are shown. */
const MAX_WAITING = 100

/** What work gives, or nothing where it is refused. */
function orUndefined<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof RefusedError) return undefined
    throw error
  }
}
