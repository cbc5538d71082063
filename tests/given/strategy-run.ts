import {
  compileProgram,
  Machine,
  parseStrategy,
  type Effect,
  type EffectRequest,
  type Json,
  type MachineState,
  type Resolution,
} from '../../src/strategy/index.ts'

/** How effects end: a value, or a failure. */
export type Answering = (request: EffectRequest) => Resolution

/** A strategy that was run: what it asked for, in order, and how it ended. */
export interface StrategyRun {
  requests: EffectRequest[]
  status: MachineState['status']
  variables: Record<string, Json>
}

/** Every effect succeeds, and gives nothing. */
const nothing: Answering = () => ({ ok: true, value: null })

/** Runs a strategy to its end; each effect ends at once as `answering` says. */
export function runStrategy(
  text: string,
  variables: Record<string, Json> = {},
  answering: Answering = nothing,
): StrategyRun {
  const machine = Machine.start(compileProgram(parseStrategy(text)), variables)
  const asked: Effect[] = []
  for (;;) {
    const step = machine.step()
    if (step.kind === 'ended') {
      const { status, variables: left } = machine.state
      return { requests: asked.map(({ request }) => request), status, variables: left }
    }
    if (step.kind === 'effect') asked.push(step.effect)
    if (step.kind === 'waiting') {
      const [effect] = machine.pending
      machine.resolve(effect!.id, answering(effect!.request))
    }
  }
}
