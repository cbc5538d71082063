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
    about: 'asks the real services, with OPENAI_API_KEY and ANTHROPIC_API_KEY, which costs money',
  },
  time: { kind: 'text', about: 'how fast time runs: real, or a factor such as 60x', env: ['LONGHAUL_TIME'] },
  latency: { kind: 'text', about: 'how long simulated answers take: 8s, or 2s..30s' },
  seed: { kind: 'text', about: 'chooses the luck of simulated services', env: ['LONGHAUL_SEED'] },
  fail_rate: {
    kind: 'share',
    about: 'share of simulated calls that fail',
    env: ['LONGHAUL_FAIL_RATE', 'KSI_COMPLETION_PROVIDER_FAIL_RATE'],
  },
  patterns: { kind: 'list', about: 'further folders of patterns' },
  functions: { kind: 'list', about: 'modules whose functions patterns CALL, such as ./scoring.ts' },
  model: { kind: 'text', about: 'where a pattern names none' },
  failover: { kind: 'list', about: 'models that stand in when one fails' },
  retry_attempts: { kind: 'whole', about: 'tries of one request at one model' },
  retry_first_delay: { kind: 'duration', about: 'the longest first pause between tries' },
  retry_factor: { kind: 'number', about: 'growth of the longest pause' },
  retry_max_delay: { kind: 'duration', about: 'the longest pause of all' },
  retry_budget: { kind: 'number', about: 'retries for each request, on average' },
  breaker_failures: { kind: 'whole', about: 'failures, not made up for by answers, that open a circuit breaker' },
  breaker_share: { kind: 'share', about: 'share of failures above which a service counts as down' },
  breaker_window: { kind: 'duration', about: 'older calls do not count' },
  breaker_open_for: { kind: 'duration', about: 'how long it stays open' },
  budget_limit: { kind: 'dollars', about: 'US dollars that one orchestration may spend' },
  budget_fallback_at: { kind: 'share', about: 'share of the budget from which on a cheaper model is asked' },
  budget_fallback_model: { kind: 'text', about: 'that model' },
  budget_check_every: { kind: 'whole', about: 'calls between two notes of the spending' },
  supervision_hung_after: { kind: 'duration', about: 'an agent at work without progress for so long hangs' },
  supervision_max_restarts: { kind: 'whole', about: 'restarts of an agent before it is given up' },
  cache: { kind: 'boolean', about: 'reuses answers to the same question' },
  cache_similarity: { kind: 'share', about: 'below 1: also to questions of the same form' },
  cache_ttl: { kind: 'duration', about: 'how long an answer is good' },
  cache_size: { kind: 'whole', about: 'most answers that are kept' },
  call_timeout: { kind: 'duration', about: 'the longest that one try may take' },
  hedge_after: { kind: 'duration', about: 'sends a second request when the first takes so long' },
  gather_timeout: { kind: 'duration', about: 'how long a GATHER waits without a timeout of its own' },
  max_tokens: { kind: 'whole', about: 'most tokens of one answer' },
  conversation_tokens: { kind: 'whole', about: 'longer conversations lose their oldest messages' },
  conversation_lock: { kind: 'duration', about: 'the longest that one question may hold a conversation' },
  max_event_hops: { kind: 'whole', about: 'events that may lead to one another' },
  trace_completions: { kind: 'boolean', about: 'puts questions and answers into the trace' },
  log_bytes: { kind: 'whole', about: 'size at which the event log is put aside', env: ['LONGHAUL_LOG_BYTES'] },
  metrics_port: { kind: 'whole', about: 'tells Prometheus how it does, at /metrics of this port; needs prom-client' },
  log_keep: { kind: 'whole', about: 'event logs that were put aside and are kept', env: ['LONGHAUL_LOG_KEEP'] },
  history_keep: { kind: 'whole', about: 'orchestrations that are over, and completions, that are kept' },
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
  layout: { about: 'where its files are: home (.longhaul/var) or plan (var here)', value: 'home|plan' },
  ui: { about: 'serves the live page too, as longhaul ui does' },
  'ui-port': { about: 'its port; default: 8080', value: 'NUMBER' },
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
  number: 'a number from 0 on',
  whole: 'a whole number from 0 on',
  share: 'a number from 0 to 1',
  duration: 'seconds, or a duration such as 2s',
  dollars: 'US dollars, such as 5.00',
  list: 'a list',
  boolean: 'true or false',
  services: 'a block of services',
}

/** The settings in force. */
export interface SettingsInForce {
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
export function settingsInForce({ flags }: Given, env: NodeJS.ProcessEnv): SettingsInForce {
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
