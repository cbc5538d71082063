import type { Run } from './run.ts'

const MINUTE = 60_000

/** Lines over one list of times, as they are drawn. */
export interface Lines {
  at: Float64Array
  values: Float64Array[]
}

/** Sums that grow at points in time, each given by its times and what is added then. */
function sums(sources: readonly { at: ArrayLike<number>; add: (nth: number) => number }[], endMs: number): Lines {
  const total = sources.reduce((count, { at }) => count + at.length, 0)
  const at = new Float64Array(total + 2)
  const values = sources.map(() => new Float64Array(total + 2))
  const next = sources.map(() => 0)
  for (let place = 1; place <= total; place++) {
    let first = -1
    for (let source = 0; source < sources.length; source++) {
      const times = sources[source]!.at
      if (next[source]! >= times.length) continue
      if (first < 0 || times[next[source]!]! < sources[first]!.at[next[first]!]!) first = source
    }
    at[place] = sources[first]!.at[next[first]!]!
    for (let source = 0; source < sources.length; source++) values[source]![place] = values[source]![place - 1]!
    values[first]![place]! += sources[first]!.add(next[first]!)
    next[first]! += 1
  }
  at[total + 1] = Math.max(endMs, at[total]!)
  for (const line of values) line[total + 1] = line[total]!
  return { at, values }
}

/** What was billed, and what the orchestrator believes, in dollars. */
export function moneyOf(run: Run): Lines {
  const { calls, claims, endMs, toldBy } = run.model
  const ends = Float64Array.from(run.byEnd, (row) => run.end[row]!)
  const billed = { at: ends, add: (nth: number) => calls.cost[run.byEnd[nth]!]! / 1e12 }
  if (claims.at.length === 0 || toldBy === 'orchestrator') return sums([billed], endMs)
  return sums([billed, { at: claims.at, add: (nth) => (claims.known[nth]! + claims.uncertain[nth]!) / 1e12 }], endMs)
}

/** Tokens that were billed: of prompts, and of answers. */
export function tokensOf(run: Run): Lines {
  const { calls, endMs } = run.model
  const ends = Float64Array.from(run.byEnd, (row) => run.end[row]!)
  const { at, values } = sums([{ at: ends, add: (nth) => calls.input[run.byEnd[nth]!]! }], endMs)
  const output = sums([{ at: ends, add: (nth) => calls.output[run.byEnd[nth]!]! }], endMs).values[0]!
  return { at, values: [values[0]!, output] }
}

/** Calls under way, and those of the last minute. */
export function underWayOf(run: Run): Lines {
  const { endMs, calls } = run.model
  // One without an end is under way still.
  const ends = Float64Array.from(
    run.byEnd.filter((row) => calls.took[row]! >= 0),
    (row) => run.end[row]!,
  )
  const opened = sums(
    [
      { at: run.at, add: () => 1 },
      { at: ends, add: () => -1 },
    ],
    endMs,
  )
  const [begun, over] = opened.values as [Float64Array, Float64Array]
  const underWay = begun.map((value, place) => value + over[place]!)
  let [from, to] = [0, 0]
  const recent = opened.at.map((time) => {
    while (to < run.size && run.at[to]! <= time) to += 1
    while (from < to && run.at[from]! <= time - MINUTE) from += 1
    return to - from
  })
  return { at: opened.at, values: [underWay, recent] }
}

/** How much of each rate limit the last minute has used. Percent. */
export function limitsOf(run: Run): Lines {
  const { calls, limits, endMs } = run.model
  const amounts = [
    () => 1,
    (row: number) => calls.input[row]! + calls.output[row]!,
    (row: number) => calls.input[row]!,
    (row: number) => calls.output[row]!,
  ]
  const sources = limits.flatMap(({ provider, kind, perMinute }) => {
    // A request counts as it arrives; what it has used is known when it ends.
    const isRequest = kind === 0
    const order = isRequest ? run.at.map((_, row) => row) : run.byEnd
    const rows = [...order].filter((row) => calls.provider[row] === provider)
    const at = Float64Array.from(rows, (row) => (isRequest ? run.at[row]! : run.end[row]!))
    const share = (nth: number): number => (100 * amounts[kind]!(rows[nth]!)) / perMinute
    return [
      { at, add: share },
      { at: at.map((time) => time + MINUTE), add: (nth: number) => -share(nth) },
    ]
  })
  const { at, values } = sums(sources, endMs)
  return {
    at,
    values: limits.map((_, nth) => values[2 * nth]!.map((value, place) => value + values[2 * nth + 1]![place]!)),
  }
}

/** The place of the newest entry that is not after a time. */
export function placeAt(at: Float64Array, time: number): number {
  let [low, high] = [0, at.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (at[middle]! <= time) low = middle
    else high = middle - 1
  }
  return low
}

/** As much of lines as so many pixels can show of a span: of each pixel the first, the largest and the last value. */
export function visible({ at, values }: Lines, from: number, to: number, pixels: number): Lines {
  const first = Math.max(0, placeAt(at, from) - 1)
  const last = Math.min(at.length - 1, placeAt(at, to) + 1)
  if (last - first < pixels * 3)
    return { at: at.slice(first, last + 1), values: values.map((v) => v.slice(first, last + 1)) }
  const places: number[] = []
  const scale = pixels / (to - from)
  for (let place = first; place <= last;) {
    const pixel = Math.floor((at[place]! - from) * scale)
    let [largest, end] = [place, place]
    while (end <= last && Math.floor((at[end]! - from) * scale) === pixel) {
      if (values[0]![end]! > values[0]![largest]!) largest = end
      end += 1
    }
    places.push(...new Set([place, largest, end - 1]))
    place = end
  }
  return {
    at: Float64Array.from(places, (p) => at[p]!),
    values: values.map((v) => Float64Array.from(places, (p) => v[p]!)),
  }
}
