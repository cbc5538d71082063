import {
  callsOf,
  gathersOf,
  type CallRecord,
  type EventOf,
  type GatherRecord,
  type TraceEvent,
} from '../trace/index.ts'

/** One orchestration in a trace. */
export interface RunRecord {
  name: string
  /** The places of its start and its end in the trace. */
  seq: number
  endSeq: number | undefined
  startedAt: number
  endedAt: number | undefined
  status: 'running' | 'completed' | 'failed'
}

/** What all checks read: a trace, folded once. Times are milliseconds since the start of the run. */
export class Facts {
  /** Without those that a service has refused at sight: they took no time, and nobody has worked on them. */
  readonly calls: readonly CallRecord[]
  readonly gathers: readonly GatherRecord[]
  /** Each agent's calls, in the order of arrival. */
  readonly callsOfAgent: ReadonlyMap<string, readonly CallRecord[]>
  readonly runs: readonly RunRecord[]
  /** When the newest event happened. */
  readonly until: number
  /** When the last orchestration ended; when the newest event happened, if one is under way or there was none. */
  readonly over: number
  /** How exact times are: 0 in virtual time, more where the wall clock rules. */
  readonly slackMs: number
  readonly events: readonly TraceEvent[]
  readonly #byType = new Map<TraceEvent['type'], TraceEvent[]>()
  readonly #byNumber: ReadonlyMap<number, CallRecord>
  #answeredAt: readonly number[] | undefined

  constructor(trace: Iterable<TraceEvent>, slackMs: number) {
    this.events = [...trace]
    this.slackMs = slackMs
    this.until = this.events.at(-1)?.at ?? 0
    for (const event of this.events) {
      const found = this.#byType.get(event.type)
      if (found) found.push(event)
      else this.#byType.set(event.type, [event])
    }
    this.calls = callsOf(this.events).filter(({ status }) => status !== 'refused')
    this.gathers = gathersOf(this.events)
    this.#byNumber = new Map(this.calls.map((call) => [call.call, call]))
    this.callsOfAgent = Map.groupBy(this.calls, ({ agent }) => agent)
    this.runs = runsOf(this.events)
    this.over = this.runs.length > 0 ? Math.max(...this.runs.map(({ endedAt = this.until }) => endedAt)) : this.until
  }

  /** All events of a type. */
  of<Type extends TraceEvent['type']>(type: Type): readonly EventOf<Type>[] {
    return (this.#byType.get(type) ?? []) as EventOf<Type>[]
  }

  call(number: number): CallRecord | undefined {
    return this.#byNumber.get(number)
  }

  /** An agent's calls that arrived from one time on and before another. */
  callsBetween(agent: string, from: number, before: number): readonly CallRecord[] {
    const calls = this.callsOfAgent.get(agent) ?? []
    return calls.slice(firstFrom(calls, from, arrivalOf), firstFrom(calls, before, arrivalOf))
  }

  /** The numbers of the calls that some agents made from one time on and before another. */
  numbersBetween(agents: readonly string[], from: number, before = Number.POSITIVE_INFINITY): number[] {
    const calls = [...new Set(agents)].flatMap((agent) => this.callsBetween(agent, from, before))
    return calls.map(({ call }) => call).toSorted((a, b) => a - b)
  }

  /** Events of a type that happened after one thing and before another. */
  between<Type extends TraceEvent['type']>(
    type: Type,
    { seq: after }: { seq: number },
    { seq: before }: { seq: number },
  ): readonly EventOf<Type>[] {
    const events = this.of(type)
    const seqOf = ({ seq }: TraceEvent): number => seq
    return events.slice(firstFrom(events, after + 1, seqOf), firstFrom(events, before, seqOf))
  }

  /** Whether a call was answered at the very moment. */
  wasAnsweredAt(at: number): boolean {
    this.#answeredAt ??= this.calls
      .flatMap(({ status, endedAt }) => (status === 'ended' ? [endedAt!] : []))
      .toSorted((a, b) => a - b)
    const nearest = this.#answeredAt[firstFrom(this.#answeredAt, at - this.slackMs, (ended) => ended)]
    return nearest !== undefined && nearest <= at + this.slackMs
  }

  /** Whether a process was killed, and its run gone on with, at the very moment: what came then was never read. */
  diedAt(at: number): boolean {
    return this.of('run.resumed').some((resumed) => Math.abs(resumed.at - at) <= this.slackMs)
  }

  /** Whether the client of a call ran by another clock than the trace: nobody knows how long it has paused. */
  hasOwnTime({ ownTime }: CallRecord): boolean {
    return ownTime && this.slackMs === 0
  }

  /** The orchestrations that were under way at a place of the trace. */
  runsAt(place: number): RunRecord[] {
    return this.runs.filter(({ seq, endSeq = Number.POSITIVE_INFINITY }) => seq < place && place < endSeq)
  }

  /**
   * Whether a call may have been made by one of some runs: also by a test, which may have been handed a part of the
   * system.
   */
  mayBeOf(runs: readonly RunRecord[], { run }: CallRecord): boolean {
    return typeof run !== 'number' || runs.length === 0 || runs.some(({ seq }) => seq === run)
  }
}

const arrivalOf = ({ arrivedAt }: CallRecord): number => arrivedAt

/** The index of the first thing of a value or a higher one. Things stand in the order of their values. */
function firstFrom<Thing>(things: readonly Thing[], from: number, valueOf: (thing: Thing) => number): number {
  let low = 0
  let high = things.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (valueOf(things[middle]!) < from) low = middle + 1
    else high = middle
  }
  return low
}

function runsOf(events: readonly TraceEvent[]): RunRecord[] {
  const runs = new Map<number, RunRecord>()
  for (const event of events) {
    if (event.type === 'run.started')
      runs.set(event.seq, {
        name: event.name,
        seq: event.seq,
        endSeq: undefined,
        startedAt: event.at,
        endedAt: undefined,
        status: 'running',
      })
    else if (event.type === 'run.ended') {
      const run = runs.get(event.causes[0] ?? -1)
      if (run) Object.assign(run, { endSeq: event.seq, endedAt: event.at, status: event.status })
    }
  }
  return [...runs.values()]
}

/** When a call ended for who made it; infinity for one that never did. */
export const endOf = ({ endedAt, leftAt }: Pick<CallRecord, 'endedAt' | 'leftAt'>): number =>
  Math.min(endedAt ?? Number.POSITIVE_INFINITY, leftAt ?? Number.POSITIVE_INFINITY)
