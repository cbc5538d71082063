import type { Handler } from './handler.ts'

/** Calls to the services. */
export const completion: Readonly<Record<string, Handler>> = {
  'completion:provider_status': {
    about: 'Says how the circuit breakers stand, by orchestration and model.',
    parameters: { orchestration_id: 'default: all that run' },
    answer({ orchestration_id: id }, { runs }) {
      const chosen = id === undefined ? runs.all.filter(({ orchestrator }) => orchestrator) : [runs.find(id)]
      return {
        providers: Object.fromEntries(
          chosen.map((run) => [
            run.id,
            Object.fromEntries(
              Object.entries(run.orchestrator?.breakers ?? {}).map(([target, state]) => [
                target,
                { circuit_breaker: { state, is_open: state === 'open' } },
              ]),
            ),
          ]),
        ),
      }
    },
  },
  'completion:retry_status': {
    about: 'Says how many requests there were, and how many tries were repeated.',
    parameters: { orchestration_id: 'default: all' },
    answer({ orchestration_id: id }, { runs, events }) {
      const chosen = id === undefined ? runs.all : [runs.find(id)]
      const ids = new Set(chosen.map((run) => run.id))
      const tries = chosen.flatMap(({ orchestrator }) => (orchestrator ? [orchestrator.tries] : []))
      const failed = events.filter(
        ({ event_name: name, orchestration_id: of }) => name === 'attempt.failed' && ids.has(of),
      )
      return {
        stats: {
          requests: tries.reduce((sum, { requests }) => sum + requests, 0),
          retries: tries.reduce((sum, { retries }) => sum + retries, 0),
        },
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
