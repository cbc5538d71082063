import { withGlobal } from '@sinonjs/fake-timers'
import OpenAI from 'openai'
import { ratio, record, timed } from './measure.ts'
import { QUESTION, recordAnswer, simulate } from './simulation.ts'

/**
 * One simulated SDK call behind the fetch mount, against the same SDK with a canned `fetch` that sleeps as long
 * on bare fake timers, which a loop of two lines steps: no quiescence, no provider, no trace.
 */
const CALLS = 5_000
const turn = setImmediate
const canned = await recordAnswer()

async function calls(client: OpenAI): Promise<void> {
  for (let i = 0; i < CALLS; i++) await client.chat.completions.create(QUESTION)
}

const simulated = (): Promise<number> => simulate(() => timed(() => calls(new OpenAI({ apiKey: 'test' }))))

async function cannedFetch(): Promise<number> {
  const fake = withGlobal(globalThis).install({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  let over = false
  const step = (): void => {
    fake.next()
    if (!over) turn(step)
  }
  turn(step)
  const answer = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    return new Response(canned.body, canned)
  }
  try {
    return await timed(() => calls(new OpenAI({ apiKey: 'test', fetch: answer })))
  } finally {
    over = true
    fake.uninstall()
  }
}

for (let warmUp = 0; warmUp < 3; warmUp++) {
  await cannedFetch()
  await simulated()
}
record('sdk-call', { calls: CALLS, ...(await ratio('simulated', simulated, 'canned fetch', cannedFetch)) })
