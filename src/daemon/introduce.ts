import type { Runs } from './runs.ts'
import type { Simulation } from './simulation.ts'

/** Tells simulated services how the agents of runs are to be answered. */
export function introduce(simulation: Simulation, runs: Runs): void {
  simulation.know((id, agent) => {
    const run = runs.running(id)
    const { response_time: time } = run?.live.orchestrator.team.agents.get(agent)?.settings.vars ?? {}
    const { failRate } = run?.given ?? {}
    return {
      responseTime: time === undefined || time === null ? undefined : String(time),
      failRate: typeof failRate === 'number' ? failRate : undefined,
    }
  })
}
