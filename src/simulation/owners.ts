import { runInForce } from '../provider/index.ts'
import { Trace, type TraceEvent } from '../trace/index.ts'
import { ownEvents } from './own-events.ts'

/** Knows which of the runs of one test an event belongs to. */
export class Owners {
  readonly #trace: Trace
  readonly #underWay = new Set<number>()
  /** Of events that happened while several runs were under way: the run in whose name they did. */
  readonly #byPlace = new Map<number, number>()
  #runs = 0
  readonly stop: () => void

  constructor(trace: Trace) {
    this.#trace = trace
    this.stop = trace.onAppend(({ seq }) => {
      if (this.#underWay.size < 2) return
      const run = runInForce()
      if (typeof run === 'number') this.#byPlace.set(seq, run)
    })
  }

  /** How many runs are under way. */
  get underWay(): number {
    return this.#underWay.size
  }

  /** @param run the place of its start in the trace */
  begin(run: number): void {
    this.#runs += 1
    this.#underWay.add(run)
  }

  /** Ends a run, and gives the events that are its own, as a trace to which nothing is added any more. */
  end(run: number): Trace {
    this.#underWay.delete(run)
    const events = this.#trace.from(run)
    return Trace.of(this.#runs === 1 ? events : ownEvents(events, (event) => this.#belongs(event, run)))
  }

  /** What nobody can tell of, belongs to each run that was under way. */
  #belongs(event: TraceEvent, run: number): boolean {
    switch (event.type) {
      case 'run.started':
        return event.seq === run
      case 'run.ended':
        return event.causes[0] === run
      case 'call.arrived':
        return typeof event.run !== 'number' || event.run === run
      default:
        return (this.#byPlace.get(event.seq) ?? run) === run
    }
  }
}
