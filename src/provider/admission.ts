import type { Milliseconds } from '../clock/index.ts'
import type { ServiceError } from './call.ts'
import type { OpenCall } from './open-call.ts'

/** Lets a call in, or says what stands against it before chance is asked: its model, the length of its prompt, the limits of the account. */
export function refusalOf(call: OpenCall, now: Milliseconds): ServiceError | undefined {
  const { request, model, input, service } = call
  if (!model) return { kind: 'model_not_found', model: request.model }
  if (input.input > model.contextWindow)
    return { kind: 'context_length', tokens: input.input, contextWindow: model.contextWindow }
  // Batches have limits of their own.
  if (request.batch) return undefined
  const limited = service.limiter.admit(input.input, now)
  if (limited) return { kind: 'rate_limited', ...limited }
  call.admitted = true
  return undefined
}
