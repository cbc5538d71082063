import type { TimeMode } from '../clock/index.ts'
import { patientFetch } from '../daemon/index.ts'
import type { ServiceSettings } from '../orchestrator/index.ts'
import { UsageError } from './flags.ts'

/** Services of the environment: `OPENAI_BASE_URL`, and with `--live` the real ones. */
export const KNOWN = {
  openai: { format: 'openai', baseURL: 'https://api.openai.com/v1', url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  anthropic: {
    format: 'anthropic',
    baseURL: 'https://api.anthropic.com',
    url: 'ANTHROPIC_BASE_URL',
    key: 'ANTHROPIC_API_KEY',
  },
} as const

/** A service whose calls may take as long as the setting `call_timeout` lets them. */
const serviceAt = (url: string, format: ServiceSettings['format'], apiKey: string | undefined): ServiceSettings => ({
  baseURL: url.replace(/\/+$/, ''),
  format,
  fetch: patientFetch,
  ...(apiKey && { apiKey }),
})

/** The services that are really asked: those whose address is given, and all with `--live`. */
export function realServices(live: boolean, named: unknown, env: NodeJS.ProcessEnv): Record<string, ServiceSettings> {
  const services: Record<string, ServiceSettings> = {}
  for (const [name, { format, baseURL, url, key }] of Object.entries(KNOWN)) {
    const address = env[url] || (live ? baseURL : undefined)
    if (address === undefined) continue
    services[name] = serviceAt(address, format, env[key])
  }
  for (const [name, given] of Object.entries((named ?? {}) as Record<string, unknown>)) {
    const {
      base_url: baseURL,
      format = 'openai',
      api_key_env: key,
      ...unknown
    } = (given ?? {}) as Record<string, unknown>
    const [wrong] = Object.keys(unknown)
    if (typeof baseURL !== 'string' || (format !== 'openai' && format !== 'anthropic') || wrong !== undefined)
      throw new UsageError(
        `services: ${name}: ${wrong === undefined ? 'set base_url, and format: openai or anthropic' : `there is no setting "${wrong}". There are: base_url, format, api_key_env`}.`,
      )
    const apiKey = typeof key === 'string' ? env[key] : undefined
    services[name] = serviceAt(baseURL, format, apiKey)
  }
  return services
}

/** Which services are asked, for people. */
export function toldOf(
  services: Readonly<Record<string, ServiceSettings>>,
  simulates: boolean,
  time: TimeMode,
): string {
  const real = Object.entries(services).map(([name, { baseURL }]) => `${name} at ${baseURL}`)
  const pace = time.kind === 'scaled' ? `Time runs ${time.factor} times as fast as the wall clock.` : ''
  const simulated = 'simulated in the process of the daemon, at no cost'
  const told = !simulates
    ? `${real.join(', ')}. Calls may cost money.`
    : real.length > 0
      ? `${real.join(', ')}; all others ${simulated}.`
      : `${simulated}.`
  return `${told} ${pace}`.trim()
}
