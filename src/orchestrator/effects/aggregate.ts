import { suggestion } from '../../options/index.ts'
import { textOf, type Json, type Options } from '../../strategy/index.ts'
import { CompletionError } from '../service/failures.ts'

const METRICS = ['mean', 'median', 'min', 'max', 'sum', 'count', 'std_dev', 'trimmed_mean'] as const
type Metric = (typeof METRICS)[number]

/** The member that a path such as `data.score` leads to; nothing where there is none. */
function at(value: Json, path: string): Json | undefined {
  let current: Json | undefined = value
  for (const step of path.split('.'))
    current =
      typeof current === 'object' && current !== null && Object.hasOwn(current, step)
        ? (current as Readonly<Record<string, Json>>)[step]
        : undefined
  return current
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

/** Numbers of a list of numbers; null for those that an empty list has not. @param trim the share that is left out at each end */
function measure(values: readonly number[], trim: number): Record<Metric, number | null> {
  if (values.length === 0)
    return Object.fromEntries(METRICS.map((name) => [name, name === 'count' ? 0 : null])) as never
  const sorted = values.toSorted((a, b) => a - b)
  const average = mean(values)
  const half = sorted.length >> 1
  const cut = Math.min(Math.floor(sorted.length * trim), (sorted.length - 1) >> 1)
  return {
    mean: average,
    median: sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2,
    min: sorted[0]!,
    max: sorted.at(-1)!,
    sum: sum(values),
    count: values.length,
    std_dev: Math.sqrt(mean(values.map((value) => (value - average) ** 2))),
    trimmed_mean: mean(sorted.slice(cut, sorted.length - cut)),
  }
}

/** @param unfit the data are not what is needed, rather than a word of the statement */
const refuse = (problem: string, unfit?: 'unfit'): never => {
  throw new CompletionError('refused_request', `AGGREGATE: ${problem}`, { unknown: unfit !== undefined })
}

/** Options that the methods read. */
const READ: readonly string[] = [
  'metric',
  'extract_field',
  'group_by',
  'trim_percent',
  'include',
  'threshold',
  'weights',
  'weight_by',
]

/**
 * What follows from a list: `statistical` measures numbers, by group too; `consensus` and `vote` count what is said most; `merge` joins objects or lists.
 *
 * @throws CompletionError for data that do not fit
 */
export function aggregate({ data, responses, method, options = {} }: Options): Json {
  const items = data ?? responses
  if (!Array.isArray(items)) return refuse(`data is ${JSON.stringify(items ?? null)}. Give a list.`, 'unfit')
  const given = options as Readonly<Record<string, Json>>
  const unread = Object.keys(given).find((name) => !READ.includes(name))
  if (unread !== undefined) return refuse(`there is no option "${unread}". ${suggestion(unread, READ)}`)
  const field = given['extract_field']
  const values = (items as readonly Json[]).map((item) =>
    field === undefined ? item : (at(item, textOf(field)) ?? null),
  )
  switch (method) {
    case 'statistical':
      return statistics(items as readonly Json[], values, given)
    case 'consensus':
    case 'weighted_consensus':
    case 'vote':
    case 'majority':
      return consensus(values, given)
    case 'merge':
      return merged(values)
    default:
      return refuse(`there is no method ${JSON.stringify(method)}.`)
  }
}

function statistics(items: readonly Json[], values: readonly Json[], options: Readonly<Record<string, Json>>): Json {
  const { metric = 'mean', group_by: by, trim_percent: trim = 0.1 } = options
  if (!METRICS.includes(metric as Metric))
    return refuse(`there is no metric ${JSON.stringify(metric)}. ${suggestion(String(metric), METRICS)}`)
  const name = metric as Metric
  const pick = (list: readonly Json[]): number[] => list.filter((value) => typeof value === 'number')
  const overall = measure(pick(values), Number(trim))
  const groups: Record<string, Json[]> = {}
  if (by !== undefined)
    for (const [nth, item] of items.entries()) (groups[textOf(at(item, textOf(by)) ?? null)] ??= []).push(values[nth]!)
  const measured = Object.entries(groups).map(([group, list]) => [group, measure(pick(list), Number(trim))] as const)
  const ranked = measured.toSorted(([, a], [, b]) => (b[name] ?? -Infinity) - (a[name] ?? -Infinity))
  return {
    ...overall,
    value: overall[name],
    overall_mean: overall.mean,
    groups: Object.fromEntries(measured),
    rankings: ranked.map(([group]) => group),
  }
}

function consensus(values: readonly Json[], { threshold = 0.5, weights }: Readonly<Record<string, Json>>): Json {
  const votes = new Map<string, { value: Json; weight: number }>()
  for (const [nth, value] of values.entries()) {
    const key = JSON.stringify(value)
    const weight = Array.isArray(weights) ? Number(weights[nth] ?? 0) : 1
    votes.set(key, { value, weight: (votes.get(key)?.weight ?? 0) + weight })
  }
  const ranked = [...votes.values()].toSorted((a, b) => b.weight - a.weight)
  const total = sum(ranked.map(({ weight }) => weight))
  const [first] = ranked
  const confidence = first && total > 0 ? first.weight / total : 0
  return {
    winner: first?.value ?? null,
    confidence,
    consensus: confidence >= Number(threshold) && first !== undefined,
    votes: ranked.map(({ value, weight }) => ({ value, votes: weight })),
    count: values.length,
    rankings: ranked.map(({ value }) => value),
  }
}

function merged(values: readonly Json[]): Json {
  if (values.every((value) => Array.isArray(value))) return values.flat() as Json
  if (values.every((value) => typeof value === 'object' && value !== null && !Array.isArray(value)))
    return Object.assign({}, ...values) as Json
  return refuse('merge accepts only objects, or only lists.', 'unfit')
}
