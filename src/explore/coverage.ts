import type { TraceEvent } from '../trace/index.ts'

/** What a run has exercised, as names. */
function exercisedIn(events: Iterable<TraceEvent>): Set<string> {
  const found = new Set<string>()
  for (const event of events) {
    switch (event.type) {
      case 'call.failed':
        found.add(`fault: ${event.fault}`)
        break
      case 'call.ended':
        if (event.fault !== null) found.add(`fault: ${event.fault}`)
        break
      case 'call.retried':
        found.add('a retry')
        break
      case 'gather.ended':
        found.add(event.missing.length > 0 ? 'a partial gather' : 'a complete gather')
        break
      case 'breaker.changed':
        found.add(`a breaker ${event.state}`)
        break
      case 'model.replaced':
        found.add(event.reason === 'budget' ? 'a cheaper model' : 'failover')
        break
      case 'agent.terminated':
        found.add('the end of an agent')
        break
      case 'agent.restarted':
        found.add('a hung agent')
        break
      case 'task.assigned':
        if (event.instead !== null) found.add('work given to another')
        break
      case 'run.resumed':
        found.add('a restart')
        break
      case 'run.ended':
        found.add(event.status === 'failed' ? 'a run that failed' : 'a run that completed')
        break
      case 'budget.refused':
        found.add('a budget that refuses')
        break
      case 'cache.hit':
        found.add('a cache hit')
        break
      default:
    }
  }
  return found
}

/** What the cases of a sweep have exercised, and what was to be true in one of them at least. */
export class Coverage {
  /** In how many cases. */
  readonly exercised = new Map<string, number>()
  readonly #sometimes = new Map<string, number>()
  cases = 0

  /** Adds a case that was run. */
  add(events: Iterable<TraceEvent>): void {
    this.cases += 1
    for (const name of exercisedIn(events)) this.exercised.set(name, (this.exercised.get(name) ?? 0) + 1)
  }

  /** Says that something has to be true in one case at least, and whether it is in this one. */
  sometimes(name: string, condition: boolean): void {
    this.#sometimes.set(name, (this.#sometimes.get(name) ?? 0) + (condition ? 1 : 0))
  }

  /** As plain data, for reports. */
  get json(): { exercised: Record<string, number>; sometimes: Record<string, number> } {
    return { exercised: Object.fromEntries(this.exercised), sometimes: Object.fromEntries(this.#sometimes) }
  }

  /** What was never true. */
  get never(): string[] {
    return [...this.#sometimes].flatMap(([name, count]) => (count === 0 ? [name] : []))
  }

  /** For people: the most frequent first. */
  get text(): string {
    const all = [...this.#sometimes, ...this.exercised].toSorted((a, b) => b[1] - a[1])
    return all.map(([name, count]) => `${name} in ${count}`).join(', ')
  }
}
