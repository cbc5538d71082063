import { randomUUID } from 'node:crypto'
import { startClock, type Clock } from '../clock/index.ts'
import { guardProcess, isPrivate, startServer } from '../mount/index.ts'
import { Provider, type Latency } from '../provider/index.ts'
import { KeyedRandom } from '../random/index.ts'
import { readLatency } from '../systems/simulated-services.ts'
import { countInto } from '../telemetry/prometheus.ts'
import { Trace } from '../trace/index.ts'
import { numberIn, UsageError, type Command } from './flags.ts'
import { listenError } from './taken-port.ts'
import { promClient } from './prom-client.ts'
import { readProviderFile } from './provider-file.ts'
import { timeModeIn } from './time-flag.ts'

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

/** How long requests that are being answered may take when the server is told to stop. Milliseconds of real time. */
const GRACE_MS = 30_000

/** The latency that a flag gives. */
function latencyIn(text: string): Latency {
  try {
    return readLatency(text)
  } catch (error) {
    throw new UsageError(`--latency: ${(error as Error).message}`)
  }
}

/** `longhaul serve`: runs until the process is told to stop. */
export const serve: Command = {
  usage: 'serve',
  about: 'Serves the simulated LLM services over HTTP on this machine, for programs in any language.',
  maxWords: 0,
  flags: {
    port: { about: 'port of the server; default: any free port', value: 'NUMBER' },
    host: { about: 'address to listen on; default: 127.0.0.1', value: 'ADDRESS' },
    seed: { about: 'seed of the simulation; default: 1', value: 'NUMBER' },
    config: {
      about: 'file with the options of the provider (rate limits, faults, replies …): YAML, JSON, or a module',
      value: 'FILE',
    },
    'fail-rate': { about: 'share of calls that fail; default: LONGHAUL_FAIL_RATE, the file, or 0', value: 'SHARE' },
    time: { about: 'speed of the clock: real (default), or a factor such as 60x', value: 'TIME' },
    latency: {
      about: 'latency of answers, such as 8s, 2s..30s or 0; default: a median of 4s, 12s in one call of twenty',
      value: 'LATENCY',
    },
  },
  async run({ flags, words }) {
    if (words.length > 0) throw new UsageError(`longhaul serve does not accept "${words[0]}".`)
    const mode = timeModeIn(flags['time'] ?? 'real')
    const pace = mode.kind === 'scaled' ? mode.factor : 1
    const clock = serverClock(pace)
    const { LONGHAUL_FAIL_RATE: rate, KSI_COMPLETION_PROVIDER_FAIL_RATE: planned } = process.env
    const config = flags['config'] === undefined ? {} : await readProviderFile(flags['config'])
    const share = flags['fail-rate'] ?? (rate || planned || undefined)
    const failRate = share === undefined ? undefined : numberIn('--fail-rate', share, { least: 0, most: 1 })
    const port = numberIn('--port', flags['port'] ?? '0', { least: 0, most: 65_535, whole: true })
    const seed = numberIn('--seed', flags['seed'] ?? '1', { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true })
    const { host, latency } = flags
    // Nobody reads the trace of a server that runs for days: it must not fill the memory.
    const trace = new Trace(() => clock.now(), 'discard')
    const provider = new Provider(
      {
        ...config,
        ...(failRate !== undefined && { failRate }),
        ...(latency !== undefined && { latency: latencyIn(latency) }),
      },
      // Ids of this server are no other's, whatever the seed: clients may keep them longer than it lives.
      { clock, trace, random: new KeyedRandom(seed), ids: randomUUID() },
    )
    const client = await promClient()
    const metrics = client && countInto(trace, client)
    const log = (text: string): void => void process.stderr.write(`longhaul serve: ${text}\n`)
    guardProcess(log)
    const server = await startServer(provider, {
      port,
      log,
      pace,
      ...(metrics && { metrics }),
      ...(host !== undefined && { host }),
    }).catch((error: unknown) => {
      throw listenError(error, port, 'Set another port by --port.', host)
    })
    if (host !== undefined && !isPrivate(host))
      log(`warning: ${host} accepts connections from other machines, and the server answers them without a key.`)
    const { openai, anthropic, ...others } = server.baseURLs
    process.stdout.write(
      `longhaul serves simulated models:\n  OPENAI_BASE_URL=${openai}\n  ANTHROPIC_BASE_URL=${anthropic}\n` +
        Object.entries(others)
          .map(([name, url]) => `  ${name}: ${url}\n`)
          .join(''),
    )
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.once(name, () => {
        // Who tells it twice means it.
        process.once(name, () => process.exit(1))
        void server.close(GRACE_MS).then(() => clock.stop())
      })
  },
}
