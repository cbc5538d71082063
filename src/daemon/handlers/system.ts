import type { Handler } from './handler.ts'

/** The daemon itself. */
export const system: Readonly<Record<string, Handler>> = {
  'system:health': {
    about: 'Says that the daemon is well, and how much it does.',
    parameters: {},
    answer: (_, { runs, startedAt, store, log }) => {
      const problems = [store.failure?.message, log.failure].filter((problem) => problem !== undefined)
      return {
        status: problems.length > 0 ? 'degraded' : 'healthy',
        uptime: (Date.now() - startedAt) / 1_000,
        orchestrations: runs.all.filter(({ phase }) => phase === 'running').length,
        pid: process.pid,
        store: store.file,
        problems,
        lost_events: log.lost,
      }
    },
  },
  'system:discover': {
    about: 'Lists the events that the daemon answers.',
    parameters: { event: 'only this one' },
    answer: ({ event }, { handlers }) => ({
      events: Object.fromEntries(
        Object.entries(handlers)
          .filter(([name]) => event === undefined || name === event)
          .map(([name, { about, parameters }]) => [name, { about, parameters }]),
      ),
    }),
  },
  'system:shutdown': {
    about: 'Stops the daemon. What runs goes on when the next one starts.',
    parameters: {},
    answer(_, { shutdown }) {
      setImmediate(shutdown)
      return { status: 'shutting_down' }
    },
  },
}
