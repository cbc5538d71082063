import { execFileSync } from 'node:child_process'
import * as client from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startServer, Trace, type ServerMount } from 'longhaul'
import { Provider } from '../../src/provider/index.ts'
import { startClock } from '../../src/clock/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { countInto } from '../../src/telemetry/prometheus.ts'
import { dashboards, hasPrometheus, promtoolOn, startPrometheus } from './prometheus-under-test.ts'

async function serve(): Promise<ServerMount> {
  const clock = startClock({ kind: 'real' })
  const trace = new Trace(() => clock.now(), 'discard')
  const provider = new Provider(
    { latency: 0, failRate: 0.5, faults: { overloaded: 1 } },
    { clock, trace, random: new KeyedRandom(1) },
  )
  const metrics = countInto(trace, client)
  const server = await startServer(provider, { metrics })
  onTestFinished(async () => {
    metrics.close()
    await server.close()
  })
  const ask = () =>
    fetch(`${server.baseURLs.openai}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer test', 'x-longhaul-agent': 'ann' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }),
    })
  for (let nth = 0; nth < 20; nth++) await ask()
  return server
}

const metricsOf = async ({ url }: ServerMount): Promise<string> => (await fetch(`${url}/metrics`)).text()

test('a server tells calls, failures, tokens and dollars at /metrics', async () => {
  const text = await metricsOf(await serve())
  const of = '{agent="ann",provider="openai",model="gpt-4o"}'
  expect(text).toContain(`longhaul_calls_total${of} 20`)
  expect(text).toMatch(
    /longhaul_call_failures_total\{agent="ann",provider="openai",model="gpt-4o",fault="overloaded"\} \d+/,
  )
  expect(text).toMatch(/longhaul_cost_dollars_total\{[^}]*\} 0\.\d+/)
  expect(text).toContain('longhaul_calls_open{provider="openai"} 0')
})

test('a server without metrics says what it needs', async () => {
  const clock = startClock({ kind: 'real' })
  const provider = new Provider({}, { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) })
  const server = await startServer(provider)
  onTestFinished(() => server.close())
  const response = await fetch(`${server.url}/metrics`)
  expect(response.status).toBe(501)
  expect(await response.text()).toContain('npm install prom-client')
})

describe.skipIf(!hasPrometheus)('with Prometheus (skipped where it is not installed)', () => {
  test('promtool finds nothing wrong with the metrics', async () => {
    const text = await metricsOf(await serve())
    expect(await promtoolOn(text)).toBe('')
  })

  test('the alerts of dashboards/alerts.yml fire when they should', () => {
    const told = execFileSync('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd: dashboards, encoding: 'utf8' })
    expect(told).toContain('SUCCESS')
  })

  test('a real Prometheus scrapes them', { timeout: 90_000 }, async () => {
    const server = await serve()
    const prometheus = await startPrometheus({ longhaul: server.url })
    onTestFinished(() => prometheus.stop())
    const value = async () => (await prometheus.query('sum(longhaul_calls_total)'))[0]?.value[1]
    await expect.poll(value, { timeout: 60_000, interval: 500 }).toBe('20')
  })
})
