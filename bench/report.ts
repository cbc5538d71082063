import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { actAs, lognormal } from '../src/provider/index.ts'
import { writeReport } from '../src/report/html.ts'
import { runModel } from '../src/report/model/model.ts'
import { callEvents, heapOf, serveFed } from '../tests/integration/live-feed.ts'
import { record, timed } from './measure.ts'
import { QUESTION, simulate } from './simulation.ts'

/**
 * A report of 10² … 10⁵ calls of twenty agents, of which a tenth fails and is repeated: how large the file is, how long
 * it takes to be written, and how long a browser takes from the address to a picture. `npm run build` before it.
 */
const SIZES = [1e2, 1e4, 1e5]
const AGENTS = 20
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const OPENED = 3

async function call(agent: string): Promise<void> {
  await actAs(agent, async () => {
    for (let tries = 0; tries < 3; tries++) {
      const response = await fetch('https://api.openai.com/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: 'Bearer test' },
        body: JSON.stringify({ ...QUESTION, stream: true }),
      }).catch(() => undefined)
      const text = await response?.text().catch(() => '')
      if (response?.ok && text !== '') return
    }
  })
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
/** The heap of the live page when it has got so many hours of an orchestration, at ten events a second. Megabytes. */
async function heapAfter(...hours: readonly number[]): Promise<number[]> {
  const fed = await serveFed(callEvents('orch_00000001'))
  const page = await browser.newPage()
  await page.goto(fed.url)
  await page.locator('.health', { hasText: 'under way' }).waitFor()
  const heaps: number[] = []
  let sent = 0
  for (const hour of hours) {
    await fed.feed(hour * 36_000 - sent)
    sent = hour * 36_000
    await page.locator('.sums').waitFor()
    heaps.push(Number(((await heapOf(page)) / 1e6).toFixed(1)))
  }
  await page.close()
  await fed.close()
  return heaps
}

const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
try {
  const [one, eight] = await heapAfter(1, 8)
  record('live-page-memory', { 'one hour (MB)': one, 'eight hours (MB)': eight })
  for (const count of SIZES) {
    const file = join(folder, `${count}.html`)
    const events = await simulate(
      async ({ trace }) => {
        for (let done = 0; done < count; done += AGENTS)
          await Promise.all(Array.from({ length: AGENTS }, (_, nth) => call(`agent_${nth + 1}`)))
        return [...trace]
      },
      { config: { latency: lognormal({ median: '4s', p95: '12s' }), failRate: 0.1 } },
    )
    let calls = 0
    const written = await timed(async () => {
      const model = runModel(events, { title: `${count} calls` })
      calls = model.calls.at.length
      writeReport(file, { kind: 'runs', title: model.title, runs: [model], index: '' })
    })
    const opened: number[] = []
    for (let nth = 0; nth < OPENED; nth++) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(pathToFileURL(file).href)
      await page.locator('html[data-ready]').waitFor()
      opened.push(Number(await page.evaluate('document.documentElement.dataset.ready')))
      await page.close()
    }
    record(`report-1e${Math.log10(count)}`, {
      calls,
      'size (kB)': Math.round(statSync(file).size / 1_000),
      'written (ms)': Math.round(written),
      'opened (ms)': median(opened),
    })
  }
} finally {
  rmSync(folder, { recursive: true })
  await browser.close()
}
