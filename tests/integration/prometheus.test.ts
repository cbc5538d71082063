import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as client from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Provider, startServer, Trace, type ServerMount } from 'longhaul'
import { startClock } from '../../src/clock/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { countInto } from '../../src/telemetry/prometheus.ts'

const has = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const hasPrometheus = has('promtool') && has('prometheus')

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
    const told = await new Promise<string>((resolve, reject) => {
      const child = execFile('promtool', ['check', 'metrics'], (error, out, err) =>
        error ? reject(new Error(`${out}${err}`)) : resolve(`${out}${err}`),
      )
      child.stdin!.end(text)
    })
    expect(told).toBe('')
  })

  test('the alerts of dashboards/alerts.yml fire when they should', () => {
    const folder = resolve(import.meta.dirname, '../../dashboards')
    const told = execFileSync('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd: folder, encoding: 'utf8' })
    expect(told).toContain('SUCCESS')
  })

  test('a real Prometheus scrapes them', { timeout: 90_000 }, async () => {
    const server = await serve()
    const home = mkdtempSync(join(tmpdir(), 'longhaul-prometheus-'))
    const config = {
      scrape_configs: [
        { job_name: 'longhaul', scrape_interval: '1s', static_configs: [{ targets: [new URL(server.url).host] }] },
      ],
    }
    writeFileSync(join(home, 'prometheus.yml'), JSON.stringify(config))
    const port = await freePort()
    const child = spawn(
      'prometheus',
      [
        `--config.file=${home}/prometheus.yml`,
        `--storage.tsdb.path=${home}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    )
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await new Promise((done) => child.once('exit', done))
      rmSync(home, { recursive: true, force: true })
    })
    const query = `http://127.0.0.1:${port}/api/v1/query?query=sum(longhaul_calls_total)`
    const value = async (): Promise<string | undefined> => {
      const response = await fetch(query).catch(() => undefined)
      const body = (await response?.json()) as { data?: { result: { value: [number, string] }[] } } | undefined
      return body?.data?.result[0]?.value[1]
    }
    await expect.poll(value, { timeout: 60_000, interval: 500 }).toBe('20')
  })
})

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
