import axios from 'axios'
import nock from 'nock'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

const WEATHER = 'https://weather.example/today'
const sunny = (): nock.Scope => nock('https://weather.example').get('/today').reply(200, { sky: 'clear' })
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

describeOrchestration('nock whose interceptors stand from before the first test', options, (test) => {
  beforeAll(() => void sunny().persist())
  afterAll(() => nock.cleanAll())

  for (const [way, tool] of Object.entries(TOOLS))
    for (const nth of ['first', 'second'])
      test(`answers its own host by ${way}, and the provider its own, in a ${nth} test`, async ({ run, expect }) => {
        const outcome = await run({ vars: { tool } })
        expect(outcome.result).toEqual([{ sky: 'clear' }, 'No.'])
        expect(outcome).toHaveCalls(1, { status: 'ended' })
      })
})

describeOrchestration('a client that is made beside nock in the first test', options, (test) => {
  beforeAll(() => void sunny().persist())
  afterAll(() => nock.cleanAll())

  const tool = () => ask((lazy ??= new OpenAI({ apiKey: 'test', maxRetries: 0 })))
  test('works in the first', async ({ run, expect }) => {
    expect((await run({ vars: { tool } })).result).toEqual(['No.', 'No.'])
  })
  test('works in the second', async ({ run, expect }) => {
    expect((await run({ vars: { tool } })).result).toEqual(['No.', 'No.'])
  })
})

describeOrchestration('nock whose interceptors are set within a test', options, (test) => {
  afterEach(() => nock.cleanAll())

  for (const [way, tool] of Object.entries(TOOLS))
    test(`answers once by ${way}, and says that it has`, async ({ run, expect }) => {
      const scope = sunny()
      expect((await run({ vars: { tool } })).result).toEqual([{ sky: 'clear' }, 'No.'])
      expect(scope.isDone()).toBe(true)
    })
})

describeOrchestration('nock that allows no other request', options, (test) => {
  beforeAll(() => nock.disableNetConnect())
  afterEach(() => nock.cleanAll())
  afterAll(() => nock.enableNetConnect())

  for (const nth of ['first', 'second'])
    test(`does not refuse what the provider answers, in a ${nth} test`, async ({ run, expect }) => {
      sunny()
      expect((await run({ vars: { tool: weather } })).result).toEqual([{ sky: 'clear' }, 'No.'])
    })
})

describeOrchestration('nock that is restored and activated within a test', options, (test) => {
  afterEach(() => {
    if (!nock.isActive()) nock.activate()
  })

  for (const nth of ['first', 'second'])
    test(`leaves a working fetch, in a ${nth} test`, async ({ run, expect }) => {
      nock.restore()
      const tool = () => ask(new OpenAI({ apiKey: 'test' }))
      expect((await run({ vars: { tool } })).result).toEqual(['No.', 'No.'])
      nock.activate()
      sunny()
      expect((await run({ vars: { tool: weather } })).result).toEqual([{ sky: 'clear' }, 'No.'])
    })
})

const MISTRAL = 'https://api.mistral.ai/v1/ocr'

describeOrchestration('what longhaul lacks of the services', options, (test) => {
  afterEach(() => nock.cleanAll())

  test('is answered by an interceptor of nock: a path', async ({ run, expect }) => {
    nock('https://api.openai.com')
      .post('/v1/moderations')
      .reply(200, { id: 'x', model: 'm', results: [{ flagged: false }] })
    const tool = async () => (await client.moderations.create({ input: 'Rain?' })).results[0]!.flagged
    expect((await run({ vars: { tool } })).result).toEqual([false, 'No.'])
  })

  test('is answered by an interceptor of nock: another service', async ({ run, expect }) => {
    nock('https://api.mistral.ai').post('/v1/ocr').twice().reply(200, { pages: [] })
    const tool = async () => [
      await (await fetch(MISTRAL, { method: 'POST', body: '{}' })).json(),
      (await axios.post<unknown>(MISTRAL, {})).data,
    ]
    expect((await run({ vars: { tool } })).result).toEqual([[{ pages: [] }, { pages: [] }], 'No.'])
  })
})
