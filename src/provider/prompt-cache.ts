import type { Milliseconds } from '../clock/index.ts'
import { hashHex } from '../random/index.ts'
import type { CallRequest } from './call.ts'

/** How long a prefix stays cached after its last use. */
const TIME_TO_LIVE: Milliseconds = 5 * 60_000
/** Shorter prefixes are not cached. */
const MIN_TOKENS = 1_024
/** OpenAI counts cached tokens in steps. */
const OPENAI_STEP = 128
const REMEMBERED_PREFIXES = 20_000
/** Services that cache what they are told to. */
const BY_CLIENT = new Set(['anthropic', 'bedrock'])

/** The part of a prompt that was read from, or written to, the prompt cache. Tokens. */
export interface CacheUse {
  cachedInput: number
  cacheWrite: number
}

/** Whether a service counts no tokens that it reads from its cache among those of its limits. OpenAI counts them. */
export const readsBeyondLimits = (provider: string): boolean => BY_CLIENT.has(provider)

const NOT_CACHED: CacheUse = { cachedInput: 0, cacheWrite: 0 }

/**
 * The prompt cache: by itself at OpenAI (prefixes from 1,024 tokens on, in steps of 128), at the client's breakpoints at
 * Anthropic and Bedrock, where writing is billed too. Prefixes end between messages.
 */
export class PromptCache {
  readonly #expiries = new Map<string, Milliseconds>()
  /** What the newest use has remembered, with the expiry before it. */
  #newest: [prefix: string, before: Milliseconds | undefined][] = []

  /** @param cumulative tokens up to and including each message */
  use(request: CallRequest, cumulative: readonly number[], now: Milliseconds): CacheUse {
    if (this.#newest.length > 0) this.#newest = []
    if ((cumulative.at(-1) ?? 0) < MIN_TOKENS) return NOT_CACHED
    const byClient = BY_CLIENT.has(request.provider)
    if (byClient && !request.messages.some(({ cacheBreakpoint }) => cacheBreakpoint)) return NOT_CACHED

    const told = request.tools.filter(({ deferred }) => !deferred)
    let prefix = hashHex(`${request.model}\u0000${JSON.stringify(told)}`)
    let read = 0
    let written = 0
    request.messages.forEach((message, index) => {
      const { role, text, toolCalls, mediaTokens = '' } = message
      prefix = hashHex(`${prefix}\u0000${role}\u0000${text}\u0000${JSON.stringify(toolCalls)}${mediaTokens}`)
      const tokens = cumulative[index]!
      if (tokens < MIN_TOKENS || (byClient && !message.cacheBreakpoint)) return
      if ((this.#expiries.get(prefix) ?? 0) > now) read = tokens
      written = tokens
      this.#remember(prefix, now)
    })
    return byClient
      ? { cachedInput: read, cacheWrite: written - read }
      : { cachedInput: Math.floor(read / OPENAI_STEP) * OPENAI_STEP, cacheWrite: 0 }
  }

  /** Takes back what the newest use has cached: the service has refused the prompt unread. */
  takeBack(): void {
    for (const [prefix, before] of this.#newest.reverse())
      if (before === undefined) this.#expiries.delete(prefix)
      else this.#expiries.set(prefix, before)
    this.#newest = []
  }

  #remember(prefix: string, now: Milliseconds): void {
    this.#newest.push([prefix, this.#expiries.get(prefix)])
    this.#expiries.delete(prefix)
    if (this.#expiries.size >= REMEMBERED_PREFIXES) this.#expiries.delete(this.#expiries.keys().next().value!)
    this.#expiries.set(prefix, now + TIME_TO_LIVE)
  }
}
