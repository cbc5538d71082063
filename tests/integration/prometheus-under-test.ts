import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const has = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
export const hasPrometheus = has('promtool') && has('prometheus')

/** Where rules and dashboards are. */
export const dashboards = resolve(import.meta.dirname, '../../dashboards')

/** What `promtool check metrics` says of a text; nothing where all is well. */
export const promtoolOn = (text: string): Promise<string> =>
  new Promise((done, reject) => {
    const child = execFile('promtool', ['check', 'metrics'], (error, out, err) =>
      error ? reject(new Error(`${out}${err}`)) : done(`${out}${err}`),
    )
    child.stdin!.end(text)
  })

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

/** A sample of an answer of Prometheus. */
export interface Sample {
  metric: Readonly<Record<string, string>>
  value: [number, string]
}

/** A real Prometheus. */
export interface Prometheus {
  /** The samples that a query gives now. @throws where the query is wrong */
  query(query: string): Promise<Sample[]>
  stop(): Promise<void>
}

/**
 * Starts Prometheus with the rules of dashboards/alerts.yml. It scrapes and reckons each second.
 *
 * @param jobs addresses of `/metrics` without the path, by job
 */
export async function startPrometheus(jobs: Readonly<Record<string, string>>): Promise<Prometheus> {
  const home = mkdtempSync(join(tmpdir(), 'longhaul-prometheus-'))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['alerts.yml'],
    scrape_configs: Object.entries(jobs).map(([job_name, url]) => ({
      job_name,
      static_configs: [{ targets: [new URL(url).host] }],
    })),
  }
  const rules = readFileSync(join(dashboards, 'alerts.yml'), 'utf8').replace('interval: 15s', 'interval: 1s')
  writeFileSync(join(home, 'alerts.yml'), rules)
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
  const gone = once(child, 'exit')
  const ask = async (query: string): Promise<{ status: string; error?: string; data?: { result: Sample[] } }> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?${new URLSearchParams({ query })}`)
    return response.json() as never
  }
  return {
    async query(query) {
      // It takes a moment until it listens.
      const { status, error, data } = await ask(query).catch(() => ({
        status: 'success',
        error: '',
        data: { result: [] },
      }))
      if (status !== 'success') throw new Error(`${query}: ${error}`)
      return data!.result
    },
    async stop() {
      child.kill('SIGKILL')
      await gone
      rmSync(home, { recursive: true, force: true })
    },
  }
}
