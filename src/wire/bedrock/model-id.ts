import type { BadRequest } from '../service.ts'
import { invalid } from './errors.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html.

/** The model that a path names: an id as it is, or the last part of an ARN, which may be escaped. */
export function modelIdOf(given: string): string {
  const text = unescaped(given)
  return text.startsWith('arn:') ? text.slice(text.lastIndexOf('/') + 1) : text
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An id of Anthropic's, with or without a region before it. */
export const isAnthropic = (id: string): boolean => /(^|\.)anthropic\./.test(id)

/** Models of Anthropic's from 3.7 on answer by inference profiles alone: `us.anthropic.…`, `global.anthropic.…`. */
const BY_PROFILE = /^anthropic\.claude-(3-7|[a-z]+-\d)/

/** A model that is asked for without the region that it needs. */
export const withoutProfile = (given: string): BadRequest | undefined =>
  BY_PROFILE.test(unescaped(given))
    ? invalid(
        `Invocation of model ID ${unescaped(given)} with on-demand throughput isn’t supported. Retry your request with the ID or ` +
          'ARN of an inference profile that contains this model.',
      )
    : undefined
