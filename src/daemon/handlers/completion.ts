import { formatDollars } from '../../money/index.ts'
import type { TargetHealth } from '../../orchestrator/index.ts'
import type { SavedCompletion } from '../../store/index.ts'
import { RefusedError } from '../protocol.ts'
import type { Run } from '../runs.ts'
import type { Handler, Parameters } from './handler.ts'

const MOST_COMPLETIONS = 1_000
const ROLES: readonly string[] = ['system', 'user', 'assistant']

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

/** @throws RefusedError for what is neither left out nor a text */
function text(given: Parameters, name: string): string | undefined {
  const value = given[name]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value as string | undefined
  throw new RefusedError(`${name} is ${JSON.stringify(value)}: give a text.`)
}

/** Messages as the services write them: `[{ "role": "user", "content": "…" }]`. */
function messagesOf({ messages }: Parameters): SavedCompletion['messages'] | undefined {
  if (messages === undefined) return undefined
  if (!Array.isArray(messages) || messages.length === 0) throw new RefusedError('messages is a list of one at least.')
  return messages.map((given, index) => {
    const { role, content } = (given ?? {}) as { role?: unknown; content?: unknown }
    if (typeof role !== 'string' || !ROLES.includes(role) || typeof content !== 'string')
      throw new RefusedError(`messages[${index}] needs a role (${ROLES.join(', ')}) and a content that is a text.`)
    return { role: role as 'user', text: content }
  })
}

const shown = ({
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
      open_until: open.length > 0 ? (Date.now() + Math.max(...open.map(({ opensInMs }) => opensInMs))) / 1_000 : null,
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

const healthOf = (run: Run): [string, TargetHealth][] => Object.entries(run.orchestrator?.targets ?? {})

/** Calls to the services. */
export const completion: Readonly<Record<string, Handler>> = {
  'completion:async': {
    about: 'Asks for a completion; completion:result, completion:error or completion:cancelled follows.',
    parameters: {
      prompt: 'continues the session',
      messages: 'or the whole conversation: [{ role, content }]',
      session_id: 'default: a new one',
      agent_id: 'an agent of an orchestration that runs is asked itself',
      model: 'in place of the default',
      request_id: 'default: a new one',
    },
    answer(given, { completions }) {
      const completion = completions.submit({
        requestId: text(given, 'request_id'),
        sessionId: text(given, 'session_id'),
        agentId: text(given, 'agent_id'),
        model: text(given, 'model'),
        prompt: text(given, 'prompt'),
        messages: messagesOf(given),
      })
      return {
        status: 'queued',
        request_id: completion.requestId,
        session_id: completion.sessionId,
        queue_depth: completions.depth,
      }
    },
  },
  'completion:cancel': {
    about: 'Breaks off a completion that waits or is being answered.',
    parameters: { request_id: 'which' },
    answer: ({ request_id: id }, { completions }) => ({
      status: 'cancelling',
      request_id: completions.cancel(String(id)).requestId,
    }),
  },
  'completion:status': {
    about: 'Says how one completion stands, or how many there are of each kind.',
    parameters: { request_id: 'default: counts of all' },
    answer({ request_id: id }, { completions, store }) {
      if (id === undefined) return { counts: store.completions.counts(), queue_depth: completions.depth }
      const { status, ...rest } = shown(completions.find(id)) as { status: string }
      return { ...rest, state: status }
    },
  },
  'completion:session_status': {
    about: 'Lists the completions of a session.',
    parameters: { session_id: 'which', limit: 'the newest so many; default 100' },
    answer(given, { store }) {
      const id = text(given, 'session_id')
      if (id === undefined) throw new RefusedError('completion:session_status needs a session_id.')
      const limit = Math.min(MOST_COMPLETIONS, Math.max(1, Number(given['limit'] ?? 100) || 100))
      const found = store.completions.ofSession(id, limit)
      if (found.length === 0) throw new RefusedError(`There is no session "${id}".`)
      const of = (status: string): number => found.filter((each) => each.status === status).length
      return {
        session_id: id,
        completions: found.map(shown),
        queue: { queued: of('queued'), running: of('running') },
        session: { completed: of('completed'), failed: of('failed'), cancelled: of('cancelled') },
      }
    },
  },
  'completion:token_usage': {
    about: 'Sums tokens and money by agent.',
    parameters: { orchestration_id: 'default: all, and what was asked by completion:async' },
    answer({ orchestration_id: id }, { runs, store }) {
      const chosen = id === undefined ? runs.all : [runs.find(id)]
      const agents = chosen.flatMap((run) =>
        [...(run.orchestrator?.costs.byAgent ?? [])].map(([name, claim]) => ({
          agent_id: `${run.id}_${name}`,
          calls: claim.calls,
          input_tokens: claim.inputTokens,
          output_tokens: claim.outputTokens,
          cost: formatDollars(claim.known),
        })),
      )
      if (id === undefined)
        for (const { agentId, target, calls, input, output, cost } of store.completions.usage())
          agents.push({
            agent_id: agentId || target,
            calls,
            input_tokens: input,
            output_tokens: output,
            cost: formatDollars(cost),
          })
      const sum = (part: 'input_tokens' | 'output_tokens' | 'calls'): number =>
        agents.reduce((total, each) => total + each[part], 0)
      return {
        agents,
        total: { calls: sum('calls'), input_tokens: sum('input_tokens'), output_tokens: sum('output_tokens') },
      }
    },
  },
  'completion:provider_status': {
    about: 'Says how the models do: circuit breakers, and how calls have gone since the daemon started.',
    parameters: { provider: 'such as openai, or openai/gpt-4o-mini; default: all', orchestration_id: 'default: all' },
    answer({ provider, orchestration_id: id }, { runs, completions }) {
      const chosen = id === undefined ? runs.all : [runs.find(id)]
      const all = [
        ...chosen.flatMap(healthOf),
        ...(id === undefined ? Object.entries(completions.completer.health) : []),
      ]
      const targets = new Map<string, TargetHealth[]>()
      for (const [target, health] of all) targets.set(target, [...(targets.get(target) ?? []), health])
      const names = [...targets.keys()].filter(
        (name) => provider === undefined || name === provider || name.split('/')[0] === provider,
      )
      if (provider !== undefined)
        return { provider, models: names, ...joined(names.flatMap((name) => targets.get(name)!)) }
      return { providers: Object.fromEntries(names.map((name) => [name, joined(targets.get(name)!)])) }
    },
  },
  'completion:retry_status': {
    about: 'Says which requests wait for another try, and how many tries were repeated.',
    parameters: { orchestration_id: 'default: all' },
    answer({ orchestration_id: id }, { runs, completions, events }) {
      const chosen = id === undefined ? runs.all : [runs.find(id)]
      const ids = new Set<string | null>(chosen.map((run) => run.id))
      if (id === undefined) ids.add(null)
      const tries = chosen.flatMap(({ orchestrator }) => (orchestrator ? [orchestrator.tries] : []))
      const own = id === undefined ? [completions.completer.save()] : []
      const waiting = [
        ...chosen.flatMap(({ id: run, orchestrator }) =>
          [...(orchestrator?.waitingRetries ?? [])].map((retry) => ({ ...retry, agent: `${run}_${retry.agent}` })),
        ),
        ...(id === undefined ? completions.completer.waiting : []),
      ]
      const failed = events.filter(
        ({ event_name: name, orchestration_id: of }) => name === 'attempt.failed' && ids.has(of),
      )
      const sum = (part: 'requests' | 'retries'): number =>
        [...tries, ...own].reduce((total, each) => total + each[part], 0)
      return {
        stats: {
          total_retrying: waiting.length,
          requests: sum('requests'),
          retries: sum('retries'),
          policy: completions.completer.policy,
        },
        retrying_requests: waiting.map(({ agent, target, attempt, lastError, nextAt }) => ({
          agent_id: agent,
          model: target,
          retry_attempt: attempt - 1,
          max_retries: completions.completer.policy.max_attempts - 1,
          last_error: lastError,
          next_retry_in: Math.max(0, nextAt - Date.now()) / 1_000,
        })),
        newest_failures: failed.slice(-20).map(({ data, timestamp }) => ({ ...data, timestamp })),
      }
    },
  },
  'completion:sessions': {
    about: 'Lists the conversations of all agents.',
    parameters: { orchestration_id: 'default: all' },
    answer({ orchestration_id: id }, { runs }) {
      const chosen = id === undefined ? runs.all : [runs.find(id)]
      const sessions = chosen.flatMap((run) =>
        [...(run.orchestrator?.team.agents.values() ?? [])].map(({ name, conversation, working, inbox, status }) => ({
          session_id: `${run.id}_${name}`,
          status,
          messages: conversation.save().length,
          unread: inbox.length,
          working,
        })),
      )
      return { sessions, count: sessions.length }
    },
  },
}
