import type { Money } from '../money/index.ts'
import { statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import type { TimeMode } from '../clock/index.ts'
import {
  resolveSettings,
  type FunctionLibrary,
  type OrchestratorSettings,
  type StrategyFunction,
} from '../orchestrator/index.ts'
import { noteFormerName } from '../options/index.ts'
import { settingsInForce } from './daemon-table.ts'
import { UsageError, type Given } from './flags.ts'
import { functionsIn } from './functions.ts'
import { KNOWN, realServices, toldOf } from './services.ts'
import { timeModeIn } from './time-flag.ts'

/** What a daemon is to be started with. */
export interface DaemonSetup {
  settings: OrchestratorSettings
  patterns: readonly string[]
  time: Exclude<TimeMode, { kind: 'virtual' }>
  eventLog: { maxBytes?: number; keep?: number }
  keep?: number
  /** Simulates the services that are not real; nothing where all are. */
  simulated: { latency: string | undefined; seed: string | undefined; failRate: number | undefined } | undefined
  /** Which services are asked, for people. */
  told: string
  /** Where `/metrics` is told; nothing where nobody wants it. */
  metricsPort: number | undefined
  /** For `system:config`. */
  config: object
}

const MAX_PORT = 65_535

/** Without what nobody has said. */
const said = <Part extends object>(part: Part): Partial<Part> =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<Part>

/** Where nothing else is said, a simulated service has another one to stand in for it. */
const SIMULATED_FAILOVER = 'claude-haiku-4-5'

/**
 * Reads what a daemon is to be started with.
 *
 * @throws UsageError for what cannot be read
 */
export async function readDaemonSetup(line: Given, env: NodeJS.ProcessEnv): Promise<DaemonSetup> {
  const { file, value } = settingsInForce(line, env)
  const live = value<boolean>('live') ?? false
  const time = timeModeIn(value<string>('time') ?? 'real')
  const services = realServices(live, value('services'), env)
  const simulates = Object.keys(KNOWN).some((name) => !Object.hasOwn(services, name))
  if (!simulates) refuseSimulated(line)
  const allSimulated = Object.keys(services).length === 0
  const libraries: Record<string, FunctionLibrary> = {}
  let functions: Record<string, StrategyFunction> = {}
  for (const module of value<string[]>('functions') ?? []) {
    const found = await functionsIn(module)
    libraries[basename(module, extname(module))] = () => found
    functions = { ...functions, ...found }
  }
  const similarity = value<number>('cache_similarity')
  const size = value<number>('cache_size')
  const ttl = value<number>('cache_ttl')
  const failover = value<string[]>('failover') ?? (allSimulated ? [SIMULATED_FAILOVER] : undefined)
  const formerShare = value<number>('breaker_share')
  if (formerShare !== undefined) noteFormerName('breaker_share', 'breaker_failure_rate')
  const settings: OrchestratorSettings = said({
    services,
    functions,
    libraries,
    failover,
    model: value<string>('model'),
    retry: said({
      attempts: value<number>('retry_attempts'),
      firstDelay: value<number>('retry_first_delay'),
      factor: value<number>('retry_factor'),
      maxDelay: value<number>('retry_max_delay'),
    }),
    retryBudget: value<number>('retry_budget'),
    breaker: said({
      failures: value<number>('breaker_failures'),
      failureRate: value<number>('breaker_failure_rate') ?? formerShare,
      window: value<number>('breaker_window'),
      openFor: value<number>('breaker_open_for'),
    }),
    budget: said({
      limit: value<Money>('budget_limit'),
      fallbackAt: value<number>('budget_fallback_at'),
      fallbackModel: value<string>('budget_fallback_model'),
      checkEvery: value<number>('budget_check_every'),
    }),
    supervision: said({
      hungAfter: value<number>('supervision_hung_after'),
      maxRestarts: value<number>('supervision_max_restarts'),
    }),
    cache: [similarity, size, ttl].every((each) => each === undefined)
      ? value<boolean>('cache')
      : said({ similarity, size, ttl }),
    callTimeout: value<number>('call_timeout'),
    hedgeAfter: value<number>('hedge_after'),
    gatherTimeout: value<number>('gather_timeout'),
    maxTokens: value<number>('max_tokens'),
    conversationTokens: value<number>('conversation_tokens'),
    conversationLock: value<number>('conversation_lock'),
    maxEventHops: value<number>('max_event_hops'),
    traceCompletions: value<boolean>('trace_completions'),
  })
  const latency = value<string>('latency')
  // What makes no sense is said now, and not by the process that is to be started.
  resolveSettings(settings, {})
  if (latency !== undefined) (await import('../systems/simulated-services.ts')).readLatency(latency)
  const seed = value<string>('seed')
  const failRate = value<number>('fail_rate')
  return {
    settings,
    patterns: (value<string[]>('patterns') ?? []).map(folderAt),
    time,
    eventLog: said({ maxBytes: value<number>('log_bytes') ?? 4 * 1024 * 1024, keep: value<number>('log_keep') ?? 5 }),
    ...said({ keep: value<number>('history_keep') }),
    simulated: simulates ? { latency, seed, failRate } : undefined,
    told: toldOf(services, simulates, time),
    metricsPort: portIn(value<number>('metrics_port')),
    config: {
      settings_file: file ?? null,
      time: time.kind === 'scaled' ? `${time.factor}x` : 'real',
      simulation: simulates
        ? { latency: latency ?? 'median 4s, 12s in one call of twenty', seed: seed ?? '1', fail_rate: failRate ?? 0 }
        : null,
    },
  }
}

/** @throws UsageError where there is no such folder */
function folderAt(given: string): string {
  const folder = resolve(given)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
  throw new UsageError(`patterns: there is no folder ${folder}. Give the folders in which the daemon finds patterns.`)
}

function portIn(port: number | undefined): number | undefined {
  if (port === undefined || port <= MAX_PORT) return port
  throw new UsageError(`metrics_port is ${port}. Give a whole number from 0 to ${MAX_PORT}.`)
}

/** Real services take no orders: what is only for simulated ones would do nothing. */
function refuseSimulated({ flags }: Given): void {
  const only = ['latency', 'seed', 'fail-rate'].find((name) => flags[name] !== undefined)
  if (only !== undefined)
    throw new UsageError(
      `--${only} is for simulated services, and this daemon calls only real ones. Remove --${only}, or simulate a service.`,
    )
}
