import { spawn } from 'node:child_process'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { actAs, lognormal } from 'longhaul'
import type { SystemContext } from '../../src/systems/index.ts'
import { openSession } from '../../src/simulation/session.ts'
import { joinSettings } from '../../src/simulation/settings.ts'

const client = new OpenAI({ apiKey: 'test', maxRetries: 6, timeout: 30_000 })

async function system({ agents }: SystemContext): Promise<string[]> {
  const talk = async (agent: string): Promise<string> => {
    for (let round = 0; round < 5; round++) {
      await client.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: `${agent} ${round} ${crypto.randomUUID()}` }],
      })
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000))
    }
    return crypto.randomUUID()
  }
  return Promise.all(agents.map((agent) => actAs(agent, () => talk(agent))))
}

async function traceOf(agents: readonly string[], seed = 1): Promise<string> {
  const provider = { latency: lognormal({ median: '4s', p95: '12s' }), failRate: 0.4 }
  const session = openSession('determinism', { agents, provider, system }, joinSettings({ seed }))
  try {
    const outcome = await session.run()
    expect(outcome.error).toBeUndefined()
    return session.trace.toNDJSON()
  } finally {
    await session.close()
  }
}

const burners: ReturnType<typeof spawn>[] = []
afterEach(() => burners.splice(0).forEach((burner) => burner.kill('SIGKILL')))

test('two runs with one seed give the same bytes', async () => {
  expect(await traceOf(['ann', 'ben'])).toBe(await traceOf(['ann', 'ben']))
})

test('so does a run while both cores are busy', async () => {
  const alone = await traceOf(['ann', 'ben', 'cem'])
  for (let i = 0; i < 2; i++) burners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
  expect(await traceOf(['ann', 'ben', 'cem'])).toBe(alone)
})

test('another seed gives another run', async () => {
  expect(await traceOf(['ann'], 2)).not.toBe(await traceOf(['ann'], 1))
})

test("one more agent leaves the others' luck alone", async () => {
  const fate = (trace: string, agent: string): unknown[] => {
    const events = trace
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const calls = new Set(events.filter((event) => event.agent === agent).map(({ call }) => call))
    return events
      .filter(({ call }) => calls.has(call))
      .map(({ at, type, fault, afterMs }) => ({ at, type, fault, afterMs }))
  }
  const [few, more] = [await traceOf(['ann', 'ben']), await traceOf(['zoe', 'ann', 'ben'])]
  expect(fate(more, 'ann')).toEqual(fate(few, 'ann'))
  expect(fate(more, 'ben')).toEqual(fate(few, 'ben'))
})
