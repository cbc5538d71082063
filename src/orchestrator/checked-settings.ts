import { parseDuration } from '../clock/index.ts'
import { nearest, suggestion, types, type OptionTable, type OptionType } from '../options/index.ts'
import { InvalidOrchestratorSettingError } from './setting-error.ts'
import type { OrchestratorSettings } from './settings.ts'

/** Infinity is as good as no limit. */
const atLeast = (least: number): OptionType => ({
  needs: `a number of at least ${least}`,
  fits: (value) => typeof value === 'number' && value >= least,
})
/** Milliseconds as a number, or text. */
const duration: OptionType = {
  needs: "a duration: milliseconds as a number that is not negative, or a text such as '15s'",
  fits: (value) => {
    try {
      return parseDuration(value as string) >= 0
    } catch {
      return false
    }
  },
}
const share = types.number({ least: 0, most: 1 })
const texts: OptionType = {
  needs: 'a list of texts',
  fits: (value) => Array.isArray(value) && value.every((each) => types.textNotEmpty.fits(each)),
}

/** Blocks of settings, and what is in them. */
const BLOCKS: Readonly<Record<string, OptionTable>> = {
  retry: { attempts: atLeast(1), firstDelay: duration, factor: atLeast(1), maxDelay: duration },
  breaker: { failures: atLeast(1), failureRate: share, share, window: duration, openFor: duration },
  supervision: { hungAfter: duration, maxRestarts: atLeast(0) },
  budget: { limit: types.any, fallbackAt: share, fallbackModel: types.textNotEmpty, checkEvery: atLeast(1) },
  cache: {
    similarity: types.number({ least: 0, most: 1 }),
    size: types.whole({ least: 1 }),
    ttl: duration,
    embedding: types.any,
  },
}

const TOP: OptionTable = {
  model: types.textNotEmpty,
  onlyModel: types.textNotEmpty,
  maxTokens: types.whole({ least: 1 }),
  retryBudget: atLeast(0),
  failover: texts,
  callTimeout: duration,
  hedgeAfter: duration,
  conversationTokens: atLeast(1),
  conversationLock: duration,
  gatherTimeout: duration,
  maxEventHops: atLeast(0),
  traceCompletions: types.boolean,
  services: types.object,
  prices: types.object,
  functions: types.any,
  libraries: types.object,
  ...Object.fromEntries(Object.keys(BLOCKS).map((name) => [name, types.object])),
  cache: types.either(types.boolean, types.object),
}

/** @throws InvalidOrchestratorSettingError for a setting that there is not, or whose value does not fit */
export function checkSettings(given: OrchestratorSettings): void {
  checkBlock('', given as Readonly<Record<string, unknown>>, TOP)
  for (const [block, table] of Object.entries(BLOCKS)) {
    const inner = (given as Readonly<Record<string, unknown>>)[block]
    if (types.object.fits(inner)) checkBlock(`${block}.`, inner as Readonly<Record<string, unknown>>, table)
  }
}

function checkBlock(prefix: string, given: Readonly<Record<string, unknown>>, table: OptionTable): void {
  const names = Object.keys(table)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const type = Object.hasOwn(table, name) ? table[name] : undefined
    if (type && !type.fits(value)) throw new InvalidOrchestratorSettingError(prefix + name, value, type.needs)
    // Beside the blocks, systems have settings of their own.
    if (!type && (prefix !== '' || nearest(name, names) !== undefined))
      throw new InvalidOrchestratorSettingError(
        prefix + name,
        value,
        `a known setting: the orchestrator has no setting "${prefix}${name}". ${suggestion(name, names)}`.replace(
          /\.$/,
          '',
        ),
      )
  }
}
