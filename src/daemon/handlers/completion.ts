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
}
