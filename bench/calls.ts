import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { record, timed } from './measure.ts'
import { QUESTION, simulate } from './simulation.ts'

/** 10² … 10⁶ calls by plain `fetch`, 100 at a time, the trace spooled to disk: time and memory for each call. */
const SIZES = [1e2, 1e3, 1e4, 1e5, 1e6]
const AT_ONCE = 100

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heap = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}

async function call(): Promise<void> {
  const response = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: JSON.stringify(QUESTION),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`The call was refused: ${response.status} ${text}`)
}

async function run(count: number): Promise<{ realMs: number; bytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  try {
    return await simulate(
      async () => {
        const before = heap()
        const realMs = await timed(async () => {
          for (let done = 0; done < count; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, call))
        })
        return { realMs, bytes: heap() - before }
      },
      { spool: { file: join(folder, 'trace.ndjson') } },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

await run(5_000)
for (const count of SIZES) {
  const { realMs, bytes } = await run(count)
  record(`calls-1e${Math.log10(count)}`, {
    calls: count,
    'real (µs/call)': Number(((realMs / count) * 1_000).toFixed(1)),
    'heap kept (kB)': Math.round(bytes / 1_024),
  })
}
