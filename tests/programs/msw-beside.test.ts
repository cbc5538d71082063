import axios from 'axios'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

const WEATHER = 'https://weather.example/today'
const sunny = http.get(WEATHER, () => HttpResponse.json({ sky: 'clear' }))
const weather = async (): Promise<unknown> => (await fetch(WEATHER)).json()

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
let lazy: OpenAI | undefined
const ask = async (by: OpenAI = client): Promise<string | null> => {
  const messages = [{ role: 'user' as const, content: 'Shall I take an umbrella?' }]
  const { choices } = await by.chat.completions.create({ model: 'gpt-4o-mini', messages })
  return choices[0]!.message.content
}

/** An agent asks a tool, then the model. */
const options = {
  provider: { latency: '5s', replies: 'No.' },
  system: async ({ vars }: SystemContext) => [await (vars['tool'] as () => Promise<unknown>)(), await ask()],
} as const
const TOOLS: Record<string, () => Promise<unknown>> = {
  fetch: weather,
  axios: async () => (await axios.get<unknown>(WEATHER)).data,
}

describeOrchestration('msw that listens from before the first test', options, (test) => {
  const server = setupServer(sunny)
  beforeAll(() => server.listen())
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())

  for (const [way, tool] of Object.entries(TOOLS))
    for (const nth of ['first', 'second'])
      test(`answers its own host by ${way}, and the provider its own, in a ${nth} test`, async ({ run, expect }) => {
        const outcome = await run({ vars: { tool } })
        expect(outcome.result).toEqual([{ sky: 'clear' }, 'No.'])
        expect(outcome).toHaveCalls(1, { status: 'ended' })
      })

  test('takes further handlers within a test', async ({ run, expect }) => {
    server.use(http.get(WEATHER, () => HttpResponse.json({ sky: 'grey' })))
    expect((await run({ vars: { tool: weather } })).result).toEqual([{ sky: 'grey' }, 'No.'])
  })
})

describeOrchestration('a client that is made beside msw in the first test', options, (test) => {
  const server = setupServer(sunny)
  beforeAll(() => server.listen())
  afterAll(() => server.close())

  const tool = () => ask((lazy ??= new OpenAI({ apiKey: 'test', maxRetries: 0 })))
  test('works in the first', async ({ run, expect }) => {
    expect((await run({ vars: { tool } })).result).toEqual(['No.', 'No.'])
  })
  test('works in the second', async ({ run, expect }) => {
    expect((await run({ vars: { tool } })).result).toEqual(['No.', 'No.'])
  })
})

describeOrchestration('msw that refuses what it does not know', options, (test) => {
  const server = setupServer(sunny)
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterAll(() => server.close())

  test('does not refuse what the provider answers', async ({ run, expect }) => {
    expect((await run({ vars: { tool: weather } })).result).toEqual([{ sky: 'clear' }, 'No.'])
  })
})

describeOrchestration('msw that listens within a test', options, (test) => {
  for (const nth of ['first', 'second'])
    test(`answers its own host, and is gone afterwards, in a ${nth} test`, async ({ run, waive, expect }) => {
      waive('unsimulated')
      const server = setupServer(sunny)
      server.listen()
      try {
        expect((await run({ vars: { tool: weather } })).result).toEqual([{ sky: 'clear' }, 'No.'])
      } finally {
        server.close()
      }
      expect((await run({ vars: { tool: () => weather().catch(() => 'nobody') } })).result).toEqual(['nobody', 'No.'])
    })

  test('may be closed after the session', async ({ run, expect, onTestFinished }) => {
    const server = setupServer(sunny)
    server.listen()
    onTestFinished(() => server.close())
    expect((await run({ vars: { tool: weather } })).result).toEqual([{ sky: 'clear' }, 'No.'])
  })

  test('and leaves a working fetch', async ({ run, expect }) => {
    const tool = () => ask(new OpenAI({ apiKey: 'test' }))
    expect((await run({ vars: { tool } })).result).toEqual(['No.', 'No.'])
  })
})

const MISTRAL = 'https://api.mistral.ai/v1/ocr'

describeOrchestration('what longhaul lacks of the services', options, (test) => {
  const server = setupServer(
    http.post('https://api.openai.com/v1/moderations', () =>
      HttpResponse.json({ id: 'x', model: 'm', results: [{ flagged: false }] }),
    ),
    http.post(MISTRAL, () => HttpResponse.json({ pages: [] })),
  )
  beforeAll(() => server.listen())
  afterAll(() => server.close())

  test('is answered by a handler of msw: a path', async ({ run, expect }) => {
    // msw sees the requests of clients alone that are made when it listens already.
    const late = new OpenAI({ apiKey: 'test', maxRetries: 0 })
    const tool = async () => (await late.moderations.create({ input: 'Rain?' })).results[0]!.flagged
    expect((await run({ vars: { tool } })).result).toEqual([false, 'No.'])
  })

  test('is answered by a handler of msw: another service', async ({ run, expect }) => {
    const tool = async () => [
      await (await fetch(MISTRAL, { method: 'POST', body: '{}' })).json(),
      (await axios.post<unknown>(MISTRAL, {})).data,
    ]
    expect((await run({ vars: { tool } })).result).toEqual([[{ pages: [] }, { pages: [] }], 'No.'])
  })
})
