import { parseDuration, type Duration } from '../clock/index.ts'
import { noteFormerName, suggestion } from '../options/index.ts'
import { DEFAULT_MIX, failsByChance, type Fault, type FaultMix, type ProviderConfig } from '../provider/index.ts'
import { hashHex, KeyedRandom } from '../random/index.ts'
import type { Case } from './case.ts'

/** The cases of a sweep: every combination of these values. */
export interface SweepOptions {
  /** Number of seeds, counted from the seed in force; or a list of seeds. Default 100. */
  seeds?: number | readonly number[]
  /** Shares of calls that fail, from 0 to 1. Default: the fail rate of the options. */
  failRate?: number | readonly number[]
  /** Factors applied to every latency. Default: the factor of the options. */
  latencyScale?: number | readonly number[]
  /** Lists of values of variables; every combination is a case. Default: none. */
  vars?: Readonly<Record<string, readonly unknown[]>>
  /** Enables a random half of the faults in each case, so that some cases see many faults of few kinds. Default true. */
  swarm?: boolean
  /** Limit of real time for shrinking one failing case. Default 10 s. */
  shrinkFor?: Duration
  /** Number of failing cases that are shrunk; later ones are only reported. Default 3. */
  maxShrunk?: number
  /** @deprecated The former name of `maxShrunk`. */
  shrinkMost?: number
  /** A folder of cases that failed before. A sweep runs them first, and saves new ones if the folder exists. Default `fixtures/regressions`. */
  regressions?: string
}

/** How long a case may be made smaller. Real milliseconds. Earlier versions called the option `shrinkMs`. */
export function shrinkLimitOf(sweep: SweepOptions & { shrinkMs?: number }): number {
  if (sweep.shrinkMs !== undefined) noteFormerName('shrinkMs', 'shrinkFor')
  return parseDuration(sweep.shrinkFor ?? sweep.shrinkMs ?? '10s')
}

/** The number of failed cases to shrink. */
export function maxShrunkOf({ shrinkMost, maxShrunk = shrinkMost ?? 3 }: SweepOptions): number {
  if (shrinkMost !== undefined) noteFormerName('shrinkMost', 'maxShrunk')
  return maxShrunk
}

/** Thrown for an invalid sweep. */
export class InvalidSweepError extends Error {
  override readonly name = 'InvalidSweepError'
  readonly code = 'LONGHAUL_INVALID_SWEEP'
}

const MAX_CASES = 100_000
const OPTIONS = [
  'seeds',
  'failRate',
  'latencyScale',
  'vars',
  'swarm',
  'shrinkFor',
  'shrinkMs',
  'maxShrunk',
  'shrinkMost',
  'regressions',
]

const list = <Value>(given: Value | readonly Value[] | undefined): readonly (Value | undefined)[] =>
  given === undefined ? [undefined] : Array.isArray(given) ? (given as readonly Value[]) : [given as Value]

function seedsOf(seeds: number | readonly number[], first: number | string): readonly (number | string)[] {
  if (typeof seeds !== 'number') return seeds
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > MAX_CASES)
    throw new InvalidSweepError(`seeds is ${seeds}. Give a whole number from 1 to ${MAX_CASES}, or a list of seeds.`)
  return Array.from({ length: seeds }, (_, index) =>
    typeof first === 'number' ? first + index : index === 0 ? first : `${first}-${index}`,
  )
}

/** Every combination of the values of some variables. */
function combinations(vars: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(vars).reduce<Record<string, unknown>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}

/** A random half of the kinds of faults that there are: at least one. */
function someFaults(seed: number | string, mix: FaultMix): Fault[] {
  const random = new KeyedRandom(seed)
  const names = Object.keys(mix) as Fault[]
  const chosen = names.filter((_, index) => random.draw('swarm', index) < 0.5)
  return chosen.length > 0 ? chosen : [names[Math.floor(random.draw('swarm', names.length) * names.length)]!]
}

/**
 * The cases of a sweep, in their order: seed by seed.
 *
 * @param first the seed in force
 * @param provider of the options, with the fail rate in force: where no call can fail, no faults are chosen
 * @throws InvalidSweepError
 */
export function casesOf(
  sweep: SweepOptions,
  { first, provider = {} }: { first: number | string; provider?: ProviderConfig | undefined },
): Case[] {
  const { faults: mix = DEFAULT_MIX } = provider
  const fails = failsByChance(provider)
  const { seeds = 100, failRate, latencyScale, vars = {}, swarm = true } = sweep
  for (const name of Object.keys(sweep))
    if (!OPTIONS.includes(name))
      throw new InvalidSweepError(`A sweep has no option "${name}". ${suggestion(name, OPTIONS)}`)
  const cases = seedsOf(seeds, first).flatMap((seed) =>
    list(failRate).flatMap((rate) =>
      list(latencyScale).flatMap((scale) =>
        combinations(vars).map((values): Case => ({
          seed,
          ...(rate !== undefined && { failRate: rate }),
          ...(scale !== undefined && { latencyScale: scale }),
          ...(swarm &&
            (rate === undefined ? fails : rate !== 0) &&
            Object.keys(mix).length > 1 && { faults: someFaults(seed, mix) }),
          ...(Object.keys(values).length > 0 && { vars: values }),
        })),
      ),
    ),
  )
  if (cases.length > MAX_CASES)
    throw new InvalidSweepError(`This sweep has ${cases.length} cases; the limit is ${MAX_CASES}. Give fewer seeds.`)
  return cases
}

/** What of a case is no luck. */
const stratumOf = ({ failRate, latencyScale, vars }: Case): string => JSON.stringify([failRate, latencyScale, vars])

/**
 * A part of the cases, for one of several machines, such as `2/4`. They are dealt in the order of a hash, fail rate by
 * fail rate, so that each machine sees all of what varies.
 *
 * @throws InvalidSweepError
 */
export function sliceOf(all: readonly Case[], part: string | undefined): readonly Case[] {
  if (part === undefined || part === '') return all
  const [, nth, count] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(part) ?? []
  if (nth === undefined || Number(nth) > Number(count))
    throw new InvalidSweepError(
      `LONGHAUL_SWEEP is "${part}". Give the number of a shard and the number of shards, such as 1/4.`,
    )
  const own = new Set<Case>()
  const strata = [...Map.groupBy(all, stratumOf).values()]
  for (const [place, cases] of strata.entries()) {
    const dealt = cases.map((of) => ({ of, hash: hashHex(nameOf(of)) })).toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
    for (const [index, { of }] of dealt.entries()) if ((index + place) % Number(count) === Number(nth) - 1) own.add(of)
  }
  return all.filter((of) => own.has(of))
}

/** A case in a few words. */
export function nameOf({ seed, failRate, latencyScale, faults, vars }: Case): string {
  return [
    `seed ${seed}`,
    ...(failRate === undefined ? [] : [`fail rate ${failRate}`]),
    ...(latencyScale === undefined ? [] : [`latency × ${latencyScale}`]),
    ...(faults === undefined ? [] : [faults.join(' ')]),
    ...Object.entries(vars ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ].join(', ')
}
