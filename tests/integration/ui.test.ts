import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import axe from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startUi, type Ui } from '../../src/cli/ui-server.ts'
import { daemonPaths, makeFolders, send } from '../../src/daemon/index.ts'
import { startDaemon, type Daemon } from '../../src/daemon/server.ts'
import { SimulatedServices } from '../../src/systems/simulated-services.ts'
import { callEvents, heapOf, serveFed } from './live-feed.ts'
import { buildPage, CHROMIUM, hasChromium } from './report-page.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-ui-'))
const patterns = join(home, 'patterns')
const paths = daemonPaths({ LONGHAUL_HOME: home })
let ui: Ui
let daemon: Daemon | undefined

/** Rounds of two agents, until somebody ends them. */
const ROUNDS = `agents: { worker: { count: 2 } }
orchestration_logic:
  strategy: |
    FOREACH round IN range(1, 100000):
      GATHER views FROM agents WITH prompt: "Round {{round}}?", timeout: 30s
      WAIT 50ms
`
const begin = async (): Promise<void> => {
  daemon = await startDaemon(paths, {
    settings: {},
    patterns: [patterns],
    simulate: (clock) => new SimulatedServices({ clock, latency: '40ms' }),
  })
}

beforeAll(async () => {
  buildPage()
  mkdirSync(patterns)
  writeFileSync(join(patterns, 'rounds.yaml'), ROUNDS)
  makeFolders(paths)
  ui = await startUi({ paths, port: 0 })
}, 60_000)
afterAll(async () => {
  await daemon?.stop('over')
  await ui.close()
  rmSync(home, { recursive: true })
})

/** The status of an answer to a request with that Host. */
const statusFor = (host: string, path = '/'): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(ui.url)
    request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
      .on('error', reject)
      .end()
  })

/** A port on which nobody listens. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

test('a daemon serves the live page and its metrics beside itself, and says where', { timeout: 60_000 }, async () => {
  const longhaul = async (...words: readonly string[]): Promise<string> => {
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const env = { ...process.env, LONGHAUL_HOME: join(home, 'own'), VITEST: undefined }
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], { env })
    return stdout
  }
  const port = await freePort()
  const metricsPort = await freePort()
  const started = await longhaul('daemon', 'start', '--ui', '--ui-port', port, '--metrics-port', metricsPort)
  try {
    const [url] = /http:\/\/127\.0\.0\.1:\S+#token=[0-9a-f]{48}/.exec(started)!
    expect(await (await fetch(url)).text()).toContain('<title>longhaul</title>')
    const metrics = `http://127.0.0.1:${metricsPort}/metrics`
    expect(started).toContain(`metrics: ${metrics}`)
    for (const told of [metrics, `http://127.0.0.1:${port}/metrics`])
      expect(await (await fetch(told)).text()).toContain('longhaul_runs{state="running"} 0')
  } finally {
    await longhaul('daemon', 'stop')
  }
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed')
})

describe('the live page', () => {
  test('is served to who asks for this machine by its name, and to nobody else', async () => {
    const { host, port } = new URL(ui.url)
    expect(await statusFor(host)).toBe(200)
    expect(await statusFor(`localhost:${port}`)).toBe(200)
    expect(await statusFor(`evil.example:${port}`)).toBe(421)
    expect(await statusFor(host, '/token')).toBe(404)
  })

  test('may connect to its bridge, and holds no token', async () => {
    const html = await (await fetch(ui.url)).text()
    expect(html).toMatch(/default-src 'none'; connect-src ws:\/\/127\.0\.0\.1:\d+;/)
    expect(html).not.toContain(ui.url.split('token=')[1])
  })
})

describe.skipIf(!hasChromium)(`in a real browser (skipped where there is no ${CHROMIUM})`, { timeout: 60_000 }, () => {
  let browser: Browser
  beforeAll(
    async () => void (browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })),
    60_000,
  )
  afterAll(() => browser?.close())

  const health = (page: Page, text: string) => page.locator('.health', { hasText: text }).waitFor()

  test('waits for a daemon, shows what it does, acts on it, and goes on when it is started again', async () => {
    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(String(error)))
    await page.goto(ui.url)
    await health(page, 'No daemon answers')
    await begin()
    await health(page, 'active orchestration(s)')
    const { data } = await send(paths.socket, 'orchestration:start', { pattern: 'rounds' })
    const id = String(data['orchestration_id'])
    await page.locator('.lanes canvas').waitFor()
    await page.locator('.sum', { hasText: /Calls\s*[1-9]/ }).waitFor()

    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByText('orchestration:fail_rate: done').waitFor()
    await page.getByLabel('Agent to terminate').selectOption('worker_2')
    await page.getByRole('button', { name: 'Terminate agent' }).click()
    await page.getByText('agent:terminate: done').waitFor()
    await page.getByRole('button', { name: 'Suspend' }).click()
    await page.getByText('orchestration:suspend: done').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('orchestration:resume: done').waitFor()
    await page.evaluate(axe.source)
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string; impact: string }[] }
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

    await daemon!.stop('again')
    await health(page, 'No daemon answers')
    await begin()
    await health(page, '1 active orchestration(s)')
    await page.getByRole('button', { name: 'Terminate', exact: true }).click()
    await page.getByText('orchestration:terminate: done').waitFor()
    const { data: after } = await send(paths.socket, 'orchestration:status', { orchestration_id: id })
    expect(after['state']).toBe('terminated')
    expect(wrong).toEqual([])
    await page.close()
  })

  test('shows each call as it begins and ends, with its tokens, its cost and its failure', async () => {
    const { data } = await send(paths.socket, 'orchestration:start', { pattern: 'rounds', _fail_rate: 0.4 })
    const page = await browser.newPage()
    await page.goto(ui.url)
    const list = page.locator('.call-list li')
    await list.filter({ hasText: 'answered · gpt-4o-mini' }).first().waitFor()
    await list
      .filter({ hasText: /retried|failed/ })
      .first()
      .waitFor()
    await page.getByText(/Total: \d+ calls, cost \$0\.\d+/).waitFor()
    await page.getByRole('button', { name: 'Suspend' }).click()
    await page.getByText('orchestration:suspend: done').waitFor()
    await list.filter({ hasText: 'answered · gpt-4o-mini' }).first().getByRole('button').click()
    await page.locator('.details', { hasText: 'output' }).waitFor()
    await send(paths.socket, 'orchestration:terminate', data)
    await page.close()
  })

  test('does not grow, however long it is open', { timeout: 180_000 }, async () => {
    const fed = await serveFed(callEvents('orch_00000001'))
    const page = await browser.newPage()
    await page.goto(fed.url)
    await health(page, 'active orchestration(s)')
    // As many as it keeps, and some more: three for each call.
    await fed.feed(25_000)
    await page.locator('.sum b', { hasText: /^6,\d{3}$/ }).waitFor()
    const before = await heapOf(page)
    await fed.feed(35_000)
    // The page with all that it keeps takes eight megabytes; what is being drawn may take as much for a moment.
    await expect.poll(async () => (await heapOf(page)) - before, { timeout: 60_000, interval: 500 }).toBeLessThan(3e6)
    await page.close()
    await fed.close()
  })

  test('without the token it shows, and has nothing to act with', async () => {
    const page = await browser.newPage()
    await page.goto(ui.url.split('#')[0]!)
    await page.getByText('Read-only. To control orchestrations').waitFor()
    await health(page, 'active orchestration(s)')
    expect(await page.getByRole('button', { name: 'Suspend' }).count()).toBe(0)
    await page.close()
  })
})
