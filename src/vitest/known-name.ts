import { listedModel } from '../money/index.ts'
import { suggestion } from '../options/index.ts'
import { SINGULAR, type Part } from '../simulation/known-names.ts'
import type { RunRecord } from '../simulation/outcome.ts'
import { SERVICES } from '../wire/index.ts'

/** Thrown when a matcher receives an unsupported value. */
export class InvalidMatcherError extends TypeError {
  override readonly name = 'InvalidMatcherError'
  readonly code = 'LONGHAUL_INVALID_MATCHER'
}

const MAX_NAMES = 20

const TEXTS = {
  agents: { nobody: 'agent', did: 'took part', remedy: 'If this agent may start later, name it in the option agents.' },
  models: {
    nobody: 'model',
    did: 'was called',
    remedy: 'If the system may call this model, name it in provider.models.',
  },
  services: {
    nobody: 'service',
    did: 'was called',
    remedy: 'If the system may call this service, name it in provider.services.',
  },
} as const satisfies Record<Part, unknown>

/** Services and models that longhaul knows may be asked, whether or not anything is set up for them. */
function isListed(part: Part, name: string): boolean {
  if (part === 'agents') return false
  return SERVICES.some((service) =>
    part === 'models' ? listedModel(service.name, name) !== undefined : service.name === name,
  )
}

/** A name that a matcher is given, and what it is to be a name of. */
export type Named = readonly [part: Part, name: string]

/**
 * What is to be said of the first name that is nobody's in a run; empty where all are known. Who is set up, and has only
 * not called, is known.
 */
export function strangerText(record: RunRecord, names: readonly Named[]): string {
  for (const [part, name] of names) {
    if (record.calls.some((call) => call[SINGULAR[part]] === name) || isListed(part, name)) continue
    const known = record.names(part)
    if (known.includes(name)) continue
    const { nobody, did, remedy } = TEXTS[part]
    const meant = suggestion(name, known)
    const others = known.slice(0, MAX_NAMES).join(', ') || 'none'
    return `No ${nobody} "${name}" ${did}; ${nobody}s of this run: ${others}. ${meant.startsWith('Did') ? `${meant} ` : ''}${remedy}`
  }
  return ''
}

/** Callers that are known by their conversation alone. */
const UNNAMED = /^caller-[0-9a-f]{8}$/

/** Which of the agents made no call, and which callers there were instead; empty where all of them called. */
export function idleText({ calls }: RunRecord, names: readonly Named[]): string {
  const callers = [...new Set(calls.map(({ agent }) => agent))]
  const idle = names.flatMap(([part, name]) => (part === 'agents' && !callers.includes(name) ? [name] : []))
  if (idle.length === 0) return ''
  const others = callers.slice(0, MAX_NAMES).join(', ') || 'none'
  const unnamed = callers.some((caller) => UNNAMED.test(caller)) ? ' The requests of caller-… name no agent.' : ''
  return `${idle.join(', ')} made no call; agents with calls: ${others}.${unnamed}`
}
