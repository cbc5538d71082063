import OpenAI from 'openai'
import { test, vi } from 'vitest'
import { ratio, record, timed } from './measure.ts'
import { CANNED, CANNED_HEADERS, QUESTION, simulate } from './simulation.ts'

/** One simulated SDK call, against the same SDK with a canned `fetch` in Vitest's own tick mode `nextTimerAsync`. */
const CALLS = 2_000

async function calls(client: OpenAI): Promise<void> {
  for (let i = 0; i < CALLS; i++) await client.chat.completions.create(QUESTION)
}

const simulated = (): Promise<number> => simulate(() => timed(() => calls(new OpenAI({ apiKey: 'test' }))))

async function tickMode(): Promise<number> {
  vi.useFakeTimers().setTimerTickMode('nextTimerAsync')
  const answer = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    return new Response(CANNED, { headers: CANNED_HEADERS })
  }
  try {
    return await timed(() => calls(new OpenAI({ apiKey: 'test', fetch: answer })))
  } finally {
    vi.useRealTimers()
  }
}

test('simulated SDK calls against the tick mode', { timeout: 600_000 }, async () => {
  await tickMode()
  await simulated()
  record('tick-mode', { calls: CALLS, ...(await ratio('nextTimerAsync', tickMode, 'simulated', simulated)) })
})
