import { steadyNow } from '../../clock/index.ts'
import { handler, type Handler } from './handler.ts'

/** The daemon itself. */
export const system: Readonly<Record<string, Handler>> = {
  'system:health': handler({
    about: 'Shows the health and the load of the daemon.',
    parameters: {},
    answer: (_, { runs, startedAt, version, store, log, simulates, problems: found }) => {
      const problems = [...found, ...store.problems, ...log.problems]
      return {
        status: problems.length > 0 ? 'degraded' : 'healthy',
        uptime: (steadyNow() - startedAt) / 1_000,
        ...(version !== undefined && { version }),
        orchestrations: runs.live.length,
        services: simulates ? 'simulated' : 'real',
        pid: process.pid,
        store: store.file,
        problems,
        lost_events: log.lost,
      }
    },
  }),
  'system:config': handler({
    about: 'Shows the settings in force: services, time, retries, breakers, budget, cache, supervision, files.',
    parameters: {},
    answer: (_, { config }) => config(),
  }),
  'system:shutdown': handler({
    about: 'Stops the daemon. The next daemon resumes the running orchestrations.',
    parameters: {},
    answer(_, { shutdown }) {
      setImmediate(shutdown)
      return { status: 'shutting_down' }
    },
  }),
}
