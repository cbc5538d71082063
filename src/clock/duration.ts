/** A length of time in milliseconds. */
export type Milliseconds = number

type Part = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`
type Parts = Part | `${Part}${Part}` | `${Part} ${Part}` | `${Part}${Part}${Part}` | `${Part} ${Part} ${Part}`

/**
 * A duration: milliseconds as a number, or text such as `'250ms'`, `'15s'`, `'1m30s'`, `'1h 30m'`, `'3d'`. The compiler
 * rejects other text; at run time, other text throws an `InvalidDurationError`.
 */
export type Duration = Milliseconds | Parts

const UNITS: Readonly<Record<string, Milliseconds>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/gy

/** Thrown for an invalid duration. */
export class InvalidDurationError extends Error {
  override readonly name = 'InvalidDurationError'
  readonly code = 'LONGHAUL_INVALID_DURATION'
  constructor(given: unknown) {
    super(
      `${JSON.stringify(given) ?? String(given)} is not a duration. Give milliseconds as a number that is not negative, ` +
        `or text made of numbers and the units ms, s, m, h, d, such as '250ms', '15s' or '1h30m'.`,
    )
  }
}

/**
 * Reads a duration.
 *
 * @returns milliseconds, not negative; `Infinity` only when the number `Infinity` was given
 * @throws InvalidDurationError for anything else than a non-negative number or a text of numbers with units
 * @example
 * ```ts
 * parseDuration('1m30s') // 90_000
 * ```
 */
export function parseDuration(given: Duration | string): Milliseconds {
  if (typeof given === 'number') {
    if (given >= 0) return given
    throw new InvalidDurationError(given)
  }
  if (typeof given !== 'string' || given.length > 100) throw new InvalidDurationError(given)
  const text = given.trim()
  let total = 0
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text)
    if (!match) throw new InvalidDurationError(given)
    total += Number(match[1]) * UNITS[match[2]!]!
  }
  if (text === '') throw new InvalidDurationError(given)
  return total
}

/** Whether something is a duration that `parseDuration` reads. */
export function isDuration(value: unknown): value is Duration {
  try {
    return !Number.isNaN(parseDuration(value as Duration))
  } catch {
    return false
  }
}

/**
 * Formats milliseconds for people, with at most two units.
 *
 * @example
 * ```ts
 * formatDuration(90_000) // '1m 30s'
 * ```
 */
export function formatDuration(ms: Milliseconds): string {
  if (!Number.isFinite(ms)) return 'for ever'
  if (ms < 1_000) return `${Math.round(ms)}ms`
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(3))}s`
  const units: [string, Milliseconds][] = [
    ['d', UNITS['d']!],
    ['h', UNITS['h']!],
    ['m', UNITS['m']!],
    ['s', UNITS['s']!],
  ]
  const first = units.findIndex(([, size]) => ms >= size)
  const [name, size] = units[first]!
  const next = units[first + 1]
  const whole = Math.floor(ms / size)
  const rest = next ? Math.floor((ms - whole * size) / next[1]) : 0
  return rest > 0 && next ? `${whole}${name} ${rest}${next[0]}` : `${whole}${name}`
}
