import { agent } from './agent.ts'
import { completion } from './completion.ts'
import type { Handler } from './handler.ts'
import { monitor } from './monitor.ts'
import { orchestration } from './orchestration.ts'
import { system } from './system.ts'

/** All events that the daemon answers. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  ...system,
  ...orchestration,
  ...agent,
  ...completion,
  ...monitor,
}
export type { DaemonContext, LoggedEvent } from './handler.ts'
