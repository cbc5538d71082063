import type { Milliseconds } from '../clock/index.ts'
import type { ServiceError } from './call.ts'
import type { OpenCall } from './open-call.ts'
import { readsBeyondLimits } from './prompt-cache.ts'
import type { TokenLimit } from './rate-limits.ts'

/** The tokens of a request as its service counts them on arrival. */
function requestedTokens({ request, input }: OpenCall): Record<TokenLimit, number> {
  const prompt = readsBeyondLimits(request.provider) ? input.input - input.cachedInput : input.input
  const most = request.maxOutputTokens ?? 0
  const withOutput = { larger: Math.max(prompt, most), sum: prompt + most }
  return { inputTokens: prompt, tokens: request.reserves ? withOutput[request.reserves] : prompt }
}

/** Lets a call in, or says what stands against it before chance is asked: its model, the length of its prompt, the limits of the account. */
export function refusalOf(call: OpenCall, now: Milliseconds): ServiceError | undefined {
  const { request, model, input, service } = call
  if (!model) return { kind: 'model_not_found', model: request.model }
  if (input.input > model.contextWindow)
    return { kind: 'context_length', tokens: input.input, contextWindow: model.contextWindow }
  // Batches have limits of their own.
  if (request.batch) return undefined
  const excess = service.limiter.excess(requestedTokens(call))
  if (excess) {
    service.cache.takeBack()
    return { kind: 'request_too_large', ...excess }
  }
  const limited = service.limiter.admit(input.input, now)
  if (limited) return { kind: 'rate_limited', ...limited }
  call.admitted = true
  return undefined
}
