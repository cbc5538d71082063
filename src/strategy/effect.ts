import type { Milliseconds } from '../clock/index.ts'
import type { Json } from './json.ts'

/** What a statement asks of the orchestrator: plain data. */
export type EffectRequest = LastingRequest | InstantRequest

/**
 * What takes time. Agents are a name, "all", what the agents have (`{ role: "worker" }`), or a list of these; so are those of what is done
 * at once. For a broadcast, null is everybody.
 */
type LastingRequest =
  | { kind: 'completion'; agent: Json; options: Options }
  | { kind: 'gather'; name: string; agents: Json; options: Options }
  | { kind: 'events'; options: Options }
  | { kind: 'call'; function: string; arguments: readonly Json[] }
  | { kind: 'process'; value: Json }
  | { kind: 'sleep'; ms: Milliseconds }
  | { kind: 'waitFor'; name: string; timeoutMs: Milliseconds | null }
  | { kind: 'aggregate'; request: Options }
  | { kind: 'coordinate'; request: Options }
  /** Lets the agents talk until nobody has anything to read. */
  | { kind: 'converse' }
  | { kind: 'ask'; text: string }
  /** As `ask`, for what the answer says as data: its JSON, else its text. */
  | { kind: 'value'; text: string }
  | { kind: 'judge'; text: string }
  /** Gives the answer where it says no, else null. */
  | { kind: 'check'; text: string }

/** What is done at once: it waits for nobody. */
type InstantRequest =
  /** `agent` is null where the options name it, or nobody does. */
  | { kind: 'spawn'; agent: string | null; options: Options }
  | { kind: 'terminate'; agents: Json }
  | { kind: 'send'; message: Json; to: Json }
  | { kind: 'broadcast'; message: Json; agents: Json; options: Options }
  | { kind: 'emit'; event: string; to: Json; data: Json }
  | { kind: 'track'; entry: Options }
  | { kind: 'query'; request: Options }
  | { kind: 'checkpoint'; name: string | null }
  | { kind: 'log'; text: string }

const INSTANT: ReadonlySet<EffectRequest['kind']> = new Set<InstantRequest['kind']>([
  'spawn',
  'terminate',
  'send',
  'broadcast',
  'emit',
  'track',
  'query',
  'checkpoint',
  'log',
])

/** What stands behind WITH. */
export type Options = Readonly<Record<string, Json>>

/** An effect to carry out. Its `id` is given back with the result. */
export interface Effect<Request = EffectRequest> {
  id: number
  line: number
  request: Request
}
/** One that takes time. */
export type LastingEffect = Effect<LastingRequest>
/** One that is done at once. */
export type InstantEffect = Effect<InstantRequest>

export const isInstant = (effect: Effect): effect is InstantEffect => INSTANT.has(effect.request.kind)
