import type { ServiceSettings } from '../orchestrator/index.ts'
import type { AgentSettings } from '../pattern/index.ts'

/** Services that answer in this process in place of real ones: what the daemon knows of them. */
export interface Simulation {
  services: Readonly<Record<string, ServiceSettings>>
  /** Refuses agents that cannot be simulated as they say. */
  check(agents: readonly AgentSettings[]): void
  /** Learns who calls, by the names of a run and an agent. */
  know(caller: (run: string, agent: string) => { responseTime: string | undefined; failRate: number | undefined }): void
  /** What a run has been billed since the process began. Picodollars. */
  billed(run: string): bigint
  forget(run: string): void
}
