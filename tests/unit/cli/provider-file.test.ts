import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readProviderFile } from '../../../src/cli/provider-file.ts'
import { startClock } from '../../../src/clock/index.ts'
import { Provider } from '../../../src/provider/index.ts'
import { uniform } from '../../../src/provider/latency.ts'
import { KeyedRandom } from '../../../src/random/index.ts'
import { Trace } from '../../../src/trace/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-provider-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

const written = (name: string, content: string): string => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}
const rangeOf = (latency: unknown): number[] => {
  const { quantile } = latency as ReturnType<typeof uniform>
  return [quantile(0), quantile(1)]
}

test('a latency in a text may be a range, of all calls, an agent, a model or a service, and of no reply', async () => {
  const { latency, agents, models, services, replies } = await readProviderFile(
    written(
      'ranges.yaml',
      `latency: 1s..2s
agents: { ann: { latency: 3s..4s }, ben: { latency: 5s } }
models: { gpt-4o: { latency: 6s..7s } }
services: { openai: { latency: 8s..9s } }
replies: { json: { latency: 1s..2s } }
`,
    ),
  )
  const ranges = [latency, agents?.['ann']?.latency, models?.['gpt-4o']?.latency, services?.['openai']?.latency]
  expect(ranges.map(rangeOf)).toEqual([
    [1_000, 2_000],
    [3_000, 4_000],
    [6_000, 7_000],
    [8_000, 9_000],
  ])
  expect(agents?.['ben']).toEqual({ latency: '5s' })
  expect(replies).toEqual({ json: { latency: '1s..2s' } })
})

test('a range that is none is refused with the name of the file', async () => {
  const file = written('wrong.yaml', 'latency: 9s..soon')
  await expect(readProviderFile(file)).rejects.toThrow(`--config: ${file} cannot be read: `)
})

test('the provider takes the file of the docs', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/mounts.md'), 'utf8')
  const [, content] = /```yaml\n(# services\.yaml:.*?)```/s.exec(page)!
  const config = await readProviderFile(written('services.yaml', content!))
  const clock = startClock({ kind: 'real' }, {})
  try {
    const random = new KeyedRandom(1)
    expect(() => new Provider(config, { clock, random, trace: new Trace(() => 0) })).not.toThrow()
  } finally {
    await clock.stop()
  }
})
