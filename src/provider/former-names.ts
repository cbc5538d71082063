import { noteFormerName } from '../options/index.ts'
import type { ProviderConfig } from './config.ts'
import type { CallScope, FaultWindow } from './fault-windows.ts'

/** A scope with the names of today: `service` for the former `provider`. */
export function scopeOfToday<Of extends CallScope>({ provider, ...scope }: Of): Omit<Of, 'provider'> {
  if (provider === undefined) return scope
  noteFormerName('provider', 'service')
  return scope.service === undefined ? Object.assign(scope, { service: provider }) : scope
}

/** A configuration with the names of today: `services` for the former `providers`, in windows too. What has both keeps the new one. */
export function configOfToday({ providers, windows, ...config }: ProviderConfig): ProviderConfig {
  if (providers) noteFormerName('providers', 'services')
  return {
    ...config,
    ...((providers ?? config.services) && { services: { ...providers, ...config.services } }),
    ...(windows && { windows: windows.map((window): FaultWindow => scopeOfToday(window)) }),
  }
}
