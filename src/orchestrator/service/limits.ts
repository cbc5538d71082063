import { serviceNow } from './service-clock.ts'

/**
 * The remaining requests of an account, as the headers of a service report them: a token bucket that refills steadily.
 */
export interface ReportedLimit {
  /** Requests in a full bucket. */
  limit: number
  /** Requests that the bucket still allows now. */
  remaining: number
  /** Time until the bucket is full. Milliseconds. */
  fullInMs: number
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span as OpenAI's headers write it: `120ms`, `6.5s`, `1m30s`. */
function spanOf(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)]
  return parts.length === 0
    ? Number.NaN
    : parts.reduce((sum, [, value, unit]) => sum + Number(value) * UNITS[unit!]!, 0)
}

/** Times in Anthropic's headers are cut off to whole seconds. */
const CUT_OFF_MS = 1_000

/**
 * The limit of requests that an answer tells of, in OpenAI's words (`x-ratelimit-…`) or Anthropic's (`anthropic-ratelimit-…`);
 * nothing where it says none.
 */
export function limitsOf(headers: Headers): ReportedLimit | undefined {
  const read = (limit: string | null, remaining: string | null, fullInMs: number): ReportedLimit | undefined => {
    const found = { limit: Number(limit ?? Number.NaN), remaining: Number(remaining ?? Number.NaN), fullInMs }
    return found.limit > 0 && found.remaining >= 0 && found.fullInMs >= 0 ? found : undefined
  }
  const openai = read(
    headers.get('x-ratelimit-limit-requests'),
    headers.get('x-ratelimit-remaining-requests'),
    spanOf(headers.get('x-ratelimit-reset-requests') ?? ''),
  )
  if (openai) return openai
  const reset = Date.parse(headers.get('anthropic-ratelimit-requests-reset') ?? '')
  return read(
    headers.get('anthropic-ratelimit-requests-limit'),
    headers.get('anthropic-ratelimit-requests-remaining'),
    Math.max(0, reset + CUT_OFF_MS - serviceNow(headers)),
  )
}
