import type { Effect, MachineState } from '../../strategy/index.ts'
import type { Tracked } from '../effects/query.ts'
import { COSTS_VERSION, type SavedCosts } from '../money/reported-cost.ts'
import { QUESTIONS_VERSION, type SavedQuestions } from '../questions/completer.ts'
import { AGENT_VERSION } from '../team/agent.ts'
import type { BusEvent } from '../team/bus.ts'
import type { SavedRoutes } from '../team/response-routes.ts'

/** The version of the frame that the parts stand in. */
export const RUN_VERSION = 1

/** The version of the shape of each part that is kept of a run. */
export const PART_VERSIONS = {
  /** Where the strategy stands. */
  machine: 1,
  costs: COSTS_VERSION,
  questions: QUESTIONS_VERSION,
  agents: AGENT_VERSION,
} as const

/** What a run is made of, apart from its agents, as plain data. */
export interface RunState {
  version: typeof RUN_VERSION
  parts: Readonly<Record<keyof typeof PART_VERSIONS, number>>
  machine: MachineState
  costs: SavedCosts
  questions: SavedQuestions
  /** Answers so far. */
  answers: number
  /** Milliseconds that the run was active, pauses not counted. */
  activeMs: number
  /** When the effects under way began, in active milliseconds. */
  effects: Readonly<Record<string, number>>
  /** What the effects under way that wait for events have heard. */
  heard?: Readonly<Record<string, readonly BusEvent[]>>
  /** Gathers that have ended, and whose answers may still come. */
  late?: readonly Effect[]
  /** Why the run is over, though its strategy has not ended. */
  over?: 'max_messages' | 'rounds' | 'event'
  /** What TRACK has noted. */
  tracked?: readonly Tracked[]
  /** Transformers that wait for the answer to what they asked. */
  routes?: SavedRoutes
}

/** What in a saved state has another shape than is read here, in words; nothing where all of it fits. */
export function unreadablePart(state: unknown): string | undefined {
  const { version, parts } = (state ?? {}) as { version?: unknown; parts?: Readonly<Record<string, unknown>> }
  if (version !== RUN_VERSION) return `has version ${String(version)}; this longhaul reads version ${RUN_VERSION}`
  for (const [part, known] of Object.entries(PART_VERSIONS))
    if (parts?.[part] !== known)
      return `has its ${part} in version ${String(parts?.[part])}; this longhaul reads version ${known}`
  return undefined
}
