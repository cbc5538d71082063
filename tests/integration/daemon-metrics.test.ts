import { request } from 'node:http'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { dashboardJson } from '../../dashboards/longhaul.ts'
import { startMeteredDaemon, type MeteredDaemon } from './metered-daemon.ts'
import { dashboards, hasPrometheus, promtoolOn, startPrometheus, type Prometheus } from './prometheus-under-test.ts'

let daemon: MeteredDaemon
let id: string
beforeAll(async () => {
  daemon = await startMeteredDaemon()
  id = await daemon.begin()
}, 60_000)
afterAll(() => daemon.stop())

const text = async (): Promise<string> => (await fetch(daemon.url)).text()
/** The values of a metric, by its labels. */
const valuesOf = async (name: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await text()).split('\n').flatMap((line) => {
      const [, labels = '', value] = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`).exec(line) ?? []
      return value === undefined ? [] : [[labels, Number(value)] as const]
    }),
  )
const sumOf = async (name: string): Promise<number> =>
  Object.values(await valuesOf(name)).reduce((sum, value) => sum + value, 0)

describe('the metrics of a daemon', { timeout: 60_000 }, () => {
  test('tell calls, failures, retries, tokens and money', async () => {
    await expect.poll(() => sumOf('longhaul_call_retries_total'), { timeout: 30_000 }).toBeGreaterThan(2)
    const calls = await valuesOf('longhaul_calls_total')
    expect(Object.keys(calls)).toContain('agent="worker_1",provider="openai",model="gpt-4o-mini"')
    expect(await sumOf('longhaul_call_failures_total')).toBeGreaterThan(0)
    expect(await sumOf('longhaul_call_retries_total')).toBeLessThan(await sumOf('longhaul_calls_total'))
    expect(await sumOf('longhaul_tokens_total')).toBeGreaterThan(0)
    expect(await sumOf('longhaul_cost_dollars_total')).toBeGreaterThan(0)
  })

  test('tell of an agent that hangs, and of what its calls may have cost', async () => {
    await expect.poll(() => sumOf('longhaul_agents_hung_total'), { timeout: 30_000 }).toBeGreaterThan(0)
    const uncertain = await valuesOf('longhaul_cost_uncertain_dollars_total')
    expect(uncertain['agent="silent",model="gpt-4o-mini"']).toBeGreaterThan(0)
  })

  test('tell how the daemon stands: runs, agents, breakers, budgets, its log', async () => {
    expect(await valuesOf('longhaul_runs')).toEqual({ 'state="running"': 1, 'state="suspended"': 0 })
    expect(await sumOf('longhaul_agents')).toBe(3)
    expect(Object.keys(await valuesOf('longhaul_breaker_state'))).toContain('target="openai/gpt-4o-mini"')
    const [spent] = Object.values(await valuesOf(`longhaul_budget_spent_ratio`))
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(1)
    expect(await sumOf('longhaul_event_log_bytes')).toBeGreaterThan(1_000)
    expect(await sumOf('longhaul_problems')).toBe(0)
    expect(await sumOf('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  })

  test('hold what the orchestration itself says that it has spent', async () => {
    await daemon.ask('orchestration:suspend', { orchestration_id: id })
    const { known } = await daemon.ask('orchestration:cost_status', { orchestration_id: id })
    expect(await sumOf('longhaul_cost_dollars_total')).toBeCloseTo(Number(String(known).replace('$', '')), 9)
    expect(await sumOf('longhaul_calls_open')).toBe(0)
    expect(await valuesOf('longhaul_runs')).toEqual({ 'state="running"': 0, 'state="suspended"': 1 })
    expect(await valuesOf('longhaul_budget_spent_ratio')).toEqual({})
    await daemon.ask('orchestration:resume', { orchestration_id: id })
  })

  test('are told to who asks for this machine by its name, and to nobody else', async () => {
    const { port } = new URL(daemon.url)
    const status = await new Promise((done, reject) =>
      request({ host: '127.0.0.1', port, path: '/metrics', headers: { host: `evil.example:${port}` } }, (response) => {
        response.resume()
        done(response.statusCode)
      })
        .on('error', reject)
        .end(),
    )
    expect(status).toBe(421)
  })
})

describe.skipIf(!hasPrometheus)('with Prometheus (skipped where it is not installed)', { timeout: 120_000 }, () => {
  let prometheus: Prometheus
  beforeAll(async () => void (prometheus = await startPrometheus({ longhaul: daemon.url })))
  afterAll(() => prometheus?.stop())

  test('promtool finds nothing wrong with the metrics', async () => expect(await promtoolOn(await text())).toBe(''))

  test('a real one scrapes them, and its rules reckon with them', async () => {
    const value = async (query: string) => Number((await prometheus.query(query))[0]?.value[1] ?? -1)
    await expect.poll(() => value('sum(longhaul_calls_total)'), { timeout: 60_000, interval: 500 }).toBeGreaterThan(10)
    await expect
      .poll(() => value('longhaul:cost_dollars:rate1h'), { timeout: 60_000, interval: 500 })
      .toBeGreaterThan(0)
    await expect.poll(() => value('ALERTS{alertname="LonghaulHungAgent"}'), { timeout: 60_000, interval: 500 }).toBe(1)
  })

  test('each query of the dashboard runs there, and gives series', async () => {
    const ended = await daemon.begin()
    await daemon.ask('orchestration:terminate', { orchestration_id: ended })
    const queries = queriesIn(JSON.parse(readFileSync(join(dashboards, 'longhaul.json'), 'utf8')))
    expect(queries.length).toBeGreaterThan(25)
    const without = async (): Promise<string[]> => {
      const found = await Promise.all(
        queries.map((query) => prometheus.query(query.replaceAll('$job', '.*').replaceAll('$__rate_interval', '20s'))),
      )
      const hasNumbers = (nth: number) => found[nth]!.some(({ value }) => Number.isFinite(Number(value[1])))
      return queries.filter((_, nth) => !hasNumbers(nth))
    }
    await expect.poll(without, { timeout: 60_000, interval: 1_000 }).toEqual([])
  })

  test('the Prometheus of docs/compose.yaml is set up as it should be, and what is mounted is there', () => {
    const docs = resolve(dashboards, '../docs')
    const compose = parse(readFileSync(join(docs, 'compose.yaml'), 'utf8')) as {
      configs: Record<string, { content: string }>
      services: Record<string, { volumes: string[] }>
    }
    const home = mkdtempSync(join(tmpdir(), 'longhaul-compose-'))
    onTestFinished(() => rmSync(home, { recursive: true }))
    cpSync(join(dashboards, 'alerts.yml'), join(home, 'alerts.yml'))
    writeFileSync(join(home, 'prometheus.yml'), compose.configs['prometheus']!.content)
    const told = execFileSync('promtool', ['check', 'config', join(home, 'prometheus.yml')], { encoding: 'utf8' })
    expect(told).toContain('SUCCESS')
    for (const name of ['datasource', 'dashboards']) parse(compose.configs[name]!.content)
    const mounted = Object.values(compose.services).flatMap(({ volumes }) => volumes.map((each) => each.split(':')[0]!))
    for (const file of mounted.filter((each) => each.startsWith('.'))) expect(existsSync(join(docs, file))).toBe(true)
  })
})

test('dashboards/longhaul.json is what dashboards/longhaul.ts writes', () => {
  expect(readFileSync(join(dashboards, 'longhaul.json'), 'utf8')).toBe(dashboardJson())
})

/** All that is asked of Prometheus in a dashboard. */
function queriesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([name, value]) =>
    name === 'expr' && typeof value === 'string' ? [value] : queriesIn(value),
  )
}
