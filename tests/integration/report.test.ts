import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage, CHROMIUM, hasChromium, writeReports } from './report-page.ts'

/** A run in which much goes wrong, one in which nothing does, and a sweep whose cases fail. */
const TESTS = `
import { describeOrchestration, lognormal, outage } from 'longhaul'
const agents = ['ann', 'ben', 'cleo']
const ask = async (agent, tries = 3) => {
  for (let nth = 0; nth < tries; nth++) {
    const answer = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', user: agent, stream: true, messages: [{ role: 'user', content: 'Yes or no?' }] }),
    })
    const text = await answer.text()
    if (answer.ok) return text
    await new Promise((resolve) => setTimeout(resolve, 1_000 * 2 ** nth))
  }
  throw new Error('No answer.')
}
const latency = lognormal({ median: '4s', p95: '12s' })
describeOrchestration('bad <b>weather</b> </script>', {
  agents,
  provider: { latency, failRate: 0, windows: [outage({ from: '10s', for: '20s' })] },
  system: async ({ report }) => {
    for (let round = 0; round < 6; round++) {
      const gather = report.gather('votes', { from: agents, timeout: '60s' })
      await Promise.allSettled(agents.map(async (agent) => { await ask(agent); gather.received(agent) }))
      gather.end()
    }
    void ask('dora')
  },
}, (test) => {
  test('ends', async ({ run }) => { await run() })
})
describeOrchestration('fair weather', { agents, provider: { latency, failRate: 0 }, system: async () => void (await Promise.all(agents.map((agent) => ask(agent)))) }, (test) => {
  test('ends', async ({ run, expect }) => { expect(await run()).toHaveCompleted() })
})
describeOrchestration.sweep({ seeds: 3, failRate: [0, 0.5], maxShrunk: 1 })('swept', {
  agents,
  provider: { latency, faults: { overloaded: 1 } },
  system: async () => void (await Promise.all(agents.map((agent) => ask(agent, 1)))),
}, (test) => {
  test('ends', async ({ run, sometimes, expect }) => {
    const outcome = await run()
    sometimes('it ends', true)
    expect(outcome).toHaveCompleted()
  })
})
`

let home: string
let folder: string
let stdout: string
const fileOf = (name: string): string => join(folder, 'a-test-ts', `${name}.html`)
const BAD = 'bad-b-weather-b-script-ends'

beforeAll(async () => {
  buildPage()
  ;({ home, folder, stdout } = await writeReports(TESTS))
}, 180_000)
afterAll(() => rmSync(home, { recursive: true }))

describe('the reporter', () => {
  test('writes a file for each test, of a sweep for each case that fails, and one for all', () => {
    const runs = readdirSync(join(folder, 'a-test-ts'))
    expect(runs).toContain(`${BAD}.html`)
    expect(runs).toContain('fair-weather-ends.html')
    const swept = runs.filter((name) => name.startsWith('swept'))
    expect(swept.length).toBeGreaterThan(0)
    expect(swept.every((name) => name.includes('fail-rate-0-5'))).toBe(true)
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('<title>longhaul: all runs</title>')
  })

  test('a test that fails says where its report is, in its message and where JUnit readers look', () => {
    expect(stdout).toContain(`To see the run, open longhaul-report/a-test-ts/${BAD}.html`)
    expect(stdout).toContain('report: longhaul-report/index.html')
    expect(readFileSync(join(home, 'junit.xml'), 'utf8')).toContain(
      `[[ATTACHMENT|longhaul-report/a-test-ts/${BAD}.html]]`,
    )
  })

  test('what stands in a trace stays text in the file', () => {
    const html = readFileSync(fileOf(BAD), 'utf8')
    expect(html).toContain('<title>bad &lt;b&gt;weather&lt;/b&gt; &lt;/script&gt; &gt; ends</title>')
    expect(html).not.toContain('<b>weather')
    expect(html).toMatch(/script-src 'sha256-[\w+/]+=*';/)
  })
})

const THEMES = ['light', 'dark'] as const
const WIDTHS = [390, 1440] as const

describe.skipIf(!hasChromium)(`in a real browser (skipped where there is no ${CHROMIUM})`, () => {
  let browser: Browser
  beforeAll(
    async () => void (browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })),
    60_000,
  )
  afterAll(() => browser?.close())

  /** Opens a report from disk. What it asks of the network, or complains of, fails the test. */
  async function open(
    file: string,
    { width = 1440, theme = 'light' }: { width?: number; theme?: 'light' | 'dark' } = {},
  ): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme })
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('request', (request) => !/^(file|data|blob):/.test(request.url()) && wrong.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    await page.locator('html[data-ready]').waitFor()
    expect(wrong).toEqual([])
    return page
  }

  test('the report of a run says what was found, why it matters, what to do, and how to repeat it', async () => {
    const page = await open(fileOf(BAD))
    expect(await page.locator('h1').innerText()).toContain('bad <b>weather</b> </script> > ends')
    expect(await page.locator('.finding').first().innerText()).toMatch(/orphans[\s\S]*Why it matters[\s\S]*What to do/)
    expect(await page.locator('.command code').innerText()).toContain('LONGHAUL_SEED=1 npx vitest run a.test.ts')
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied ✓' }).waitFor()
    await page.close()
  })

  test('a click on a bar opens its call, with what led to it and what came of it', async () => {
    const page = await open(fileOf(BAD))
    const lanes = (await page.locator('.lanes canvas').boundingBox())!
    const plot = (await page.locator('.u-over').first().boundingBox())!
    for (let y = 30; y < lanes.height && (await page.locator('.details').count()) === 0; y += 8)
      await page.mouse.click(plot.x + 2, lanes.y + y)
    const details = page.locator('.details')
    expect(await details.innerText()).toMatch(
      /Call 1\b[\s\S]*ann[\s\S]*gpt-4o-mini[\s\S]*Cost[\s\S]*requested by gather votes/,
    )
    await page.getByRole('button', { name: 'next →' }).click()
    expect(await details.locator('h3').innerText()).toContain('Call 2')
    await page.getByRole('button', { name: 'Close the call' }).click()
    expect(await details.count()).toBe(0)
    await page.close()
  })

  test('calls are searched, and filtered by agent and outcome', async () => {
    const page = await open(fileOf(BAD))
    const status = page.locator('.fitting')
    await page.getByLabel('Search calls').fill('bad_gateway')
    expect(await status.innerText()).toMatch(/^\d+ of \d+ calls/)
    await page.getByRole('tab', { name: /^Calls/ }).click()
    expect(await page.locator('.call-list li').first().innerText()).toContain('bad_gateway')
    await page.getByRole('button', { name: 'clear' }).click()
    await page.getByLabel('Agent', { exact: true }).selectOption('ben')
    expect(await page.locator('.call-list .who').allInnerTexts()).toSatisfy((all: string[]) =>
      all.every((who) => who.startsWith('ben')),
    )
    await page.getByLabel('Agent', { exact: true }).selectOption('')
    await page.getByRole('button', { name: /^answered/ }).click()
    expect(await page.locator('.call-list .what').allInnerTexts()).toSatisfy((all: string[]) =>
      all.every((what) => !what.startsWith('answered')),
    )
    await page.close()
  })

  test('the keyboard goes from call to call, to the findings, and to the search', async () => {
    const page = await open(fileOf(BAD))
    await page.keyboard.press('f')
    expect(await page.locator('.finding.chosen').count()).toBe(1)
    await page.getByRole('tab', { name: /^Calls/ }).click()
    await page.locator('.call-list button').first().click()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('.details').innerText()).toContain('ann')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('.details').innerText()).toContain('ben')
    await page.keyboard.press('Escape')
    expect(await page.locator('.details').count()).toBe(0)
    await page.keyboard.press('/')
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Search calls')
    await page.close()
  })

  test('the smallest case stands beside the whole one', async () => {
    const names = readdirSync(join(folder, 'a-test-ts')).filter((name) => name.startsWith('swept'))
    const small = names.find((name) => readFileSync(join(folder, 'a-test-ts', name)).length > 0)!
    let page: Page | undefined
    for (const name of [small, ...names]) {
      await page?.close()
      page = await open(join(folder, 'a-test-ts', name))
      if ((await page.getByRole('button', { name: 'Side by side' }).count()) > 0) break
    }
    await page!.getByRole('button', { name: 'Side by side' }).click()
    expect(await page!.locator('.pair h2').allInnerTexts()).toEqual(['The whole run', 'The smallest case'])
    expect(await page!.locator('.pair .lanes canvas').count()).toBe(2)
    await page!.close()
  })

  test('the index sums all up, leads to each run, and shows what a sweep has exercised', async () => {
    const page = await open(join(folder, 'index.html'))
    expect(await page.locator('.sweep').innerText()).toMatch(/swept[\s\S]*it ends[\s\S]*fault: overloaded/)
    expect(await page.locator('.pass-share svg').getAttribute('aria-label')).toMatch(
      /^100 % pass at 0; \d+ % pass at 0.5$/,
    )
    await page.getByLabel('Search tests').fill('bad weather orphans')
    await page.getByLabel('Search tests').fill('orphans')
    expect(await page.locator('td.test').count()).toBe(1)
    await page.locator('td.test a').click()
    await page.locator('html[data-ready] .lanes').waitFor()
    await page.getByRole('link', { name: '← all runs' }).click()
    await page.locator('.suite').waitFor()
    await page.close()
  })

  test.for(WIDTHS.flatMap((width) => THEMES.map((theme) => ({ width, theme }))))(
    'nobody is shut out at $width px in the $theme theme',
    { timeout: 120_000 },
    async ({ width, theme }) => {
      for (const file of [fileOf(BAD), join(folder, 'index.html')]) {
        const page = await open(file, { width, theme })
        const look = async (): Promise<void> => {
          await page.evaluate(axe.source)
          const { violations } = (await page.evaluate('axe.run()')) as {
            violations: { id: string; impact: string; nodes: { html: string }[] }[]
          }
          const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
        }
        await look()
        const calls = page.getByRole('tab', { name: /^Calls/ })
        if ((await calls.count()) > 0) {
          await calls.click()
          await look()
          await page.locator('.call-list button').first().click()
          await look()
        }
        await page.close()
      }
    },
  )

  test.for(WIDTHS)(
    'the page of a prediction has a row for each model, and the drivers of its cost, at %i px',
    async (width) => {
      const out = join(home, 'models.html')
      const main = join(import.meta.dirname, '../../src/cli/main.ts')
      const given = ['predict', 'semantic_test', '--runs', '20', '--fail-rate', '0.2', '--models', 'gpt-4o-mini,haiku']
      execFileSync(process.execPath, [main, ...given, '--html', out], { env: { ...process.env, NO_COLOR: '1' } })
      const page = await open(out, { width })
      const rows = await page.locator('tbody tr').allInnerTexts()
      expect(rows).toHaveLength(2)
      expect(rows[0]).toMatch(/^gpt-4o-mini\s+\$0\.000\d+ – \$0\.000\d+/)
      expect(await page.locator('thead').innerText()).toContain('most expensive run')
      await page.getByRole('heading', { name: 'haiku' }).waitFor()
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
      expect(violations.map(({ id }) => id)).toEqual([])
      await page.close()
    },
  )

  test('the theme is changed by a button', async () => {
    const page = await open(fileOf('fair-weather-ends'))
    await page.getByRole('button', { name: 'Change to the dark theme' }).click()
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.close()
  })
})
