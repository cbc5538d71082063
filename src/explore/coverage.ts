import type { EventOf, TraceEvent } from '../trace/index.ts'

/** What an event says that was exercised. */
const EXERCISES: { readonly [Type in TraceEvent['type']]?: (event: EventOf<Type>) => string | undefined } = {
  'call.failed': ({ fault }) => `fault: ${fault}`,
  'call.ended': ({ fault }) => (fault === null ? undefined : `fault: ${fault}`),
  'call.retried': () => 'a retry',
  'gather.ended': ({ missing }) => (missing.length > 0 ? 'a partial gather' : 'a complete gather'),
  'breaker.changed': ({ state }) => `a breaker: ${state}`,
  'model.fellBack': ({ reason }) => (reason === 'budget' ? 'a cheaper model' : 'failover'),
  'agent.terminated': () => 'a terminated agent',
  'agent.restarted': () => 'a hung agent',
  'task.assigned': ({ instead }) => (instead === null ? undefined : 'a reassigned task'),
  'run.resumed': () => 'a restart',
  'run.cancelled': () => 'a cancelled run',
  'run.ended': ({ status }) => (status === 'failed' ? 'a failed run' : 'a completed run'),
  'budget.refused': () => 'a call refused by the budget',
  'cache.hit': () => 'a cache hit',
}

/** What a run has exercised, as names. */
function exercisedIn(events: Iterable<TraceEvent>): Set<string> {
  const found = new Set<string>()
  for (const event of events) {
    const name = (EXERCISES[event.type] as ((event: TraceEvent) => string | undefined) | undefined)?.(event)
    if (name !== undefined) found.add(name)
  }
  return found
}

/** The coverage of a sweep: the events and conditions that its cases met. */
export class Coverage {
  /** The number of cases for each event. */
  readonly exercised = new Map<string, number>()
  readonly #sometimes = new Map<string, number>()
  /** Number of cases that were run. */
  cases = 0

  /**
   * Adds a case that was run.
   *
   * @internal
   */
  add(events: Iterable<TraceEvent>): void {
    this.cases += 1
    for (const name of exercisedIn(events)) this.exercised.set(name, (this.exercised.get(name) ?? 0) + 1)
  }

  /**
   * Says that something has to be true in one case at least, and whether it is in this one.
   *
   * @param of.when whether it can be true in this case at all; where not, nothing is said
   * @internal
   */
  sometimes(name: string, condition: boolean, { when = true }: { when?: boolean } = {}): void {
    if (!when) return
    this.#sometimes.set(name, (this.#sometimes.get(name) ?? 0) + (condition ? 1 : 0))
  }

  /** The coverage as plain data, for reports. */
  get json(): { exercised: Record<string, number>; sometimes: Record<string, number> } {
    return { exercised: Object.fromEntries(this.exercised), sometimes: Object.fromEntries(this.#sometimes) }
  }

  /** The conditions that never held. */
  get never(): string[] {
    return [...this.#sometimes].flatMap(([name, count]) => (count === 0 ? [name] : []))
  }

  /** The coverage for people, the most frequent first. */
  get text(): string {
    const all = [...this.#sometimes, ...this.exercised].toSorted((a, b) => b[1] - a[1])
    return all.map(([name, count]) => `${name} in ${count}`).join(', ')
  }
}
