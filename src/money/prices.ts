import type { PicoDollars } from './amount.ts'

/** Tokens that are billed. `input` counts all of the prompt, the cached part and the part written to the cache included. */
export interface BilledTokens {
  input: number
  cachedInput: number
  cacheWrite: number
  output: number
}

/** A price, which may rise with the length of the prompt. US dollars per million tokens. */
export type Price = number | { base: number; tiers: readonly { start: number; price: number }[] }

/**
 * The prices of a model. US dollars per million tokens. Default of `cachedInput` and `cacheWrite`: the price of
 * `input`.
 */
export interface Prices {
  /** Price of uncached input tokens. US dollars per million tokens. */
  input: Price
  /** Price of input tokens from the prompt cache. US dollars per million tokens. Default: `input`. */
  cachedInput?: Price
  /** Price of input tokens written to the prompt cache. US dollars per million tokens. Default: `input`. */
  cacheWrite?: Price
  /** Price of output tokens, reasoning included. US dollars per million tokens. */
  output: Price
}

const PICO_PER_TOKEN = 1_000_000

/** The picodollars that one token costs in a prompt of `promptTokens` tokens. */
function perToken(price: Price, promptTokens: number): PicoDollars {
  const perMillion =
    typeof price === 'number'
      ? price
      : (price.tiers.toSorted((a, b) => b.start - a.start).find(({ start }) => promptTokens > start)?.price ??
        price.base)
  // Prices are decimal numbers of at most six places, so that rounding here only takes away the binary error.
  return Math.round(perMillion * PICO_PER_TOKEN)
}

/** What a call costs, exactly. The result is a safe integer for every call below 9,007 dollars. */
export function costOf(usage: BilledTokens, prices: Prices): PicoDollars {
  const fresh = usage.input - usage.cachedInput - usage.cacheWrite
  const price = (of: Price): PicoDollars => perToken(of, usage.input)
  return (
    fresh * price(prices.input) +
    usage.cachedInput * price(prices.cachedInput ?? prices.input) +
    usage.cacheWrite * price(prices.cacheWrite ?? prices.input) +
    usage.output * price(prices.output)
  )
}
