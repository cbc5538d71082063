import type { EventLog, RunStore } from '../../store/index.ts'
import type { Completions } from '../completions.ts'
import type { LoggedEvent } from '../logged-event.ts'
import { readParameters, type Given, type Parameters } from '../parameters.ts'
import type { Runs } from '../runs.ts'

/** What handlers work with. */
export interface DaemonContext {
  runs: Runs
  store: RunStore
  log: EventLog
  completions: Completions
  /** Folders in which patterns are looked for by name, before those that come with longhaul. */
  patterns: readonly string[]
  /** Whether services in this process answer in place of real ones. */
  simulates: boolean
  /** What was wrong when the daemon began. */
  problems: readonly string[]
  /** What is in force, for `system:config`. */
  config: () => object
  /** Unix milliseconds. */
  startedAt: number
  /** The version of the package, if it is known. */
  version: string | undefined
  /** The newest events, oldest first. */
  events: readonly LoggedEvent[]
  /** Tells all who have subscribed. */
  push: (name: string, data: object) => void
  /** Hands events on to this connection. */
  subscribe: (patterns: readonly string[]) => void
  shutdown: () => void
  /** All that the daemon answers. */
  handlers: Readonly<Record<string, Handler>>
}

/** What a handler works with for one request. */
export interface RequestContext extends DaemonContext {
  correlationId: string | null
}

/** One event that the daemon answers. */
export interface Handler {
  /** For `longhaul help`. */
  about: string
  parameters: Parameters
  /** Reads what it is given by its parameters, and answers. */
  answer(event: string, data: Readonly<Record<string, unknown>>, context: RequestContext): object | Promise<object>
}

/** A handler whose answer gets what its parameters declare. */
export const handler = <const Declared extends Parameters>({
  about,
  parameters,
  answer,
}: {
  about: string
  parameters: Declared
  answer(given: Given<Declared>, context: RequestContext): object | Promise<object>
}): Handler => ({
  about,
  parameters,
  answer: (event, data, context) =>
    answer(readParameters(event, parameters, data) as unknown as Given<Declared>, context),
})

/** A handler that takes names beyond those it declares. */
export const openHandler = <const Declared extends Parameters>({
  about,
  parameters,
  answer,
}: {
  about: string
  parameters: Declared
  answer(
    given: Given<Declared>,
    others: Readonly<Record<string, unknown>>,
    context: RequestContext,
  ): object | Promise<object>
}): Handler => ({
  about,
  parameters,
  answer(event, data, context) {
    const others = Object.create(null) as Record<string, unknown>
    const given = readParameters(event, parameters, data, others)
    return answer(given as unknown as Given<Declared>, others, context)
  },
})

/** Names the orchestration that is meant. */
export const WHICH = {
  orchestration_id: { type: 'text', about: 'the id of the orchestration' },
  pattern: { type: 'text', about: 'the pattern of the orchestration, in place of its id; selects the newest one' },
} as const satisfies Parameters
