import type { Command } from './flags.ts'
import type { RawCommand } from './send.ts'

/** The commands of `longhaul`. Each is loaded when it is called, so that no command waits for the imports of another. */
export const COMMANDS: Readonly<
  Record<string, { about: string; load(): Promise<Command> } | { about: string; loadRaw(): Promise<RawCommand> }>
> = {
  check: {
    about: 'says what is wrong with orchestration patterns',
    load: async () => (await import('./check.ts')).check,
  },
  validate: { about: 'the same as check', load: async () => (await import('./check.ts')).check },
  inspect: { about: 'shows what is in traces', load: async () => (await import('./inspect.ts')).inspect },
  merge: {
    about: 'puts the shards of sweeps together',
    load: async () => (await import('./merge.ts')).merge,
  },
  predict: {
    about: 'says what runs of a pattern will cost and take',
    load: async () => (await import('./predict.ts')).predict,
  },
  schema: {
    about: 'prints the JSON Schema of patterns, for editors',
    load: async () => (await import('./schema.ts')).schema,
  },
  serve: {
    about: 'serves the simulated LLM provider over HTTP, for programs in any language',
    load: async () => (await import('./serve.ts')).serve,
  },
  daemon: {
    about: 'runs orchestrations in a process of their own: start, stop, restart, status, health',
    load: async () => (await import('./daemon.ts')).daemon,
  },
  send: { about: 'sends an event to the daemon', loadRaw: async () => (await import('./send.ts')).send },
  watch: {
    about: 'shows what the daemon does, or sends it an event again and again',
    loadRaw: async () => (await import('./send.ts')).watch,
  },
  discover: { about: 'says which events there are', load: async () => (await import('./send.ts')).discover },
  init: {
    about: "writes the test plan's daemon_control.py and websocket_bridge.py into this folder",
    load: async () => (await import('./init.ts')).init,
  },
  ui: { about: 'serves a page that shows what the daemon does', load: async () => (await import('./ui.ts')).ui },
  bridge: {
    about: 'lets WebSocket clients talk to the daemon',
    load: async () => (await import('./bridge.ts')).bridge,
  },
}
