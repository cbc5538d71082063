import { inspect } from 'node:util'
import { expect } from 'vitest'
import { formatDuration, parseDuration, type Duration } from '../clock/index.ts'
import { formatDollars, parseDollars, type Money } from '../money/index.ts'
import { meantBy, suggestion } from '../options/index.ts'
import { FAULT_NAMES, scopeOfToday } from '../provider/index.ts'
import type { CallRecord, GatherRecord } from '../trace/index.ts'
import { withoutOwnFrames } from './frames.ts'
import { Outcome, RunRecord } from '../simulation/outcome.ts'
import { timeline } from '../report/timeline.ts'
import { PARTS, SINGULAR } from '../simulation/known-names.ts'
import { idleText, InvalidMatcherError, strangerText, type Named } from './known-name.ts'

/** A range. An omitted bound is open. `exactly` is a range of one value. */
export interface Between<Value> {
  /** The lower bound, included. */
  atLeast?: Value
  /** The upper bound, included. */
  atMost?: Value
  /** Both bounds at once. */
  exactly?: Value
}

/** Selects the calls to count. An omitted field selects all calls. */
export interface CallFilter {
  /** Only calls of this agent. Default: all agents. */
  agent?: string
  /** Only calls to this model. Default: all models. */
  model?: string
  /** Only calls to this service, such as `openai`. Default: all services. */
  service?: string
  /** @deprecated The former name of `service`. */
  provider?: string
  /** Only calls with this status. Default: all calls. */
  status?: 'ended' | 'failed' | 'open' | 'refused'
  /** Only calls with this fault: the name of a fault, `disconnected`, or the reason for a refused request. */
  fault?: string
}

/** Matchers for outcomes and gathers. */
export interface OrchestrationMatchers<R = unknown> {
  /**
   * Expects that the system returned, and did not throw.
   *
   * @example
   * ```ts
   * expect(await run()).toHaveCompleted()
   * ```
   */
  toHaveCompleted(): R
  /**
   * Expects that the system threw an error of this class, or one whose message contains this text or matches this pattern.
   *
   * @example
   * ```ts
   * expect(await run()).toHaveFailedWith('budget')
   * expect(await run()).toHaveFailedWith(OpenAI.RateLimitError)
   * ```
   */
  toHaveFailedWith(expected: (new (...args: never[]) => Error) | string | RegExp): R
  /**
   * Expects a simulated time from the start of the run to its end.
   *
   * @example
   * ```ts
   * expect(outcome).toHaveElapsed({ atLeast: '30s', atMost: '2m' })
   * ```
   */
  toHaveElapsed(range: Between<Duration>): R
  /**
   * Expects what the services bill for the run, or for one agent: an exact amount (US dollars, or picodollars as a bigint), or
   * a range.
   *
   * @example
   * ```ts
   * expect(outcome).toHaveCost({ atMost: '$0.10' })
   * expect(outcome).toHaveCost({ atMost: '$0.01' }, { agent: 'planner' })
   * ```
   */
  toHaveCost(dollars: Money | Between<Money>, of?: { agent?: string }): R
  /**
   * Expects a number of calls that reached the services, retries included. Requests that a service rejected at once (400,
   * 401 …) have the status `refused`. Calls whose end comes after the end of the run have the status `open`.
   *
   * @example
   * ```ts
   * expect(outcome).toHaveCalls(3, { agent: 'planner' })
   * expect(outcome).toHaveCalls({ atMost: 1 }, { fault: 'rate_limited' })
   * ```
   */
  toHaveCalls(count: number | Between<number>, of?: CallFilter): R
  /**
   * Expects that an agent sent a prompt that contains a text or matches a pattern, by default in at least one call.
   * Needs `trace: { contents: true }`. Earlier answers in the history do not count.
   *
   * @example
   * ```ts
   * expect(outcome).toHaveAsked('reviewer', /draft 2/)
   * ```
   */
  toHaveAsked(agent: string, what: string | RegExp, count?: number | Between<number>, of?: Omit<CallFilter, 'agent'>): R
  /**
   * Expects that all of these agents had a call in progress at the same moment.
   *
   * @example
   * ```ts
   * expect(outcome).toHaveOverlapped(['ann', 'ben'])
   * ```
   */
  toHaveOverlapped(agents: readonly string[]): R
  /**
   * Expects that each of these agents made its first call after the last call of the agent before it had ended. Agents that take
   * turns have no such order: compare `outcome.calls.map(({ agent }) => agent)`.
   *
   * @example
   * ```ts
   * expect(outcome).toHaveOrder(['planner', 'writer'])
   * ```
   */
  toHaveOrder(agents: readonly string[]): R
  /**
   * Expects a gather that ended without the answers of some agents: the agents whose answers were received, and the
   * missing agents.
   *
   * @example
   * ```ts
   * expect(outcome.gather('votes')).toBePartial({ missing: ['silent'] })
   * ```
   */
  toBePartial(expected?: { received?: readonly string[]; missing?: readonly string[] }): R
  /**
   * Expects a gather in which no agent was missing.
   *
   * @example
   * ```ts
   * expect(outcome.gather('votes')).toBeComplete()
   * ```
   */
  toBeComplete(): R
}

interface Verdict {
  pass: boolean
  message: () => string
}

function outcomeOf(given: unknown, matcher: string): Outcome {
  if (given instanceof Outcome) return given
  throw new TypeError(`${matcher} is for the outcome of an orchestration (await run()); it was given ${typeof given}.`)
}

function recordOf(given: unknown, matcher: string): RunRecord {
  if (given instanceof RunRecord) return given
  throw new TypeError(
    `${matcher} is for an outcome (await run()), or for one of its parts (outcome.parts); it was given ${typeof given}.`,
  )
}

function gatherOf(given: unknown, matcher: string): GatherRecord {
  if (typeof given === 'object' && given !== null && 'gather' in given && 'missing' in given)
    return given as GatherRecord
  throw new TypeError(`${matcher} is for a gather (outcome.gather('name')); it was given ${typeof given}.`)
}

/** A failed assertion is told by its message alone: where the matcher fits, the assertion was negated. */
const not = (pass: boolean): string => (pass ? 'not ' : '')

const verdict = (pass: boolean, text: string, outcome?: RunRecord): Verdict => ({
  pass,
  message: () => (outcome ? `${text}\n${timeline(outcome.trace, undefined, text)}` : text),
})

/** What Vitest says of an assertion. */
interface Asserted {
  /** Vitest leaves it out where it is not. */
  isNot?: boolean
}

/** The names of a filter. */
const namesOf = (of: CallFilter): Named[] =>
  PARTS.flatMap((part) => {
    const name = of[SINGULAR[part]] ?? (part === 'services' ? of.provider : undefined)
    return name === undefined ? [] : [[part, name] as const]
  })

const agentsOf = (agents: readonly string[]): Named[] => agents.map((agent) => ['agents', agent] as const)

/**
 * A verdict in which names play a part. An assertion that holds only as a name is nobody's would hold whatever happened.
 *
 * @throws InvalidMatcherError for such a one
 */
function verdictOn(
  { isNot = false }: Asserted,
  matcher: string,
  { pass, text, outcome, of }: { pass: boolean; text: string; outcome: RunRecord; of: readonly Named[] },
): Verdict {
  const stranger = strangerText(outcome, of)
  if (stranger !== '' && pass !== isNot) throw new InvalidMatcherError(`${matcher}: n${stranger.slice(1)}`)
  return verdict(pass, [text, stranger || idleText(outcome, of)].filter(Boolean).join(' '), outcome)
}

const within = <Value extends number | bigint>(value: Value, { atLeast, atMost, exactly }: Between<Value>): boolean =>
  (exactly === undefined || value === exactly) &&
  (atLeast === undefined || value >= atLeast) &&
  (atMost === undefined || value <= atMost)

const rangeText = <Value>({ atLeast, atMost, exactly }: Between<Value>, write: (value: Value) => string): string =>
  [
    exactly === undefined ? '' : `exactly ${write(exactly)}`,
    atLeast === undefined ? '' : `at least ${write(atLeast)}`,
    atMost === undefined ? '' : `at most ${write(atMost)}`,
  ]
    .filter(Boolean)
    .join(' and ')

/** A duration as people write it, with its milliseconds where that rounds. */
const exactDuration = (ms: number): string =>
  parseDuration(formatDuration(ms)) === ms ? formatDuration(ms) : `${formatDuration(ms)} (${ms} ms)`

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.toSorted().join('\u0000') === b.toSorted().join('\u0000')
const names = (list: readonly string[]): string => (list.length > 0 ? list.join(', ') : 'no agent')

const map = <From, To>({ atLeast, atMost, exactly }: Between<From>, read: (value: From) => To): Between<To> => ({
  ...(exactly !== undefined && { exactly: read(exactly) }),
  ...(atLeast !== undefined && { atLeast: read(atLeast) }),
  ...(atMost !== undefined && { atMost: read(atMost) }),
})

const endOf = ({ endedAt }: CallRecord): number => endedAt ?? Number.POSITIVE_INFINITY

/** A moment at which each of the agents has a call under way. It may be looked for where one begins. */
function momentOfAll(calls: readonly CallRecord[], agents: readonly string[]): number | undefined {
  const own = new Map(agents.map((agent) => [agent, calls.filter((call) => call.agent === agent)]))
  const begins = [...own.values()].flat().map(({ arrivedAt }) => arrivedAt)
  return begins
    .toSorted((a, b) => a - b)
    .find((at) => [...own.values()].every((of) => of.some((call) => call.arrivedAt <= at && at < endOf(call))))
}

/** Why agents did not call one after another. */
function orderProblem(calls: readonly CallRecord[], agents: readonly string[]): string | undefined {
  let before: { agent: string; endedAt: number } | undefined
  for (const agent of agents) {
    const own = calls.filter((call) => call.agent === agent)
    if (own.length === 0) return 'not all of them did'
    const beganAt = Math.min(...own.map(({ arrivedAt }) => arrivedAt))
    if (before && beganAt < before.endedAt)
      return `${agent} began at ${formatDuration(beganAt)}, before ${before.agent} had ended`
    before = { agent, endedAt: Math.max(...own.map(endOf)) }
  }
  return undefined
}

/** Refuses names that a matcher does not read: what is misspelt would let it pass whatever happened. */
function known(matcher: string, given: unknown, names: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidMatcherError(
      `${matcher} was given ${String(given)}. Give an object with some of: ${names.join(', ')}.`,
    )
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new InvalidMatcherError(`${matcher} has no option "${name}". ${suggestion(name, names)}`)
}
const RANGE = ['atLeast', 'atMost', 'exactly']
const STATUSES = ['ended', 'failed', 'open', 'refused']

const FILTERS = ['agent', 'model', 'service', 'provider', 'status', 'fault']
/** What a call can suffer from beside the faults. */
const OTHER_FAULTS = [
  'disconnected',
  'request_too_large',
  'outside',
  'unsimulated',
  'invalid',
  'malformed',
  'unauthorized',
  'too_large',
  'model_not_found',
  'context_length',
]
/** Faults that no call ends by: it stays open until its client goes away. */
const ENDLESS: readonly string[] = ['hang', 'stall', 'stall_with_pings', 'hang_with_pings']
const MAX_PROMPTS = 5
const PROMPT_LENGTH = 200

/** The calls that fit. @throws InvalidMatcherError for what no call can be */
function filtered({ calls }: RunRecord, of: CallFilter, matcher: string): CallRecord[] {
  known(matcher, of, FILTERS)
  if (of.status !== undefined && !STATUSES.includes(of.status))
    throw new InvalidMatcherError(
      `${matcher}: a call cannot have the status "${of.status}". ${suggestion(of.status, STATUSES)}`,
    )
  const faults = [...FAULT_NAMES, ...OTHER_FAULTS, ...calls.flatMap(({ fault }) => fault ?? [])]
  if (of.fault !== undefined && !faults.includes(of.fault) && meantBy(of.fault, faults) !== undefined)
    throw new InvalidMatcherError(`${matcher}: there is no fault "${of.fault}". ${suggestion(of.fault, faults)}`)
  if (of.fault !== undefined && ENDLESS.includes(of.fault))
    throw new InvalidMatcherError(
      `${matcher}: no call ends with the fault "${of.fault}": the call stays open until its client disconnects. Give { fault: 'disconnected' }, or { status: 'open' } for a call that is still open.`,
    )
  const filters = Object.entries(scopeOfToday(of)) as [keyof CallFilter, string][]
  return calls.filter((call) => filters.every(([name, value]) => call[name] === value))
}

const filterText = (of: CallFilter): string =>
  Object.entries(of)
    .map(([name, value]) => ` with ${name} ${value}`)
    .join('')

/** Calls that may have come to the end that is asked for, had the outcome not been frozen before. */
function openText(outcome: RunRecord, of: CallFilter): string {
  if (of.status !== 'failed' && of.status !== 'ended') return ''
  const whose = Object.fromEntries(Object.entries(of).filter(([name]) => name !== 'fault'))
  const open = filtered(outcome, { ...whose, status: 'open' }, 'toHaveCalls').length
  return open === 0
    ? ''
    : ` ${open} more had no end when the run ended, and an outcome is frozen then. To see how they end, call sleep(1) after the run, and read the fixture trace.`
}

/** A number, or a range, that a number may be in. */
function counted(matcher: string, count: number | Between<number>): { isIn(found: number): boolean; wanted: string } {
  if (typeof count === 'number') return { isIn: (found) => found === count, wanted: String(count) }
  known(matcher, count, RANGE)
  return { isIn: (found) => within(found, count), wanted: rangeText(count, String) }
}

/** @throws InvalidMatcherError for an agent that a gather has nothing to do with */
function verifyExpected({ name, expected, received, late }: GatherRecord, agent: string): void {
  const all = [...new Set([...expected, ...received, ...late])]
  if (all.includes(agent)) return
  throw new InvalidMatcherError(
    `toBePartial: the gather "${name}" expects no agent "${agent}". It expects: ${names(expected)}.`,
  )
}

const hasAsked = ({ messages = [] }: CallRecord, what: string | RegExp): boolean =>
  messages.some(
    ({ role, text }) =>
      role !== 'assistant' && (typeof what === 'string' ? text.includes(what) : text.search(what) >= 0),
  )

/** What the system threw, with its stack and its causes. */
const thrownText = (outcome: Outcome): string =>
  outcome.status === 'failed' ? `\nThe system threw:\n${withoutOwnFrames(inspect(outcome.error, { depth: 5 }))}` : ''

/** An error as part of a sentence. */
const sentence = (error: unknown): string => String(error).replace(/\.$/, '')

const matchers = {
  toHaveCompleted(given: unknown): Verdict {
    const outcome = outcomeOf(given, 'toHaveCompleted')
    const how = outcome.status === 'completed' ? 'it completed' : `it failed with ${sentence(outcome.error)}`
    const pass = outcome.status === 'completed'
    return verdict(
      pass,
      `Expected the orchestration ${not(pass)}to complete; ${how} after ${formatDuration(outcome.elapsedMs)}.${thrownText(outcome)}`,
      outcome,
    )
  },

  toHaveFailedWith(given: unknown, expected: (new (...args: never[]) => Error) | string | RegExp): Verdict {
    const outcome = outcomeOf(given, 'toHaveFailedWith')
    const { error } = outcome
    const message = error instanceof Error ? error.message : String(error)
    const fits =
      typeof expected === 'function'
        ? error instanceof expected
        : typeof expected === 'string'
          ? message.includes(expected)
          : expected.test(message)
    const wanted = typeof expected === 'function' ? expected.name : String(expected)
    const how = outcome.status === 'completed' ? 'it completed' : `it failed with ${sentence(error)}`
    const pass = outcome.status === 'failed' && fits
    return verdict(
      pass,
      `Expected the orchestration ${not(pass)}to fail with ${wanted}; ${how}.${thrownText(outcome)}`,
      outcome,
    )
  },

  toHaveElapsed(given: unknown, range: Between<Duration>): Verdict {
    const outcome = recordOf(given, 'toHaveElapsed')
    known('toHaveElapsed', range, RANGE)
    const text = `Expected ${rangeText(map(range, parseDuration), exactDuration)} of time; the orchestration took ${exactDuration(outcome.elapsedMs)}.`
    return verdict(within(outcome.elapsedMs, map(range, parseDuration)), text, outcome)
  },

  toHaveCost(this: Asserted, given: unknown, dollars: Money | Between<Money>, of: { agent?: string } = {}): Verdict {
    const outcome = recordOf(given, 'toHaveCost')
    if (typeof dollars === 'object' || dollars === undefined) known('toHaveCost', dollars, RANGE)
    known('toHaveCost', of, ['agent'])
    const range = typeof dollars === 'object' ? dollars : { atLeast: dollars, atMost: dollars }
    const pico = map(range, parseDollars)
    const { cost } = of.agent === undefined ? outcome.ledger.total : outcome.ledger.agent(of.agent)
    const wanted =
      typeof dollars === 'object' ? rangeText(pico, formatDollars) : `exactly ${formatDollars(parseDollars(dollars))}`
    return verdictOn(this, 'toHaveCost', {
      pass: within(cost, pico),
      text: `Expected a cost of ${wanted}${of.agent ? ` for ${of.agent}` : ''}; the provider bills ${formatDollars(cost)}.`,
      outcome,
      of: namesOf(of),
    })
  },

  toHaveCalls(this: Asserted, given: unknown, count: number | Between<number>, of: CallFilter = {}): Verdict {
    const outcome = recordOf(given, 'toHaveCalls')
    const found = filtered(outcome, of, 'toHaveCalls').length
    const { isIn, wanted } = counted('toHaveCalls', count)
    const text = `Expected ${wanted} calls${filterText(of)}; the trace has ${found}.${openText(outcome, of)}`
    return verdictOn(this, 'toHaveCalls', { pass: isIn(found), text, outcome, of: namesOf(of) })
  },

  toHaveAsked(
    this: Asserted,
    given: unknown,
    agent: string,
    what: string | RegExp,
    count: number | Between<number> = { atLeast: 1 },
    of: Omit<CallFilter, 'agent'> = {},
  ): Verdict {
    const outcome = recordOf(given, 'toHaveAsked')
    const own = filtered(outcome, { ...of, agent }, 'toHaveAsked')
    if (outcome.calls.length > 0 && outcome.calls.every(({ messages }) => messages === undefined))
      throw new InvalidMatcherError(
        'toHaveAsked needs the texts of prompts, which this trace does not keep. Give the orchestration trace: { contents: true }.',
      )
    const found = own.filter((call) => hasAsked(call, what)).length
    const { isIn, wanted } = counted('toHaveAsked', count)
    const asked = own.flatMap(({ messages }) => messages?.findLast(({ role }) => role !== 'assistant')?.text ?? [])
    const shown = asked.slice(-MAX_PROMPTS).map((text) => `\n  ${JSON.stringify(text.slice(0, PROMPT_LENGTH))}`)
    return verdictOn(this, 'toHaveAsked', {
      pass: isIn(found),
      text:
        `Expected ${agent} to ask ${what instanceof RegExp ? what : JSON.stringify(what)} in ${wanted} calls${filterText(of)}; the agent did in ${found}.` +
        (shown.length > 0 ? ` Its newest prompts:${shown.join('')}` : ' The agent made no such call.'),
      outcome,
      of: namesOf({ ...of, agent }),
    })
  },

  toHaveOverlapped(this: Asserted, given: unknown, agents: readonly string[]): Verdict {
    const outcome = recordOf(given, 'toHaveOverlapped')
    const at = momentOfAll(outcome.calls, agents)
    return verdictOn(this, 'toHaveOverlapped', {
      pass: at !== undefined,
      text: `Expected ${names(agents)} ${not(at !== undefined)}to have calls in progress at the same moment; ${at === undefined ? 'there is no such moment' : `they had at ${formatDuration(at)}`}.`,
      outcome,
      of: agentsOf(agents),
    })
  },

  toHaveOrder(this: Asserted, given: unknown, agents: readonly string[]): Verdict {
    const outcome = recordOf(given, 'toHaveOrder')
    const twice = agents.find((agent, place) => agents.indexOf(agent) !== place)
    if (twice !== undefined)
      throw new InvalidMatcherError(
        `toHaveOrder was given "${twice}" twice. It compares all calls of an agent with all of the next; for agents that take turns, compare outcome.calls.map(({ agent }) => agent).`,
      )
    const problem = orderProblem(outcome.calls, agents)
    return verdictOn(this, 'toHaveOrder', {
      pass: problem === undefined,
      text: `Expected the agents ${not(problem === undefined)}to call in the order ${agents.join(', ')}; ${problem ?? 'they did'}.`,
      outcome,
      of: agentsOf(agents),
    })
  },

  toBePartial(
    this: Asserted,
    given: unknown,
    { received, missing, ...more }: { received?: readonly string[]; missing?: readonly string[] } = {},
  ): Verdict {
    const gather = gatherOf(given, 'toBePartial')
    known('toBePartial', { ...(received && { received }), ...(missing && { missing }), ...more }, [
      'received',
      'missing',
    ])
    const pass =
      gather.missing.length > 0 &&
      (received === undefined || sameMembers(gather.received, received)) &&
      (missing === undefined || sameMembers(gather.missing, missing))
    // It would not be partial in that way whatever happened.
    if (!pass && this.isNot)
      for (const agent of [...(received ?? []), ...(missing ?? [])]) verifyExpected(gather, agent)
    const wanted = `received ${received ? names(received) : 'any agents'}, missing ${missing ? names(missing) : 'at least one agent'}`
    return verdict(
      pass,
      `Expected a partial gather "${gather.name}" (${wanted}); received ${names(gather.received)}, missing ${names(gather.missing)}.`,
    )
  },

  toBeComplete(given: unknown): Verdict {
    const gather = gatherOf(given, 'toBeComplete')
    const pass = gather.missing.length === 0
    return verdict(
      pass,
      `Expected the gather "${gather.name}" ${not(pass)}to be complete; missing: ${names(gather.missing)}.`,
    )
  },
}

expect.extend(matchers as unknown as Parameters<typeof expect.extend>[0])

declare module 'vitest' {
  // The parameters repeat those of Vitest's own declaration, as merging interfaces asks for.
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends OrchestrationMatchers<R> {}
}
