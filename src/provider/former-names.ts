import { noteFormerName } from '../options/index.ts'
import type { ProviderConfig } from './config.ts'
import { scopeOfToday } from './call-scope.ts'
import type { FaultWindow, ResolvedFaultWindow } from './fault-windows.ts'

/** A window with the names of today: `from`, `for`, `every`, `failRate`, `slow`. */
function windowOfToday(window: FaultWindow): FaultWindow {
  if (!('fromMs' in window)) return scopeOfToday(window)
  noteFormerName('fromMs', 'from')
  const { fromMs, forMs, everyMs, rate, slowFactor, ...more } = scopeOfToday(window as unknown as ResolvedFaultWindow)
  return { ...more, from: fromMs, for: forMs, failRate: rate, slow: slowFactor, ...(everyMs && { every: everyMs }) }
}

/** A configuration with the names of today: `services` for the former `providers`, in windows too. What has both keeps the new one. */
export function configOfToday({ providers, windows, ...config }: ProviderConfig): ProviderConfig {
  if (providers) noteFormerName('providers', 'services')
  return {
    ...config,
    ...((providers ?? config.services) && { services: { ...providers, ...config.services } }),
    ...(windows && { windows: windows.map(windowOfToday) }),
  }
}
