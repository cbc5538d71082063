/**
 * What a report file holds: plain data, small as JSON. Columns have one entry a row; texts stand once, in `strings`, and
 * are named by their place there (0 is the empty text). Times are whole milliseconds since the start of the run.
 */

/** How a call has ended, by its code. `retried`: it failed, and was repeated. `open`: it has no end in the trace. */
export const OUTCOMES = ['answered', 'retried', 'failed', 'cancelled', 'refused', 'open'] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** What `flags` of a call are made of. */
export const STREAMED = 1
export const HEDGED = 2
/** All its clients had gone, and the service went on with it. */
export const LEFT = 4

/** Calls in the order of their arrival. */
export interface CallColumns {
  /** Its number, less that of the call before it. */
  call: number[]
  /** Its place in the trace, less that of the call before it. */
  seq: number[]
  /** When it arrived, after the one before it. */
  at: number[]
  agent: number[]
  provider: number[]
  model: number[]
  conversation: number[]
  turn: number[]
  outcome: number[]
  fault: number[]
  finish: number[]
  /** What the provider said of its failure. */
  message: number[]
  /** After its arrival; -1 where there was none. */
  firstToken: number[]
  /** From arrival to end; -1 where it is open. */
  took: number[]
  /** In line, before it was worked on. */
  waited: number[]
  attempt: number[]
  /** How many rows before this one the call stands that it repeats; 0 for none. */
  repeats: number[]
  /** … and the call whose answer its messages end with. */
  goesOn: number[]
  /** How long the client was told to wait; -1 where it was not. */
  retryAfter: number[]
  /** In how many milliseconds the orchestrator wanted to try again; -1 where it does not tell, or gave up. */
  retryIn: number[]
  flags: number[]
  input: number[]
  cachedInput: number[]
  cacheWrite: number[]
  output: number[]
  reasoning: number[]
  /** Picodollars. */
  cost: number[]
}

/** Kinds of points in time, by their code. */
export const MARKS = [
  'run started',
  'run ended',
  'resumed',
  'spawned',
  'terminated',
  'hung',
  'restarted',
  'model replaced',
  'cache hit',
  'budget refused',
  'gave up',
  'refused',
  'checkpoint',
  'stuck',
  'log',
] as const
export type MarkName = (typeof MARKS)[number]

/** Points in time, in their order. */
export interface MarkColumns {
  kind: number[]
  /** After the one before it. */
  at: number[]
  /** 0 where it is the orchestration's. */
  agent: number[]
  text: number[]
}

/** A collection of answers. */
export interface GatherRow {
  name: number
  at: number
  /** -1 where it is open. */
  took: number
  timeoutMs: number | null
  atLeast: number
  /** Pieces of work that the agents share; null where each is asked the same. */
  tasks: number | null
  expected: number[]
  /** Who answered in time, and when after the start. */
  received: [agent: number, after: number][]
  late: [agent: number, after: number][]
  missing: number[]
}

/** A state of a circuit breaker, and how long it lasted. */
export interface BreakerSpan {
  target: number
  state: 'open' | 'half-open'
  from: number
  to: number
}

/** A span of time in which the simulated service was set up to fail. */
export interface WindowSpan {
  label: string
  from: number
  to: number
}

/** What a service's account may use in a minute. */
export const LIMIT_KINDS = ['requests', 'tokens', 'input tokens', 'output tokens'] as const
export interface LimitRow {
  provider: number
  /** A code of `LIMIT_KINDS`. */
  kind: number
  perMinute: number
}

/** Something that a check has found. */
export interface FindingRow {
  check: string
  at: number
  what: string
  why: string
  advice: string
  /** Rows of calls. */
  calls: number[]
}

/** What was asked and answered, where the trace keeps it. */
export interface SaidRow {
  agent: number
  at: number
  /** The row of its call; -1 for an answer out of the cache. */
  row: number
  prompt: string
  answer: string
  tookMs: number
  waitedMs: number
}

/** One run, as the page draws it. */
export interface RunModel {
  title: string
  /** What makes it one of several in a file, such as `The smallest case`. */
  label: string
  status: 'passed' | 'failed' | 'completed' | 'running' | 'suspended'
  seed: string
  /** The command that repeats it. */
  replay: string
  /** What the test failed with. */
  errors: string[]
  /** Who tells of its calls: the service that has seen them, or the orchestrator that has made them. */
  toldBy: 'service' | 'orchestrator'
  /** Whether checks have looked at it. */
  isChecked: boolean
  /** What the reader should know of where the times come from. */
  remarks: string[]
  endMs: number
  strings: string[]
  /** Lanes, in the order of their first appearance. */
  agents: number[]
  calls: CallColumns
  marks: MarkColumns
  gathers: GatherRow[]
  breakers: BreakerSpan[]
  windows: WindowSpan[]
  limits: LimitRow[]
  findings: FindingRow[]
  said: SaidRow[]
  messages: { at: number[]; from: number[]; to: number[] }
  /** What the orchestrator believes that it has spent. Picodollars. */
  claims: { at: number[]; known: number[]; uncertain: number[] }
  /** Picodollars. */
  budget: number | null
  /** Picodollars, as decimal text. */
  billed: string
}

/** A test, in the report of a whole run. */
export interface TestRow {
  file: string
  test: string
  state: string
  orchestration: string
  seed: string
  simulatedMs: number
  realMs: number
  calls: number
  failed: number
  retries: number
  /** Picodollars, as decimal text. */
  cost: string
  checks: string[]
  /** The file of its run, from the report's folder. */
  report: string
}

/** A sweep, in the report of a whole run. */
export interface SweepRow {
  orchestration: string
  cases: number
  failed: number
  exercised: Record<string, number>
  sometimes: Record<string, number>
  rates: { failRate: number; tests: number; passed: number }[]
}

/** What runs of an orchestration, or of it on a model, are predicted to cost and take. Intervals are those of 90 % of the runs. */
export interface PredictedRow {
  label: string
  runs: number
  /** Share of runs that complete. */
  completed: number
  /** US dollars. */
  cost: { median: number; from: number; to: number; mean: number; under99: number }
  seconds: { median: number; from: number; to: number }
  calls: { median: number; from: number; to: number }
  /** US dollars a month, at 1, 10 and 100 runs a day. */
  monthly: [number, number, number]
  /** What the cost goes with, and the share of its variance. */
  drivers: { what: string; share: number }[]
}

/** All that a file holds. */
export type ReportFile =
  | { kind: 'runs'; title: string; runs: RunModel[]; index: string }
  | { kind: 'suite'; title: string; madeAt: string; tests: TestRow[]; sweeps: SweepRow[] }
  | { kind: 'predictions'; title: string; madeAt: string; rows: PredictedRow[] }
  /** Served by `longhaul ui`: it has its events from there. */
  | { kind: 'live'; title: string; url: string }
