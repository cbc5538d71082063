import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeOrchestration } from 'longhaul'
import { LRUCache } from 'lru-cache'
import OpenAI from 'openai'

const openai = new OpenAI({ apiKey: 'test' })
const answers = new LRUCache<string, string>({ max: 100, ttl: 60_000 })

async function ask(content: string): Promise<string> {
  const known = answers.get(content)
  if (known !== undefined) return known
  const answer = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })
  answers.set(content, answer.choices[0]!.message.content!)
  return answers.get(content)!
}

describeOrchestration(
  'answers in a cache of the whole process',
  {
    provider: { latency: '2s' },
    async system() {
      await ask('Ready?')
      await ask('Ready?')
    },
  },
  (test) => {
    test('are kept for a minute', async ({ run, sleep, expect }) => {
      expect(await run()).toHaveCalls(1)
      await sleep('59s')
      expect(await run()).toHaveCalls(0)
      await sleep('2s')
      expect(await run()).toHaveCalls(1)
    })

    test('of a test before are old: each test begins after the last', async ({ run, sleep, expect }) => {
      await sleep('61s')
      expect(await run()).toHaveCalls(1)
    })
  },
)

describeOrchestration(
  'a file as a cache',
  {
    async system() {
      const folder = mkdtempSync(join(tmpdir(), 'cache-'))
      try {
        const file = join(folder, 'answer.txt')
        writeFileSync(file, 'yes')
        const ageMs = (): number => Date.now() - statSync(file).mtimeMs
        const young = ageMs()
        return young >= 0
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  },
  (test) => {
    test('is never from the future', async ({ run, expect }) => {
      expect((await run()).result).toBe(true)
    })
  },
)
