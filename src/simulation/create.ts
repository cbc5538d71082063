import type { Clock, TimeModeText } from '../clock/index.ts'
import type { Ledger, Provider, ProviderConfig } from '../provider/index.ts'
import type { Trace } from '../trace/index.ts'
import type { FunctionOptions } from './options.ts'
import { openSession } from './session.ts'
import { unusedText } from './set-up.ts'
import { joinSettings, type RunSettings } from './settings.ts'

/** What a simulation is made of. */
export interface SimulationOptions extends Pick<
  RunSettings,
  'seed' | 'failRate' | 'latencyScale' | 'checks' | 'unused'
> {
  provider?: ProviderConfig
  /** `'real'` (default), `'virtual'`, or a factor such as `'60x'`. In virtual and scaled time, what is timed has to be inside `run`. */
  time?: TimeModeText
  /**
   * Whether the provider answers at its services' own addresses in this process. Default false: give it to `startServer`, or to the
   * handlers of `longhaul/msw` or `longhaul/nock`.
   */
  mount?: boolean
  network?: FunctionOptions['network']
}

/** A simulated provider with all that it stands on, for servers, mocks and test runners of one's own. */
export interface Simulation {
  provider: Provider
  clock: Clock
  trace: Trace
  /** What the provider bills. */
  readonly ledger: Ledger
  /**
   * Does work in the time of the simulation, and verifies afterwards the invariants that every run should satisfy.
   *
   * @throws what the work throws; InvariantError
   */
  run<Result>(work: () => Result | Promise<Result>): Promise<Result>
  /** Ends it: gives timers, network and chance back. */
  close(): Promise<void>
}

/**
 * Makes a simulated provider with clock, chance and trace, for `startServer`, msw, nock and test runners other than Vitest. Only one
 * can be open in a process at a time where its time is not real.
 *
 * @throws InvalidProviderConfigError; InvalidTimeModeError; ClockInUseError
 * @example
 * ```ts
 * const simulation = createSimulation({ provider: { latency: '2s' } })
 * const server = await startServer(simulation.provider)
 * // … requests to server.baseURLs.openai …
 * await server.close()
 * await simulation.close()
 * ```
 */
export function createSimulation({
  provider,
  time = 'real',
  mount = false,
  network,
  ...settings
}: SimulationOptions = {}): Simulation {
  const inForce = joinSettings({ ...settings, time })
  const session = openSession(
    'simulation',
    {
      system: async () => undefined,
      mount: mount ? 'fetch' : false,
      ...(provider && { provider }),
      ...(network && { network }),
    },
    inForce,
  )
  return {
    provider: session.provider,
    clock: session.clock,
    trace: session.trace,
    ledger: session.provider.ledger,
    run: async (work) => (await session.supervise(work)) as never,
    async close() {
      const text = inForce.unused === 'warn' ? unusedText(session.unused()) : ''
      if (text !== '')
        process.stderr.write(`longhaul: no call of the simulation used this part of the set-up: ${text}\n`)
      await session.close()
    },
  }
}
