/** 10⁻¹² US dollars, a safe integer for one call: a price of $0.15 for a million tokens is 150,000 for a token. */
export type PicoDollars = number

const PICO_PER_DOLLAR = 1_000_000_000_000n

/**
 * Formats an amount in dollars, with all digits and at least two decimals.
 *
 * @example
 * ```ts
 * formatDollars(1_234_500_000_000n) // '$1.2345'
 * ```
 */
export function formatDollars(amount: bigint | PicoDollars): string {
  const pico = BigInt(amount)
  const sign = pico < 0n ? '-' : ''
  const size = pico < 0n ? -pico : pico
  const decimals = String(size % PICO_PER_DOLLAR)
    .padStart(12, '0')
    .replace(/0{1,10}$/, '')
  return `${sign}$${size / PICO_PER_DOLLAR}.${decimals}`
}

/** Thrown for an invalid amount of money. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError'
  readonly code = 'LONGHAUL_INVALID_AMOUNT'
}

/**
 * An amount of money: picodollars as a bigint, as in ledgers and costs, or dollars as `'$0.0123'`, `'0.0123'` or a
 * number.
 */
export type Money = bigint | `$${number}` | `${number}` | number

/**
 * Reads an amount of money exactly: dollars as `'$0.0123'`, `'0.0123'` or a number (its shortest decimal form counts),
 * or picodollars as a bigint.
 *
 * @returns picodollars
 * @throws InvalidAmountError for anything else, or more than twelve decimals
 * @example
 * ```ts
 * parseDollars('$0.25') // 250_000_000_000n
 * ```
 */
export function parseDollars(given: Money | string): bigint {
  if (typeof given === 'bigint' && given >= 0n) return given
  const text = typeof given === 'number' ? plainDecimal(given) : String(given).trim().replace(/^\$/, '')
  const match = /^(\d+)(?:\.(\d{1,12}))?$/.exec(text)
  if (!match) {
    throw new InvalidAmountError(
      `${typeof given === 'bigint' ? `${given}n` : JSON.stringify(given)} is not an amount of money. Give dollars as '$1.25', '0.000375' or a number, with at most ` +
        'twelve decimals, or picodollars as a bigint.',
    )
  }
  return BigInt(match[1]!) * PICO_PER_DOLLAR + BigInt((match[2] ?? '').padEnd(12, '0'))
}

/** The shortest decimal form, without an exponent where that stands for small numbers. */
function plainDecimal(value: number): string {
  const [digits, exponent] = String(value).split('e-')
  return exponent === undefined ? digits! : `0.${'0'.repeat(Number(exponent) - 1)}${digits!.replace('.', '')}`
}
