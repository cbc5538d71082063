import type { Command } from './flags.ts'
import type { RawCommand } from './send.ts'

/** The commands of `longhaul`. Each is loaded when it is called, so that no command waits for the imports of another. */
export const COMMANDS: Readonly<
  Record<string, { about: string; load(): Promise<Command> } | { about: string; loadRaw(): Promise<RawCommand> }>
> = {
  check: {
    about: 'validates orchestration patterns',
    load: async () => (await import('./check.ts')).checkAs('check'),
  },
  validate: { about: 'the same as check', load: async () => (await import('./check.ts')).checkAs('validate') },
  inspect: {
    about: 'shows agents, calls, costs and violations in traces',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  merge: {
    about: 'merges the results of the shards of sweeps',
    load: async () => (await import('./merge.ts')).merge,
  },
  predict: {
    about: 'predicts the cost and duration of runs of a pattern',
    load: async () => (await import('./predict.ts')).predict,
  },
  schema: {
    about: 'prints the JSON Schema of patterns, for editors',
    load: async () => (await import('./schema.ts')).schema,
  },
  serve: {
    about: 'serves the simulated LLM services over HTTP, for programs in any language',
    load: async () => (await import('./serve.ts')).serve,
  },
  daemon: {
    about:
      'controls the daemon, which runs orchestrations in a process of its own: start, stop, restart, status, health',
    load: async () => (await import('./daemon.ts')).daemon,
  },
  send: { about: 'sends an event to the daemon', loadRaw: async () => (await import('./send.ts')).send },
  watch: {
    about: 'shows the activity of the daemon, or sends an event repeatedly',
    loadRaw: async () => (await import('./send.ts')).watch,
  },
  discover: {
    about: 'lists the events of the daemon, with their parameters',
    load: async () => (await import('./send.ts')).discover,
  },
  init: {
    about: "writes the test plan's daemon_control.py and websocket_bridge.py into this folder",
    load: async () => (await import('./init.ts')).init,
  },
  ui: { about: 'serves a live page of the daemon', load: async () => (await import('./ui.ts')).ui },
  bridge: {
    about: 'connects WebSocket clients to the daemon',
    load: async () => (await import('./bridge.ts')).bridge,
  },
  completion: {
    about: 'prints a completion script for a shell',
    load: async () => (await import('./completion.ts')).completion,
  },
}
