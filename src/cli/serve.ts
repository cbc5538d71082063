import { parseTimeMode, startClock, type Clock } from '../clock/index.ts'
import { startServer } from '../mount/index.ts'
import { Provider } from '../provider/index.ts'
import { KeyedRandom } from '../random/index.ts'
import { Trace } from '../trace/index.ts'

/** The options of `longhaul serve`, as text. */
export interface ServeOptions {
  port?: string | undefined
  host?: string | undefined
  seed?: string | undefined
  'fail-rate'?: string | undefined
  time?: string | undefined
  latency?: string | undefined
}

function numberOption(name: string, text: string | undefined, fallback: number, most: number): number {
  const value = text === undefined ? fallback : Number(text)
  if (!(value >= 0 && value <= most)) throw new Error(`--${name} is "${text}". Give a number from 0 to ${most}.`)
  return value
}

/** A clock that runs `factor` times as fast as the wall clock; it leaves the process's own timers alone. */
function serverClock(factor: number): Clock {
  const real = startClock({ kind: 'real' })
  return {
    ...real,
    now: () => Math.round(real.now() * factor),
    after: (delay, action) => real.after(delay / factor, action),
    sleep: (delay, signal) => real.sleep(delay / factor, signal),
  }
}

/** Serves the provider until the process is told to stop. */
export async function serve(options: ServeOptions): Promise<void> {
  const mode = parseTimeMode(options.time ?? 'real')
  if (mode.kind === 'virtual')
    throw new Error('--time virtual needs the clients in the same process. Give real, or a factor such as 60x.')
  const clock = serverClock(mode.kind === 'scaled' ? mode.factor : 1)
  const { LONGHAUL_FAIL_RATE: rate, KSI_COMPLETION_PROVIDER_FAIL_RATE: planned } = process.env
  const failRate = numberOption('fail-rate', options['fail-rate'] ?? (rate || planned || undefined), 0, 1)
  const port = numberOption('port', options.port, 0, 65_535)
  const seed = numberOption('seed', options.seed, 1, Number.MAX_SAFE_INTEGER)
  // Nobody reads the trace of a server that runs for days: it must not fill the memory.
  const trace = new Trace(() => clock.now(), 'discard')
  const provider = new Provider(
    { failRate, ...(options.latency !== undefined && { latency: options.latency }) },
    { clock, trace, random: new KeyedRandom(seed) },
  )
  const server = await startServer(provider, { port, ...(options.host !== undefined && { host: options.host }) })
  process.stdout.write(
    `longhaul serves simulated models:\n  OPENAI_BASE_URL=${server.baseURLs.openai}\n  ANTHROPIC_BASE_URL=${server.baseURLs.anthropic}\n`,
  )
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void server.close().then(() => clock.stop()))
}
