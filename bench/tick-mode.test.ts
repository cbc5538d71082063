import OpenAI from 'openai'
import { test, vi } from 'vitest'
import { ratio, record, timed } from './measure.ts'
import { QUESTION, recordAnswer, simulate } from './simulation.ts'

/** One simulated SDK call, against the same SDK with a canned `fetch` in Vitest's own tick mode `nextTimerAsync`. */
const CALLS = 2_000
const canned = await recordAnswer()

async function calls(client: OpenAI): Promise<void> {
  for (let i = 0; i < CALLS; i++) await client.chat.completions.create(QUESTION)
}

const simulated = (): Promise<number> => simulate(() => timed(() => calls(new OpenAI({ apiKey: 'test' }))))

async function tickMode(): Promise<number> {
  vi.useFakeTimers().setTimerTickMode('nextTimerAsync')
  const answer = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    return new Response(canned.body, canned)
  }
  try {
    return await timed(() => calls(new OpenAI({ apiKey: 'test', fetch: answer })))
  } finally {
    vi.useRealTimers()
  }
}

test('simulated SDK calls against the tick mode', { timeout: 600_000 }, async () => {
  for (let warmUp = 0; warmUp < 3; warmUp++) {
    await tickMode()
    await simulated()
  }
  record('tick-mode', { calls: CALLS, ...(await ratio('nextTimerAsync', tickMode, 'simulated', simulated)) })
})
