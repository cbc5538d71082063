import { noteFormerName } from '../options/index.ts'

/** Selects calls. An omitted field selects all calls. */
export interface CallScope {
  /** Only calls of this agent. */
  agent?: string
  /** Only calls to this model. */
  model?: string
  /** Only calls to this service. */
  service?: string
  /** @deprecated The former name of `service`. */
  provider?: string
}

/** A scope with the names of today: `service` for the former `provider`. */
export function scopeOfToday<Of extends CallScope>({ provider, ...scope }: Of): Omit<Of, 'provider'> {
  if (provider === undefined) return scope
  noteFormerName('provider', 'service', 'In windows, failNext and filters of matchers, ')
  return scope.service === undefined ? Object.assign(scope, { service: provider }) : scope
}

/** What a call is of, as requests and events have it. */
export interface CallSubject {
  agent: string
  model: string
  /** The service. */
  provider: string
}

/** Whether something is for a call. */
export const applies = (scope: CallScope, { agent, model, provider }: CallSubject): boolean =>
  (scope.agent === undefined || scope.agent === agent) &&
  (scope.model === undefined || scope.model === model) &&
  (scope.service === undefined || scope.service === provider)
