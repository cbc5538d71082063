import { Ledger } from '../provider/index.ts'
import { parseDuration, type Duration } from '../clock/index.ts'
import { suggestion } from '../options/index.ts'
import {
  agentsOf,
  callsOf,
  costOverTime,
  gathersOf,
  Trace,
  type AgentRecord,
  type CallRecord,
  type CostPoint,
  type GatherRecord,
} from '../trace/index.ts'
import { NO_NAMES, SINGULAR, type KnownNames, type Part } from './known-names.ts'
import { ownEvents } from './own-events.ts'
import { agentsSeen } from './set-up.ts'

/** A moment at which a run that had stopped went on. */
export interface Resumption {
  /** The place of the first event after it. */
  place: number
  /** Milliseconds on the clock of the test. */
  at: number
  /** When the run had stopped. Milliseconds. */
  stoppedAt: number
}

function ledgerOf(calls: readonly CallRecord[]): Ledger {
  const ledger = new Ledger()
  const ended = calls.filter(({ status, endedAt }) => status !== 'refused' && endedAt !== undefined)
  for (const { agent, model, provider, usage, cost, status } of ended.toSorted((a, b) => a.endedAt! - b.endedAt!))
    ledger.book({ agent, model, provider, usage, cost, status: status === 'ended' ? 'completed' : 'failed' })
  return ledger
}

/** The records of the provider and the trace for a run, or for a part of it. Calls of other runs are not included. */
export class RunRecord {
  /** Time from start to end, on the clock in force. Milliseconds. */
  readonly elapsedMs: number
  /** The events from the start of the run to its end. */
  readonly trace: Trace
  readonly #state: { ledger?: Ledger } = {}
  readonly #setUp: KnownNames

  /**
   * @param setUp names of what is set up. Default: only what took part is known
   * @internal
   */
  constructor({ elapsedMs, trace }: Pick<RunRecord, 'elapsedMs' | 'trace'>, setUp: KnownNames = NO_NAMES) {
    this.elapsedMs = elapsedMs
    this.trace = trace
    this.#setUp = setUp
  }

  /** The bill for the calls that ended. */
  get ledger(): Ledger {
    return (this.#state.ledger ??= ledgerOf(this.calls))
  }

  /** All calls, in the order of arrival. */
  get calls(): CallRecord[] {
    return callsOf(this.trace)
  }

  /** The calls of each agent: number, failures, retries, tokens, cost, latency. */
  get agents(): AgentRecord[] {
    return agentsOf(this.calls)
  }

  /** The growth of the bill: a point at the end of each period with a charge. */
  costOverTime(every: Duration): CostPoint[] {
    return costOverTime(this.calls, Math.max(1, parseDuration(every)))
  }

  /**
   * The names of agents, models or services that the run knows: of who took part, and of who is set up.
   *
   * @internal
   */
  names(part: Part): string[] {
    const called = this.calls.map((call) => call[SINGULAR[part]])
    const seen = part === 'agents' ? agentsSeen(this.trace) : []
    return [...new Set([...called, ...seen, ...this.#setUp(part)])]
  }

  /** All gathers, in the order of their start. */
  get gathers(): GatherRecord[] {
    return gathersOf(this.trace)
  }

  /**
   * The newest gather with a name.
   *
   * @throws Error naming the gathers that there were
   */
  gather(name: string): GatherRecord {
    const { gathers } = this
    const found = gathers.findLast((gather) => gather.name === name)
    if (found) return found
    const names = [...new Set(gathers.map((gather) => gather.name))]
    throw new Error(
      `The run has no gather "${name}". ${suggestion(name, names) || 'The system reported no gather. To report one, call report.gather(name, …).'}`,
    )
  }
}

/** What an outcome is made of. */
interface Ending<Result> extends Pick<RunRecord, 'elapsedMs' | 'trace'> {
  status: 'completed' | 'failed'
  result: Result | undefined
  error: unknown
  resumptions?: readonly Resumption[]
  setUp?: KnownNames | undefined
}

class EndedRun<Result> extends RunRecord {
  readonly status: 'completed' | 'failed'
  readonly result: Result | undefined
  readonly error: unknown
  readonly #resumptions: readonly Resumption[]

  constructor({ status, result, error, resumptions = [], setUp, ...record }: Ending<Result>) {
    super(record, setUp)
    this.status = status
    this.result = result
    this.error = error
    this.#resumptions = resumptions
    Object.freeze(this)
  }

  get parts(): RunRecord[] {
    const events = [...this.trace]
    const startedAt = events[0]?.at ?? 0
    const told = this.#resumptions.length > 0 ? this.#resumptions : selfReported(this.trace)
    const starts = [{ place: 0, at: startedAt }, ...told]
    return starts.map(({ place, at }, nth) => {
      const next = told[nth]
      const own = ownEvents(events, ({ seq }) => seq >= place && seq < (next?.place ?? Number.POSITIVE_INFINITY))
      const end = next ? next.stoppedAt : startedAt + this.elapsedMs
      return new RunRecord({ elapsedMs: Math.max(0, end - at), trace: Trace.of(own) }, (part) => this.names(part))
    })
  }
}

/** Where a system that stops and goes on by itself has told of it. */
const selfReported = (trace: Trace): Resumption[] =>
  trace.ofType('run.resumed').map(({ seq, at }) => ({ place: seq, at, stoppedAt: at }))

/** The outcome of a run whose system returned. */
export interface CompletedOutcome<Result = unknown> extends RunRecord {
  /**
   * The parts of a run that was suspended, killed or restarted, each with its own calls, bill, time and trace; one part
   * if the run never stopped. A call belongs to the part that made it.
   */
  readonly parts: RunRecord[]
  /** The system returned. */
  readonly status: 'completed'
  /** The return value of the system. */
  readonly result: Result
  /** A completed run has no error. */
  readonly error: undefined
}

/** The outcome of a run whose system threw. */
export interface FailedOutcome extends RunRecord {
  /** The parts of a run that was suspended, killed or restarted, as for a completed run. */
  readonly parts: RunRecord[]
  /** The system threw. */
  readonly status: 'failed'
  /** A failed run has no result. */
  readonly result: undefined
  /** The value that the system threw. */
  readonly error: unknown
}

/**
 * The outcome of a run, with the records of the provider and the trace. An outcome is frozen: later calls and other
 * runs of the same test do not change it.
 *
 * @example
 * ```ts
 * const outcome = await run()
 * if (outcome.status === 'completed') console.log(outcome.result)
 * else console.log(outcome.error)
 * ```
 */
export type Outcome<Result = unknown> = CompletedOutcome<Result> | FailedOutcome
/** @internal */
export const Outcome = EndedRun as unknown as new <Result>(of: Ending<Result>) => Outcome<Result>
