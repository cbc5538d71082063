import { parseDuration, type Duration } from '../clock/index.ts'
import { parseDollars } from '../money/index.ts'
import { UsageError, type Flags, type Given } from './flags.ts'
import { readSettingsFile } from './settings-file.ts'

type Kind = 'text' | 'number' | 'whole' | 'share' | 'duration' | 'dollars' | 'list' | 'boolean' | 'services'

/** A setting of the daemon: as a flag, in the environment, in the settings file. */
interface Setting {
  kind: Kind
  about: string
  /** Variables of the environment that say it, the first one that is there. */
  env?: readonly string[]
}

/** All settings, by their names in the settings file; as flags they have `-` in place of `_`. */
export const SETTINGS = {
  live: {
    kind: 'boolean',
    about: 'calls the real services, with OPENAI_API_KEY and ANTHROPIC_API_KEY, which costs money',
  },
  time: { kind: 'text', about: 'the speed of the clock: real, or a factor such as 60x', env: ['LONGHAUL_TIME'] },
  latency: { kind: 'text', about: 'latency of simulated answers: 8s, or 2s..30s' },
  seed: { kind: 'text', about: 'seed of the simulated services', env: ['LONGHAUL_SEED'] },
  fail_rate: {
    kind: 'share',
    about: 'share of simulated calls that fail',
    env: ['LONGHAUL_FAIL_RATE', 'KSI_COMPLETION_PROVIDER_FAIL_RATE'],
  },
  patterns: { kind: 'list', about: 'additional folders of patterns' },
  functions: { kind: 'list', about: 'modules with functions for CALL, such as ./scoring.ts' },
  model: { kind: 'text', about: 'the model of patterns that name none' },
  failover: { kind: 'list', about: 'fallback models, used when a model fails' },
  retry_attempts: { kind: 'whole', about: 'attempts of one request at one model' },
  retry_first_delay: { kind: 'duration', about: 'upper bound of the delay before the first retry' },
  retry_factor: { kind: 'number', about: 'factor by which that bound grows with each retry' },
  retry_max_delay: { kind: 'duration', about: 'upper bound of every delay' },
  retry_budget: { kind: 'number', about: 'retries allowed for each request, on average over the run' },
  breaker_failures: { kind: 'whole', about: 'failures in the window that open a circuit breaker' },
  breaker_failure_rate: { kind: 'share', about: 'failure rate above which a circuit breaker opens' },
  breaker_share: { kind: 'share', about: 'former name of breaker_failure_rate' },
  breaker_window: { kind: 'duration', about: 'length of the window in which a breaker counts calls' },
  breaker_open_for: { kind: 'duration', about: 'time for which a breaker stays open' },
  budget_limit: { kind: 'dollars', about: 'limit of the cost of one orchestration, in US dollars' },
  budget_fallback_at: { kind: 'share', about: 'share of the budget above which the cheaper model is used' },
  budget_fallback_model: { kind: 'text', about: 'the cheaper model' },
  budget_check_every: { kind: 'whole', about: 'number of calls between two cost.checked events' },
  supervision_hung_after: {
    kind: 'duration',
    about: 'time without progress after which a working agent counts as hung',
  },
  supervision_max_restarts: { kind: 'whole', about: 'restarts of an agent before it is marked as failed' },
  cache: { kind: 'boolean', about: 'caches answers, and reuses them for the same prompt' },
  cache_similarity: {
    kind: 'share',
    about: 'similarity of prompts that share an answer; below 1, prompts of the same form do',
  },
  cache_ttl: { kind: 'duration', about: 'time for which a cached answer is valid' },
  cache_size: { kind: 'whole', about: 'maximum number of cached answers' },
  call_timeout: { kind: 'duration', about: 'time limit of one attempt' },
  hedge_after: { kind: 'duration', about: 'sends a second (hedged) request after this time' },
  gather_timeout: { kind: 'duration', about: 'timeout of a GATHER that sets none' },
  max_tokens: { kind: 'whole', about: 'maximum number of tokens of one answer' },
  conversation_tokens: {
    kind: 'whole',
    about: 'maximum length of a conversation in tokens; the oldest messages are dropped',
  },
  conversation_lock: { kind: 'duration', about: 'maximum time for which one request locks a conversation' },
  max_event_hops: { kind: 'whole', about: 'maximum length of a chain of events' },
  trace_completions: { kind: 'boolean', about: 'adds prompts and answers to the trace' },
  log_bytes: { kind: 'whole', about: 'size at which the event log is rotated, in bytes', env: ['LONGHAUL_LOG_BYTES'] },
  metrics_port: { kind: 'whole', about: 'serves metrics for Prometheus at /metrics of this port; needs prom-client' },
  log_keep: { kind: 'whole', about: 'number of rotated event logs that are kept', env: ['LONGHAUL_LOG_KEEP'] },
  history_keep: { kind: 'whole', about: 'number of ended orchestrations, and of completions, that are kept' },
  services: { kind: 'services', about: 'in the settings file: { name: { base_url, format, api_key_env } }' },
} as const satisfies Readonly<Record<string, Setting>>

type Name = keyof typeof SETTINGS
const NAMES = Object.keys(SETTINGS) as Name[]

const PLACEHOLDERS: Readonly<Record<Kind, string | undefined>> = {
  text: 'TEXT',
  number: 'NUMBER',
  whole: 'NUMBER',
  share: 'SHARE',
  duration: 'DURATION',
  dollars: 'DOLLARS',
  list: 'A,B',
  boolean: undefined,
  services: undefined,
}

/** The flags of `longhaul daemon start`. */
export const DAEMON_FLAGS: Flags = {
  config: { about: 'the settings file; default: longhaul.yaml or longhaul.json here, if there is one', value: 'FILE' },
  layout: { about: 'folder of the files of the daemon: home (.longhaul/var) or plan (./var)', value: 'home|plan' },
  ui: { about: 'also serves the live page, as longhaul ui does' },
  'ui-port': { about: 'port of the live page; default: 8080', value: 'NUMBER' },
  ...Object.fromEntries(
    NAMES.filter((name) => SETTINGS[name].kind !== 'services').map((name) => {
      const { about, kind } = SETTINGS[name]
      const value = PLACEHOLDERS[kind]
      return [name.replaceAll('_', '-'), { about, ...(value !== undefined && { value }) }]
    }),
  ),
}

/** What each kind is read as. Nothing where it does not fit. */
const READ: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text: (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined),
  number: (value) => numeric(value, (number) => number >= 0),
  whole: (value) => numeric(value, (number) => Number.isInteger(number) && number >= 0),
  share: (value) => numeric(value, (number) => number >= 0 && number <= 1),
  duration(value) {
    const seconds = numeric(value, () => true)
    try {
      return parseDuration(seconds === undefined ? (value as Duration) : seconds * 1_000)
    } catch {
      return undefined
    }
  },
  dollars(value) {
    try {
      parseDollars(value as string)
      return value
    } catch {
      return undefined
    }
  },
  list: (value) =>
    (Array.isArray(value) ? value : String(value).split(','))
      .map((each) => String(each).trim())
      .filter((each) => each !== ''),
  boolean: (value) =>
    value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
  services: (value) => value,
}

function numeric(value: unknown, fits: (number: number) => boolean): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isFinite(number) && fits(number) ? number : undefined
}

const WANTED: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a number of at least 0',
  whole: 'a whole number of at least 0',
  share: 'a number from 0 to 1',
  duration: 'seconds, or a duration such as 2s',
  dollars: 'US dollars, such as 5.00',
  list: 'a list',
  boolean: 'true or false',
  services: 'a block of services',
}

/** The settings in force. */
export interface ResolvedDaemonSettings {
  /** The settings file, if there is one. */
  file: string | undefined
  /** A setting that somebody has given. */
  value<Value>(name: Name): Value | undefined
}

/**
 * Reads the settings: flags go before the environment, and that before the settings file.
 *
 * @throws UsageError for one that is unknown or makes no sense
 */
export function settingsInForce({ flags }: Given, env: NodeJS.ProcessEnv): ResolvedDaemonSettings {
  const { file, values } = readSettingsFile(flags['config'], NAMES)
  const read = NAMES.flatMap((name): [Name, unknown][] => {
    const setting: Setting = SETTINGS[name]
    const flag = name.replaceAll('_', '-')
    const variable = setting.env?.find((each) => env[each])
    const [where, given] =
      flags[flag] !== undefined
        ? [`--${flag}`, flags[flag]]
        : variable !== undefined
          ? [variable, env[variable]]
          : [`${file ?? ''}: ${name}`, values[name]]
    if (given === undefined || given === null) return []
    const value = READ[setting.kind](given)
    if (value === undefined) throw new UsageError(`${where} is ${JSON.stringify(given)}. Give ${WANTED[setting.kind]}.`)
    return [[name, value]]
  })
  const inForce = new Map<Name, unknown>(read)
  return { file, value: <Value>(name: Name) => inForce.get(name) as Value | undefined }
}
