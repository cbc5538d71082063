import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { CHROMIUM, buildPage, writeReports } from './tests/integration/report-page.ts'

/**
 * Takes the pictures of docs/images: `npm run screenshots`. It runs an orchestration that meets an outage, an
 * orchestration that leaves something behind, and a sweep, and opens their reports; then a daemon, and its live page.
 * `npm run screenshots -- live` takes those of the live page alone.
 */
const TESTS = `
import { describeOrchestration, brownout, lognormal, outage } from 'longhaul'
const latency = lognormal({ median: '6s', p95: '20s' })
describeOrchestration('a newsroom in bad weather', {
  pattern: PATTERN_TEXT,
  orchestrator: { failover: ['claude-haiku-4-5'], budget: { limit: '0.05', checkEvery: 1 } },
  provider: {
    latency, failRate: 0.06, rateLimits: { requestsPerMinute: 40, tokensPerMinute: 20_000 },
    windows: [outage({ from: '70s', for: '75s', provider: 'openai' }), brownout({ from: '190s', for: '40s', slow: 2 })],
  },
  checks: { backoff: false, 'paid-twice': false },
}, (test) => {
  test('goes on at the other service', async ({ run, expect }) => { expect(await run()).toHaveCompleted() })
})
const ask = async (agent, tries = 4) => {
  for (let nth = 0; nth < tries; nth++) {
    const answer = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', user: agent, stream: true, messages: [{ role: 'user', content: 'Yes or no?' }] }),
    })
    if (answer.ok && (await answer.text()) !== '') return
  }
}
describeOrchestration('retries without a pause', {
  agents: ['ann', 'ben', 'cleo'],
  provider: { latency: lognormal({ median: '3s', p95: '8s' }), windows: [outage({ from: '20s', for: '12s' })] },
  system: async ({ agents, report }) => {
    for (let round = 0; round < 8; round++) {
      const gather = report.gather('votes', { from: agents, timeout: '30s' })
      await Promise.all(agents.map(async (agent) => { await ask(agent); gather.received(agent) }))
      gather.end()
    }
    void ask('dora')
  },
}, (test) => {
  test('ends', async ({ run }) => { await run() })
})
describeOrchestration.sweep({ seeds: 25, failRate: [0, 0.1, 0.2, 0.35, 0.5], maxShrunk: 1 })('a vote, swept', {
  agents: ['ann', 'ben', 'cleo'],
  provider: { latency },
  system: async ({ agents }) => {
    const answers = await Promise.allSettled(agents.map(async (agent) => {
      const answer = await fetch('https://api.openai.com/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', user: agent, messages: [{ role: 'user', content: 'Yes or no?' }] }),
        signal: AbortSignal.timeout(60_000),
      })
      await answer.text()
      if (!answer.ok) throw new Error('no answer')
    }))
    if (answers.filter(({ status }) => status === 'fulfilled').length < 2) throw new Error('Too few votes.')
  },
}, (test) => {
  test('two votes of three', async ({ run, sometimes, expect }) => {
    const outcome = await run()
    sometimes('too few votes', outcome.status === 'failed')
    expect(outcome).toHaveCompleted()
  })
})
`
const PATTERN = `name: newsroom
agents:
  analyst: { prompt_template: You are the analyst of a newsroom. }
  critic: { prompt_template: You are the critic of a newsroom. }
  editor: { prompt_template: You are the editor of a newsroom. }
  scout: { prompt_template: You are the scout of a newsroom. }
orchestration_logic:
  strategy: |
    FOREACH round IN range(1, 13):
      GATHER views FROM agents WITH prompt: "What is new?", timeout: 45s, at_least: 2
      SEND "Mind the deadline." TO "editor"
      IF round == 6:
        CHECKPOINT "half"
    RETURN pluck(views, "agent")
`
const images = join(import.meta.dirname, 'docs/images')
const WIDTH = 1280
/** Where nobody else is likely to listen. */
const UI_PORT = '18977'

buildPage()
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
mkdirSync(images, { recursive: true })

interface Shot {
  name: string
  url: string
  theme?: 'light' | 'dark'
  width?: number
  height?: number
  before?: (page: Page) => Promise<void>
}

/** Runs a command of longhaul with files of its own. */
const command = (folder: string, ...words: readonly string[]): string =>
  execFileSync(process.execPath, [join(import.meta.dirname, 'src/cli/main.ts'), ...words], {
    encoding: 'utf8',
    env: { ...process.env, LONGHAUL_HOME: folder },
  })

/** The live page of a daemon at work on a long run of the third phase of the test plan. */
async function takeLive(folder: string): Promise<void> {
  const setUp = ['--time', '120x', '--fail-rate', '0.1', '--budget-limit', '0.05', '--ui', '--ui-port', UI_PORT]
  const started = command(folder, 'daemon', 'start', ...setUp)
  try {
    const [url] = /http:\/\/\S+/.exec(started)!
    command(folder, 'send', 'orchestration:start', '--pattern', 'evolution_marathon')
    const before = (page: Page): Promise<void> =>
      page.locator('.sum b', { hasText: /^([6-9]\d|\d{3})$/ }).waitFor({ timeout: 90_000 })
    await take({ name: 'live', url, before })
    await take({ name: 'live-dark', url, theme: 'dark', before })
    await take({ name: 'live-phone', url, width: 390, height: 844, before })
  } finally {
    command(folder, 'daemon', 'stop')
  }
}

async function take({ name, url, theme = 'light', width = WIDTH, height = 800, before }: Shot): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme })
  await page.goto(url)
  await page.locator('html[data-ready]').waitFor()
  await before?.(page)
  await page.mouse.move(0, 0)
  await page.evaluate('new Promise((done) => setTimeout(done, 300))')
  const png = await page.screenshot()
  await page.close()
  await sharp(png)
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(join(images, `${name}.png`))
}

const urlOf = (file: string): string => pathToFileURL(file).href

async function takeReports(): Promise<void> {
  const { folder, home, stdout } = await writeReports(TESTS.replace('PATTERN_TEXT', JSON.stringify({ text: PATTERN })))
  process.stdout.write(stdout.slice(-1_500))
  const runs = join(folder, 'a-test-ts')
  const named = (start: string): string =>
    urlOf(
      join(
        runs,
        readdirSync(runs).find((name) => name.startsWith(start))!,
      ),
    )
  try {
    const newsroom = named('a-newsroom')
    await take({ name: 'report', url: newsroom })
    await take({
      name: 'report-call-dark',
      url: newsroom,
      theme: 'dark',
      before: async (page) => {
        await page.getByRole('tab', { name: /^Calls/ }).click()
        await page.getByLabel('Search calls').fill('retried')
        await page.locator('.call-list button').nth(1).click()
      },
    })
    await take({
      name: 'report-findings',
      url: named('retries-without'),
      before: async (page) => page.locator('.finding .head').first().click(),
    })
    await take({ name: 'report-phone', url: newsroom, width: 390, height: 844 })
    await take({ name: 'report-all', url: urlOf(join(folder, 'index.html')) })
  } finally {
    rmSync(home, { recursive: true })
  }
}

const home = mkdtempSync(join(tmpdir(), 'longhaul-shots-'))
try {
  if (process.argv[2] !== 'live') await takeReports()
  await takeLive(home)
} finally {
  await browser.close()
  rmSync(home, { recursive: true })
}
