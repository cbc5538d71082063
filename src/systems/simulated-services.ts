import { parseDuration, type Clock, type Milliseconds } from '../clock/index.ts'
import { playing, STRATEGIES, type StrategyName } from '../games/index.ts'
import { fetchOf } from '../mount/index.ts'
import type { ServiceSettings } from '../orchestrator/index.ts'
import { nearest } from '../options/index.ts'
import type { AgentSettings } from '../pattern/index.ts'
import {
  never,
  Provider,
  uniform,
  type AgentConfig,
  type CallRequest,
  type Latency,
  type ReplyRule,
} from '../provider/index.ts'
import { KeyedRandom } from '../random/index.ts'
import { Trace } from '../trace/index.ts'

/** Thrown for an invalid latency. */
class InvalidLatencyError extends Error {
  override readonly name = 'InvalidLatencyError'
  readonly code = 'LONGHAUL_INVALID_LATENCY'
}

/** How long agents take that say so in words. Source: the test plan. */
const RESPONSE_TIMES: Readonly<Record<string, Latency>> = {
  fast: uniform('1s', '3s'),
  slow: uniform('20s', '30s'),
  timeout: never(),
}

/** A duration as text; a bare number is milliseconds. */
const readDuration = (text: string): Milliseconds => parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text)

/**
 * Reads how long answers take: `fast`, `slow` (20 to 30 s) or `timeout` (never), a duration, or a range such as `2s..30s`. A bare number
 * is milliseconds.
 *
 * @throws InvalidLatencyError
 */
export function readLatency(text: string): Latency {
  if (Object.hasOwn(RESPONSE_TIMES, text)) return RESPONSE_TIMES[text]!
  const [from = '', to] = text.split('..').map((part) => part.trim())
  try {
    return to === undefined ? readDuration(from) : uniform(readDuration(from), readDuration(to))
  } catch {
    const meant = nearest(text, Object.keys(RESPONSE_TIMES))
    throw new InvalidLatencyError(
      `${JSON.stringify(text)} is not a valid latency. ${meant ? `Did you mean "${meant}"? ` : ''}` +
        `Give ${Object.keys(RESPONSE_TIMES).join(', ')}, a duration such as 8s (a bare number is milliseconds), or a range such as 20s..30s.`,
    )
  }
}

/** Who calls, as far as it matters for how it is answered. */
export interface SimulatedCaller {
  /** How long its answers take; by default as long as all others'. */
  responseTime: string | undefined
  /** Share of its calls that fail. */
  failRate: number | undefined
}

/** How simulated services are set up. */
export interface SimulatedServicesOptions {
  /** How long answers take, as `readLatency` reads it. Default: a median of 4 s, 12 s in one call of twenty. */
  latency?: string | undefined
  /** Share of calls that fail. Default 0. */
  failRate?: number | undefined
  /** Chooses the luck. Default 1. */
  seed?: string | number | undefined
  clock: Clock
}

const SERVICES = {
  openai: { baseURL: 'http://openai.simulated.invalid/v1', format: 'openai' },
  anthropic: { baseURL: 'http://anthropic.simulated.invalid', format: 'anthropic' },
} as const

/** The strategies that players are given by their number where their prompt names none. */
const PLAYED: readonly StrategyName[] = [
  'tit_for_tat',
  'always_defect',
  'pavlov',
  'generous_tit_for_tat',
  'random',
  'grim_trigger',
  'adaptive_tit_for_tat',
  'exploiter',
  'always_cooperate',
]

/** A player of the prisoner's dilemma, who plays as its prompt says, or by its number. */
const PLAYER: ReplyRule = {
  content: /You play the prisoner's dilemma against [^]*Answer with COOPERATE or DEFECT\./,
  reply: (asked) => {
    const said = asked.messages.find(({ role }) => role === 'system')?.text ?? ''
    const number = Number(/\d+$/.exec(asked.agent.split(' ')[0]!)?.[0] ?? 1)
    const named = PLAYED.find((name) => said.includes(name))
    return playing(STRATEGIES[named ?? PLAYED[(number + PLAYED.length - 1) % PLAYED.length]!])(asked)
  },
}
/** Whoever is to say yes or no says one of them. */
const JUDGE: ReplyRule = {
  content: /^Answer with yes or no: /m,
  reply: ({ random }) => (random() < 0.5 ? 'Yes.' : 'No.'),
}

/**
 * Simulated services in this process, for a daemon: OpenAI's and Anthropic's wire without a network. Agents whose variable `response_time`
 * says so are answered fast, slowly or never.
 */
export class SimulatedServices {
  readonly #provider: Provider
  readonly #agents: Record<string, AgentConfig> = {}
  readonly #bills = new Map<string, bigint>()
  readonly #open = new Map<number, string>()
  #caller: (run: string, agent: string) => SimulatedCaller | undefined = () => undefined
  #arriving = ''

  /** @throws InvalidLatencyError */
  constructor({ latency, failRate = 0, seed = 1, clock }: SimulatedServicesOptions) {
    const trace = new Trace(() => clock.now(), 'discard')
    trace.onAppend((event) => {
      if (event.type === 'call.arrived') this.#open.set(event.call, this.#arriving)
      if (event.type !== 'call.ended' && event.type !== 'call.failed') return
      const run = this.#open.get(event.call) ?? ''
      this.#open.delete(event.call)
      this.#bills.set(run, (this.#bills.get(run) ?? 0n) + BigInt(event.cost))
    })
    this.#provider = new Provider(
      {
        failRate,
        ...(latency !== undefined && { latency: readLatency(latency) }),
        agents: this.#agents,
        services: Object.fromEntries(
          Object.entries(SERVICES).map(([name, { baseURL, format }]) => [name, { format, baseURLs: [baseURL] }]),
        ),
        replies: [PLAYER, JUDGE],
        identify: (request) => this.#identify(request),
      },
      { clock, trace, random: new KeyedRandom(seed) },
    )
  }

  /** Where they are, for an orchestrator. No key goes to them. */
  get services(): Readonly<Record<string, ServiceSettings>> {
    const answered = fetchOf(this.#provider)
    return Object.fromEntries(
      Object.entries(SERVICES).map(([name, service]) => [name, { ...service, fetch: answered }]),
    )
  }

  /** Refuses agents whose `response_time` says nothing that can be read. */
  check(agents: readonly AgentSettings[]): void {
    for (const { name, vars } of agents) {
      const { response_time: time } = vars ?? {}
      if (time === undefined) continue
      try {
        readLatency(String(time))
      } catch (error) {
        throw new InvalidLatencyError(`The agent ${name}: response_time: ${(error as Error).message}`)
      }
    }
  }

  /** Learns who calls, by the names of a run and an agent. */
  know(caller: (run: string, agent: string) => SimulatedCaller | undefined): void {
    this.#caller = caller
  }

  /** What a run has been billed since this process began. Picodollars. */
  billed(run: string): bigint {
    return this.#bills.get(run) ?? 0n
  }

  /** Forgets what a run was billed. */
  forget(run: string): void {
    this.#bills.delete(run)
  }

  /** The name by which a caller is known here: those that are answered in their own way have one of their own. */
  #identify({ idempotencyKey, callerHints }: CallRequest): string | undefined {
    // The orchestrator's keys begin with the name of the run.
    const [run = ''] = idempotencyKey?.split('/') ?? []
    this.#arriving = run
    const agent = callerHints.find((hint) => hint !== '')
    const caller = agent === undefined ? undefined : this.#caller(run, agent)
    if (agent === undefined || !caller) return undefined
    const { responseTime, failRate } = caller
    if (responseTime === undefined && failRate === undefined) return undefined
    const name = `${agent} ${responseTime ?? ''} ${failRate ?? ''}`.trim()
    this.#agents[name] ??= {
      ...(responseTime !== undefined && { latency: readLatency(responseTime) }),
      ...(failRate !== undefined && { failRate }),
    }
    return name
  }
}
