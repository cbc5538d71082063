import type { ClockOptions } from '../clock/index.ts'
import type { NetworkOptions } from '../mount/index.ts'
import { suggestion } from '../options/index.ts'
import type { PatternText } from '../pattern/index.ts'
import type { ProviderConfig } from '../provider/index.ts'
import type { PatternSettings, System, Vars } from '../systems/index.ts'
import { InvalidSettingError, type RunSettings } from './settings.ts'

/** Options of the trace. */
export interface TraceOptions {
  /** Keeps the texts of prompts and answers, which `toHaveAsked` needs. Default false. */
  contents?: boolean
}

/** Options of an orchestration under test, for functions and patterns alike. */
export interface CommonOptions extends RunSettings {
  /** The simulated services: replies, latency, faults, limits. */
  provider?: ProviderConfig
  /** The names of the agents, for `context.agents` and reports. Default: the names in `provider.agents`. */
  agents?: readonly string[]
  /** Values that the system gets as `context.vars`; `run({ vars })` overrides single ones. */
  vars?: Vars
  /** Settings of the simulated clock. */
  clock?: ClockOptions
  /**
   * Whether the provider answers at the addresses of its services, for every client (default), or the test mounts the
   * provider itself (`false`).
   */
  mount?: 'fetch' | false
  /** What the trace keeps: with `contents`, the texts of prompts and answers too. Default: without. */
  trace?: TraceOptions
  /**
   * The network: in virtual and scaled time, the test can reach this machine and the hosts in `allow`, and no others.
   */
  network?: Pick<NetworkOptions, 'allow'>
}

/** An orchestration under test that is any async function. */
export interface FunctionOptions<Result = unknown, Given extends Vars = Vars> extends Omit<CommonOptions, 'vars'> {
  /** The orchestration under test: any async function. */
  system: System<Result, Given>
  /** The value of `context.vars`; a run can override single variables. */
  vars?: Given
  /** Not allowed beside `system`. */
  pattern?: undefined
}

/** An orchestration under test that is a YAML pattern, run by the reference orchestrator. */
export interface PatternOptions extends CommonOptions {
  /** The path of a YAML file, or its text. */
  pattern: string | PatternText
  /** Settings of the reference orchestrator that runs the pattern. */
  orchestrator?: PatternSettings
  /** Not allowed beside `pattern`. */
  system?: undefined
}

/** The options of `describeOrchestration`. */
export type OrchestrationOptions<Result = unknown> = FunctionOptions<Result> | PatternOptions

const OPTIONS = [
  ...['system', 'pattern', 'orchestrator', 'provider', 'agents', 'vars', 'clock', 'mount', 'network', 'trace'],
  ...['seed', 'time', 'failRate', 'latencyScale', 'checks', 'unused'],
]

/** Options within options. */
const NESTED: Readonly<Record<string, readonly string[]>> = {
  trace: ['contents'],
  clock: ['epoch', 'settle', 'quiet', 'horizon', 'deadlockAfter', 'probes', 'actor', 'tell'],
  network: ['allow'],
}

/** @throws InvalidSettingError for an option within another one that nobody reads */
function checkNested(options: object): void {
  for (const [owner, names] of Object.entries(NESTED)) {
    const given: unknown = (options as Readonly<Record<string, unknown>>)[owner]
    if (given === undefined) continue
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw new InvalidSettingError(`${owner} is ${String(given)}. Give an object with: ${names.join(', ')}.`)
    for (const name of Object.keys(given))
      if (!names.includes(name))
        throw new InvalidSettingError(`There is no option ${owner}.${name}. ${suggestion(name, names)}`)
  }
  const allow: unknown = (options as OrchestrationOptions).network?.allow
  if (allow !== undefined && !(Array.isArray(allow) && allow.every((host) => typeof host === 'string')))
    throw new InvalidSettingError(
      `network.allow is ${JSON.stringify(allow)}. Give a list of hosts, such as ['api.example.com'].`,
    )
}

/** @throws InvalidSettingError for an option that nobody reads */
export function checkOptions(options: object): void {
  for (const [name, given] of Object.entries(options))
    if (given !== undefined && !OPTIONS.includes(name))
      throw new InvalidSettingError(`An orchestration has no option "${name}". ${suggestion(name, OPTIONS)}`)
  checkNested(options)
  const { system, pattern } = options as { system?: unknown; pattern?: unknown }
  if (pattern !== undefined && system !== undefined)
    throw new InvalidSettingError('system and pattern are both set. Set one of them.')
  if (pattern === undefined && typeof system !== 'function')
    throw new InvalidSettingError(`system is ${String(system)}. Give an async function, or set pattern instead.`)
}
