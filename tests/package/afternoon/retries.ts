import { setTimeout } from 'node:timers/promises'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { OverBudget } from './purse.ts'

/** The longest time of one attempt, its stream included. */
const ATTEMPT_MS = 120_000
const ATTEMPTS = 12
const FIRST_PAUSE_MS = 2_000
const MAX_PAUSE_MS = 180_000

/** An answer that came, but cannot be used: cut off, empty, or not in the form that was asked for. */
export class UnusableAnswer extends Error {}

/** Works until it succeeds: failures that pass are tried again, after a pause that doubles, and is random. */
export async function withRetries<T>(work: (attempt: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await work(AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]))
    } catch (error) {
      signal.throwIfAborted()
      if (attempt === ATTEMPTS || !passes(error)) throw error
      await setTimeout(pauseMs(attempt, error), undefined, { signal })
    }
  }
}

/** Whether it is worth trying again. What has no status is a connection that broke, or an attempt that took too long. */
function passes(error: unknown): boolean {
  if (error instanceof OverBudget) return false
  if (error instanceof UnusableAnswer) return true
  if (error instanceof OpenAI.APIError && error.code === 'insufficient_quota') return false
  if (error instanceof OpenAI.APIError || error instanceof Anthropic.APIError) {
    const status = error.status as number | undefined
    return status === undefined || status === 408 || status === 429 || status >= 500
  }
  // A mistake in this program is not tried again; what fetch throws has a cause.
  return !(error instanceof TypeError && !error.cause) && !(error instanceof ReferenceError)
}

/** Half of the pause is fixed and half is chance; a server that says how long to wait is believed. */
function pauseMs(attempt: number, error: unknown): number {
  const bound = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1))
  const own = bound / 2 + (Math.random() * bound) / 2
  const headers = (error as { headers?: unknown }).headers
  const asked = headers instanceof Headers ? Number(headers.get('retry-after') ?? 0) * 1000 : 0
  return asked > 0 ? asked + own : own
}
