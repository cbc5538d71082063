import type { Clock, TimeModeText } from '../clock/index.ts'
import type { Ledger, Provider, ProviderConfig } from '../provider/index.ts'
import type { Trace } from '../trace/index.ts'
import type { FunctionOptions } from './options.ts'
import { openSession } from './session.ts'
import { unusedText } from './set-up.ts'
import { joinSettings, type RunSettings } from './settings.ts'

/** Options of a simulation. */
export interface SimulationOptions extends Pick<
  RunSettings,
  'seed' | 'failRate' | 'latencyScale' | 'checks' | 'unused'
> {
  /** The simulated services: latency, faults, limits, replies. Default: the defaults of `ProviderConfig`. */
  provider?: ProviderConfig
  /**
   * `'real'` (default), `'virtual'`, or a factor such as `'60x'`. In virtual and scaled time, run the timed code inside
   * `run`.
   */
  time?: TimeModeText
  /**
   * Whether the provider answers at the addresses of its services in this process. Default false: pass the provider to
   * `startServer`, or to the handlers of `longhaul/msw` or `longhaul/nock`.
   */
  mount?: boolean
  /** The hosts that the code may reach. Default: none but loopback. */
  network?: FunctionOptions['network']
}

/** A simulated provider with its clock and trace, for servers, mocks and other test runners. */
export interface Simulation {
  /** The simulated services. */
  provider: Provider
  /** The clock of the simulation. */
  clock: Clock
  /** The trace of the simulation. */
  trace: Trace
  /** The bill of the provider. */
  readonly ledger: Ledger
  /**
   * Runs work in the time of the simulation, and afterwards verifies the invariants that every run should satisfy.
   *
   * @throws what the work throws; InvariantError
   */
  run<Result>(work: () => Result | Promise<Result>): Promise<Result>
  /** Ends the simulation, and restores timers, network and randomness. */
  close(): Promise<void>
}

/**
 * Creates a simulated provider with clock, randomness and trace, for `startServer`, msw, nock and test runners other
 * than Vitest. In virtual and scaled time, only one simulation can be open in a process at a time.
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
