import { parseTimeMode, type TimeMode, type TimeModeText } from '../clock/index.ts'
import { checkSettings, joinChecks, type CheckSettings } from '../checks/index.ts'
import { suggestion } from '../options/index.ts'
import type { Seed } from '../random/index.ts'

/** Settings of all runs. The environment overrides the plugin, and the plugin overrides the file. */
export interface RunSettings {
  /** The seed of all random draws of the run. Default 1. */
  seed?: Seed
  /** `'virtual'` (default), `'real'`, or a factor such as `'60x'`. */
  time?: TimeModeText
  /** Share of calls that fail, from 0 to 1. An agent, a model or a service with its own rate overrides it. Default 0. */
  failRate?: number
  /** Factor applied to every latency. Default 1. */
  latencyScale?: number
  /** Settings of checks by name: `false` waives a check, an object tunes it. `false` alone turns all checks off. */
  checks?: CheckSettings | false
  /**
   * Handles parts of the set-up that no call uses: agents, models, services, fault windows, scheduled faults and reply
   * rules of the provider, a `failNext` that no call meets, and names in the option `agents` that no caller has.
   * `'warn'` (default) reports the parts that no test of a description uses, `'error'` fails each test that does not
   * use all of them, `'ignore'` does nothing. A misspelling of a caller's name is always an error.
   */
  unused?: UnusedPolicy
}

/** How longhaul handles parts of the set-up that no call uses. */
export type UnusedPolicy = 'error' | 'warn' | 'ignore'
const UNUSED: readonly string[] = ['error', 'warn', 'ignore'] satisfies UnusedPolicy[]

/** @throws InvalidSettingError for anything else */
function unusedFrom(given: string, name: string): UnusedPolicy {
  if (UNUSED.includes(given)) return given as UnusedPolicy
  throw new InvalidSettingError(`${name} is ${JSON.stringify(given)}. ${suggestion(given, UNUSED)}`)
}

/** Thrown for an invalid value of an environment variable. */
export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError'
  readonly code = 'LONGHAUL_INVALID_SETTING'
}

function numberFrom(env: NodeJS.ProcessEnv, name: string, most: number): number | undefined {
  const text = env[name]
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  if (!(value >= 0 && value <= most))
    throw new InvalidSettingError(`${name} is ${JSON.stringify(text)}. Give a number from 0 to ${most}.`)
  return value
}

/** A date, or a date and time with its zone: without a zone, it would be another moment on another machine. */
const DATE = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/

/** The date of `LONGHAUL_EPOCH`, in Unix milliseconds. */
function epochFrom({ LONGHAUL_EPOCH: text = '' }: NodeJS.ProcessEnv): number | undefined {
  if (text.trim() === '') return undefined
  const epoch = Date.parse(text)
  if (Number.isNaN(epoch) || !DATE.test(text))
    throw new InvalidSettingError(
      `LONGHAUL_EPOCH is ${JSON.stringify(text)}. Give a date, such as 2030-01-08 or 2030-01-08T09:30:00Z.`,
    )
  return epoch
}

/** Settings that only the environment has. */
interface OfEnvironment {
  /** The simulated date at which each test starts, in Unix milliseconds. */
  epoch?: number | undefined
}

/** @throws InvalidSettingError naming the variable */
function timeFrom(text: string): TimeModeText {
  try {
    parseTimeMode(text as TimeModeText)
    return text as TimeModeText
  } catch (error) {
    throw new InvalidSettingError(`LONGHAUL_TIME: ${(error as Error).message}`, { cause: error })
  }
}

/** Settings of the environment. */
export function settingsFromEnvironment(env: NodeJS.ProcessEnv): RunSettings & OfEnvironment {
  const failRate = numberFrom(env, 'LONGHAUL_FAIL_RATE', 1) ?? numberFrom(env, 'KSI_COMPLETION_PROVIDER_FAIL_RATE', 1)
  const latencyScale = numberFrom(env, 'LONGHAUL_LATENCY_SCALE', 1_000_000)
  const seed = env['LONGHAUL_SEED']
  const epoch = epochFrom(env)
  const checks = env['LONGHAUL_CHECKS']?.trim() ?? ''
  if (checks !== '' && checks !== 'off' && checks !== 'all')
    throw new InvalidSettingError(
      `LONGHAUL_CHECKS is ${JSON.stringify(checks)}. Give off, or all, which is the default.`,
    )
  return {
    ...(seed && { seed: /^-?\d+$/.test(seed) ? Number(seed) : seed }),
    ...(env['LONGHAUL_TIME'] && { time: timeFrom(env['LONGHAUL_TIME']) }),
    ...(failRate !== undefined && { failRate }),
    ...(latencyScale !== undefined && { latencyScale }),
    ...(checks === 'off' && { checks: false }),
    ...(epoch !== undefined && { epoch }),
    ...(env['LONGHAUL_UNUSED'] && { unused: unusedFrom(env['LONGHAUL_UNUSED'], 'LONGHAUL_UNUSED') }),
  }
}

/** The settings in force. */
export interface ResolvedRunSettings extends OfEnvironment {
  seed: Seed
  time: TimeMode
  timeText: string
  failRate: number | undefined
  latencyScale: number | undefined
  checks: CheckSettings | false
  unused: UnusedPolicy
}

/**
 * Joins settings; the later ones win.
 *
 * @throws InvalidSettingError, InvalidCheckError, InvalidTimeModeError
 */
export function joinSettings(...layers: readonly (RunSettings & OfEnvironment)[]): ResolvedRunSettings {
  const {
    seed = 1,
    time = 'virtual',
    failRate,
    latencyScale,
    unused = 'warn',
    epoch,
  }: RunSettings & OfEnvironment = Object.assign({}, ...layers)
  let checks: CheckSettings | false = {}
  for (const layer of layers)
    if (layer.checks === false) checks = false
    else if (layer.checks !== undefined) {
      if (typeof layer.checks !== 'object' || layer.checks === null)
        throw new InvalidSettingError(
          `checks is ${JSON.stringify(layer.checks)}. Give false to waive all checks, or an object such as { sequential: false }.`,
        )
      checkSettings(layer.checks)
      checks = joinChecks(checks || {}, layer.checks)
    }
  return {
    seed,
    time: parseTimeMode(time),
    timeText: time,
    failRate,
    latencyScale,
    checks,
    unused: unusedFrom(unused, 'unused'),
    ...(epoch !== undefined && { epoch }),
  }
}

const dateText = (epoch: number): string => new Date(epoch).toISOString().replace('T00:00:00.000Z', '')

/**
 * The command that repeats one test alone, with the settings it had.
 *
 * @param replay a case of a sweep, as one word: it holds seed and rates
 */
export function replayCommand(
  { seed, timeText, failRate, latencyScale, epoch }: ResolvedRunSettings,
  file: string,
  testName: string,
  replay?: string,
): string {
  const rates = {
    ...(failRate !== undefined && { LONGHAUL_FAIL_RATE: failRate }),
    ...(latencyScale !== undefined && { LONGHAUL_LATENCY_SCALE: latencyScale }),
  }
  const variables = {
    ...(replay === undefined ? { LONGHAUL_SEED: seed } : { LONGHAUL_REPLAY: replay }),
    ...(timeText !== 'virtual' && { LONGHAUL_TIME: timeText }),
    ...(replay === undefined && rates),
    ...(replay === undefined && epoch !== undefined && { LONGHAUL_EPOCH: dateText(epoch) }),
  }
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const pattern = testName.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const assignments = Object.entries(variables).map(
    ([name, value]) => `${name}=${/^[\w.-]+$/.test(String(value)) ? value : quote(String(value))}`,
  )
  return `${assignments.join(' ')} npx vitest run ${file} -t ${quote(pattern)}`
}
