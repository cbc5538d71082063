import { http, HttpResponse, type HttpHandler } from 'msw'
import { setupServer } from 'msw/node'
import OpenAI from 'openai'
import { handlers } from '../src/mount/msw.ts'
import { ratio, record, timed } from './measure.ts'
import { QUESTION, recordAnswer, simulate } from './simulation.ts'

/** The provider as msw handlers, against a hand-written msw handler that waits as long, both in virtual time. */
const CALLS = 300
const canned = await recordAnswer()

async function through(given: HttpHandler[]): Promise<number> {
  const server = setupServer(...given)
  server.listen()
  try {
    const client = new OpenAI({ apiKey: 'test' })
    return await timed(async () => {
      for (let i = 0; i < CALLS; i++) await client.chat.completions.create(QUESTION)
    })
  } finally {
    server.close()
  }
}

const byHand = http.all('https://api.openai.com/v1/*', async ({ request }) => {
  await request.json()
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  return new HttpResponse(canned.body, canned)
})

const ours = (): Promise<number> => simulate(({ provider }) => through(handlers(provider)), { mount: false })
const handWritten = (): Promise<number> => simulate(() => through([byHand]), { mount: false })

await ours()
await handWritten()
record('msw', { calls: CALLS, ...(await ratio('longhaul/msw', ours, 'hand-written', handWritten)) })
