import { LIMIT_KINDS, type LimitRow } from './data.ts'
import type { Strings } from './strings.ts'

/** Rate limits, as the set-up of the simulated service has them. */
interface GivenRateLimits {
  requestsPerMinute?: number
  tokensPerMinute?: number
  inputTokensPerMinute?: number
  outputTokensPerMinute?: number
}

/** Those of all services, and of single ones in place of them. */
export interface GivenLimits {
  all?: GivenRateLimits | undefined
  byProvider?: Readonly<Record<string, GivenRateLimits | undefined>>
}

const KINDS: Readonly<Record<(typeof LIMIT_KINDS)[number], keyof GivenRateLimits>> = {
  requests: 'requestsPerMinute',
  tokens: 'tokensPerMinute',
  'input tokens': 'inputTokensPerMinute',
  'output tokens': 'outputTokensPerMinute',
}

/** The limits of the services that were called. */
export function limitRows(
  { all, byProvider = {} }: GivenLimits,
  providers: readonly string[],
  strings: Strings,
): LimitRow[] {
  return providers.flatMap((provider) =>
    LIMIT_KINDS.flatMap((name, kind) => {
      const perMinute = (Object.hasOwn(byProvider, provider) ? byProvider[provider] : all)?.[KINDS[name]]
      return perMinute === undefined ? [] : [{ provider: strings.of(provider), kind, perMinute }]
    }),
  )
}
