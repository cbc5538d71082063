import type { ProviderConfig } from './config.ts'
import type { CallScope, FaultWindow } from './fault-windows.ts'

/** A scope with the names of today: `service` for the former `provider`. */
export function scopeOfToday<Of extends CallScope>({ provider, ...scope }: Of): Omit<Of, 'provider'> {
  return provider === undefined || scope.service !== undefined ? scope : Object.assign(scope, { service: provider })
}

/** A configuration with the names of today: `services` for the former `providers`, in windows too. What has both keeps the new one. */
export function configOfToday({ providers, windows, ...config }: ProviderConfig): ProviderConfig {
  return {
    ...config,
    ...((providers ?? config.services) && { services: { ...providers, ...config.services } }),
    ...(windows && { windows: windows.map((window): FaultWindow => scopeOfToday(window)) }),
  }
}
