import { agent } from './agent.ts'
import { completion } from './completion.ts'
import { discovery } from './discovery.ts'
import type { Handler } from './handler.ts'
import { metrics } from './metrics.ts'
import { monitor } from './monitor.ts'
import { orchestration } from './orchestration.ts'
import { state } from './state.ts'
import { system } from './system.ts'

/** All events that the daemon answers. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  ...system,
  ...discovery,
  ...orchestration,
  ...agent,
  ...completion,
  ...state,
  ...metrics,
  ...monitor,
}
export type { DaemonContext } from './handler.ts'
