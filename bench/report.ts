import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { chromium } from 'playwright-core'
import { actAs, lognormal } from '../src/provider/index.ts'
import { writeReport } from '../src/report/html.ts'
import { runModel } from '../src/report/model/model.ts'
import { LiveRuns } from '../src/report/page/live-runs.ts'
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

/** What the live page keeps of an orchestration of so many hours, at ten events a second. Bytes. */
function kept(hours: number): number {
  const runs = new LiveRuns()
  const event = { event: 'log', orchestration_id: 'run' }
  for (let seq = 0; seq < hours * 36_000; seq++)
    runs.add({
      ...event,
      timestamp: seq / 10,
      data: { seq, at: seq * 100, causes: [], type: 'log', line: 1, text: `${seq}` },
    })
  collect()
  const { heapUsed } = process.memoryUsage()
  // It is there still.
  if (runs.ids.length !== 1) throw new Error('Nothing was kept.')
  return heapUsed
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
kept(1)
const [one, eight] = [kept(1), kept(8)] as const
record('live-page-memory', { 'one hour (MB)': Math.round(one / 1e6), 'eight hours (MB)': Math.round(eight / 1e6) })

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
try {
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
