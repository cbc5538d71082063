import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readDaemonSetup } from '../../../src/cli/daemon-setup.ts'
import { DAEMON_FLAGS } from '../../../src/cli/daemon-table.ts'
import { readFlags } from '../../../src/cli/flags.ts'
import { patientFetch } from '../../../src/daemon/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-setup-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
const setup = (line: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  readDaemonSetup(readFlags(line, DAEMON_FLAGS), env)

const KEYS = { OPENAI_API_KEY: 'sk-real', ANTHROPIC_API_KEY: 'sk-real' }

test('the example of the page about the daemon is read, with the settings that it has', async () => {
  const [, example = ''] = /^```yaml\n(time: 60x.*?)^```$/ms.exec(readFileSync('docs/daemon.md', 'utf8')) ?? []
  const { settings, time } = await setup(['--config', write('example.yaml', example)])
  expect(time).toEqual({ kind: 'scaled', factor: 60 })
  expect(settings).toMatchObject({
    failover: ['claude-haiku-4-5'],
    retry: { attempts: 5, firstDelay: 1_000, maxDelay: 30_000 },
    breaker: { failures: 8, failureRate: 0.8, openFor: 120_000 },
    supervision: { hungAfter: 600_000, maxRestarts: 3 },
    cache: { similarity: 0.95, ttl: 21_600_000 },
    services: { local: { baseURL: 'http://127.0.0.1:11434/v1' } },
  })
})

describe('which services are asked', () => {
  test('simulated ones by default, though there are keys in the environment', async () => {
    const { settings, simulated, told } = await setup([], { ...KEYS, OPENAI_BASE_URL: '' })
    expect(settings.services).toEqual({})
    expect(simulated).toEqual({})
    expect(told).toBe('simulated in the process of the daemon, at no cost.')
    expect(settings.failover).toEqual(['claude-haiku-4-5'])
  })

  test('with an address that one alone, and the others are simulated', async () => {
    const { settings, simulated, told } = await setup([], { ...KEYS, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1/' })
    expect(settings.services).toEqual({
      openai: { baseURL: 'http://127.0.0.1:9/v1', format: 'openai', apiKey: 'sk-real', fetch: patientFetch },
    })
    expect(simulated).toBeDefined()
    expect(told).toContain('openai at http://127.0.0.1:9/v1; all others simulated')
    expect(settings.failover).toBeUndefined()
  })

  test('with --live the real ones', async () => {
    const { settings, simulated, told } = await setup(['--live'], KEYS)
    expect(Object.values(settings.services!).map(({ baseURL }) => baseURL)).toEqual([
      'https://api.openai.com/v1',
      'https://api.anthropic.com',
    ])
    expect(simulated).toBeUndefined()
    expect(told).toContain('Calls may cost money.')
    await expect(setup(['--live', '--latency', '3s'], KEYS)).rejects.toThrow('--latency is for simulated services')
  })

  test('and those of the settings file, with the key that it names', async () => {
    const config = write(
      'services.yaml',
      'services:\n  local: { base_url: "http://127.0.0.1:1/v1", api_key_env: MY_KEY }\n',
    )
    const { settings } = await setup(['--config', config], { MY_KEY: 'k' })
    expect(settings.services).toEqual({
      local: { baseURL: 'http://127.0.0.1:1/v1', format: 'openai', apiKey: 'k', fetch: patientFetch },
    })
    const wrong = write('wrong-services.yaml', 'services: { local: { url: x } }\n')
    await expect(setup(['--config', wrong])).rejects.toThrow(/services: local: .*There are: base_url/)
  })
})

describe('settings', () => {
  test('come from the flags, before the environment, before the file', async () => {
    const config = write(
      'longhaul.yaml',
      'time: 30x\nseed: 5\nfail_rate: 0.1\nretry: { attempts: 7, firstDelay: 3s }\nbreaker_open_for: 60\nbudget: { limit: 2.50 }\n',
    )
    const { settings, time, simulated } = await setup(['--config', config, '--seed', '9', '--breaker-failures=8'], {
      KSI_COMPLETION_PROVIDER_FAIL_RATE: '0.5',
    })
    expect(settings).toMatchObject({
      retry: { attempts: 7, firstDelay: 3_000 },
      breaker: { openFor: 60_000, failures: 8 },
      budget: { limit: 2.5 },
    })
    expect(time).toEqual({ kind: 'scaled', factor: 30 })
    expect(simulated).toMatchObject({ seed: '9', failRate: 0.5 })
  })

  test('that nobody knows are refused, with the nearest one', async () => {
    expect(() => readFlags(['--retry-atempts', '3'], DAEMON_FLAGS)).toThrow('Did you mean --retry-attempts?')
    const config = write('misspelt.json', '{ "retry": { "atempts": 3 } }')
    await expect(setup(['--config', config])).rejects.toThrow(
      'there is no setting "retry_atempts". Did you mean "retry_attempts"?',
    )
  })

  test.each([
    [['--fail-rate', '2'], '--fail-rate is "2". Give a number from 0 to 1.'],
    [['--budget-limit', 'much'], 'US dollars'],
    [['--time', 'virtual'], 'requires a single process'],
    [['--time', 'fast'], 'is not a time mode'],
    [['--retry-attempts', '1.5'], 'a whole number'],
    [['--retry-factor', '0.5'], 'retry.factor is 0.5'],
    [['--latency', '8x'], 'a range such as 20s..30s'],
    [['--call-timeout', 'long'], 'a duration'],
    [['--config', 'nowhere.yaml'], 'cannot be read'],
    [['--functions', './nowhere.ts'], 'cannot be loaded'],
  ])('%j makes no sense', async (line, message) => {
    await expect(setup(line)).rejects.toThrow(message)
  })

  test('name what is wrong in the environment', async () => {
    await expect(setup([], { LONGHAUL_FAIL_RATE: 'half' })).rejects.toThrow('LONGHAUL_FAIL_RATE is "half"')
  })

  test('functions of a module can be called by all patterns, and named as a library', async () => {
    const module = write(
      'scoring.mjs',
      'export const score = (n) => n * 2\nexport default { rate: () => 1 }\nexport const LIMIT = 3\n',
    )
    const { settings } = await setup(['--functions', module])
    expect(Object.keys(settings.functions!)).toEqual(['rate', 'score'])
    expect(Object.keys(settings.libraries!['scoring']!([]))).toEqual(['rate', 'score'])
    await expect(setup(['--functions', write('empty.mjs', 'export const x = 1\n')])).rejects.toThrow(
      'exports no function',
    )
  })
})
