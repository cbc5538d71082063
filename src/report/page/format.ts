const PICO = 1e12

/** An amount for reading: as many digits as tell it from nothing. */
export function dollars(pico: number | string): string {
  const value = Number(pico) / PICO
  if (value === 0) return '$0'
  const digits = value >= 100 ? 2 : value >= 1 ? 3 : Math.min(9, 2 - Math.floor(Math.log10(Math.abs(value))))
  return `$${value.toFixed(digits)}`
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
]

/** A time for reading, in two units at the most. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(ms < 10_000 ? 2 : 1))} s`
  const first = UNITS.findIndex(([, size]) => ms >= size)
  const [name, size] = UNITS[first]!
  const whole = Math.floor(ms / size)
  const next = UNITS[first + 1]
  const rest = next ? Math.floor((ms - whole * size) / next[1]) : 0
  return next && rest > 0 ? `${whole} ${name} ${rest} ${next[0]}` : `${whole} ${name}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A point in time, as exact as the steps between two of them. */
export function clock(ms: number, step = 1): string {
  const seconds = Math.floor(ms / 1_000)
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const text = h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
  if (step >= 1_000) return text
  const digits = step >= 100 ? 1 : step >= 10 ? 2 : 3
  return `${text}.${String(Math.floor(ms % 1_000))
    .padStart(3, '0')
    .slice(0, digits)}`
}

const whole = new Intl.NumberFormat('en')

/** A count, with its thousands apart. */
export const count = (value: number): string => whole.format(value)

/** A large number in four characters. */
export function short(value: number): string {
  if (value < 1_000) return String(Math.round(value))
  if (value < 1_000_000) return `${Number((value / 1_000).toPrecision(3))}k`
  return `${Number((value / 1_000_000).toPrecision(3))}M`
}
