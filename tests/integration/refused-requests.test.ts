import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { actAs, describeOrchestration, type SystemContext } from 'longhaul'

const openai = new OpenAI({ apiKey: 'test' })
const anthropic = new Anthropic({ apiKey: 'test' })
const doing = ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)()

const CHAT = 'https://api.openai.com/v1/chat/completions'
const MESSAGES = 'https://api.anthropic.com/v1/messages'
const key = { authorization: 'Bearer test', 'x-api-key': 'test', 'anthropic-version': '2023-06-01' }
const post = (url: string, body: string, headers: Record<string, string> = key): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body })

describeOrchestration('a request that is refused', { system: doing, checks: false }, (test) => {
  test.for([
    ['a wrong one', () => post(CHAT, '{"model":"gpt-4o-mini","messages":[]}'), 'invalid', 400],
    ['one that is no JSON', () => post(CHAT, 'Hello?'), 'malformed', 400],
    ['one that is JSON, but no object', () => post(MESSAGES, '[]'), 'malformed', 400],
    ['one without a key', () => post(MESSAGES, '{}', {}), 'unauthorized', 401],
    ['one for a path that longhaul lacks', () => post(`${CHAT}/chat/completions`, '{}'), 'unsimulated', 501],
    ['one by another method', () => fetch(CHAT, { method: 'PUT' }), 'unsimulated', 501],
    ['one beside the base URL', () => post('https://api.openai.com/chat/completions', '{}'), 'unsimulated', 501],
  ] as const)('%s is in the trace', async ([, work, reason, status], { run, trace, expect }) => {
    const { result } = await run({ vars: { work: () => actAs('ann', work) } })
    expect((result as Response).status).toBe(status)
    expect(trace.ofType('call.refused')).toMatchObject([
      { agent: 'ann', reason, status, host: expect.stringMatching(/^api\.\w+\.com$/) as string },
    ])
  })

  test('tells its model, its sender and what is wrong, and not its query', async ({ run, trace, expect }) => {
    const body = JSON.stringify({ model: 'gpt-4o-mini', user: 'ben', messages: [] })
    await run({ vars: { work: () => post(`${CHAT}?key=secret`, body) } })
    expect(trace.ofType('call.refused')).toMatchObject([
      {
        call: 1,
        agent: 'ben',
        provider: 'openai',
        model: 'gpt-4o-mini',
        method: 'POST',
        host: 'api.openai.com',
        path: '/v1/chat/completions',
        message: expect.stringContaining("Invalid 'messages': empty array") as string,
      },
    ])
    expect(trace.toNDJSON()).not.toContain('secret')
  })

  test('takes a moment, so that a loop of them does not stop the clock', async ({ run, expect }) => {
    expect(await run({ vars: { work: () => post(CHAT, '{}') } })).toHaveElapsed({ atLeast: 1, atMost: '1s' })
  })
})

describeOrchestration('two hundred wrong requests', { system: doing }, (test) => {
  const work = async (): Promise<void> => {
    for (let nth = 0; nth < 200; nth++)
      await openai.chat.completions
        .create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `${nth}` }], temperature: 9, user: 'ann' })
        .catch(() => {})
    await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] })
  }

  test('are calls', async ({ run, expect }) => {
    const outcome = await run({ vars: { work } })
    expect(outcome).toHaveCalls(201)
    expect(outcome).toHaveCalls(200, { status: 'refused', agent: 'ann', model: 'gpt-4o-mini' })
    expect(outcome).toHaveCalls(1, { status: 'ended' })
    expect(outcome.agents[0]).toMatchObject({ agent: 'ann', calls: 200, failed: 200, latencyMs: null })
    expect(() => expect(outcome).toHaveCalls(0)).toThrow(
      /call 200 gpt-4o-mini: refused with 400 \(invalid\): Invalid 'temperature': decimal above maximum value/,
    )
  })
})

const UNSIMULATED: Record<string, () => Promise<unknown>> = {
  'images.generate': async () => openai.images.generate({ prompt: 'A lighthouse.' }),
  'audio.speech.create': async () => openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'x' }),
  'vectorStores.list': async () => openai.vectorStores.list(),
  'files.list at Anthropic': async () => anthropic.beta.files.list(),
  'skills.list at Anthropic': async () => anthropic.beta.skills.list(),
}

describeOrchestration('what a service has and longhaul lacks', { system: doing, checks: false }, (test) => {
  for (const [name, work] of Object.entries(UNSIMULATED))
    test(`${name}: longhaul says so, and the SDK does not try again`, async ({ run, trace, expect }) => {
      const outcome = await run({ vars: { work } })
      expect(outcome).toHaveFailedWith(/501.*longhaul does not simulate/)
      expect(outcome).toHaveCalls(0)
      expect(trace.ofType('call.refused')).toHaveLength(1)
    })
})

describeOrchestration('a call that nobody answers, and whose error is swallowed', { system: doing }, (test) => {
  const images = () => openai.images.generate({ prompt: 'A lighthouse.' }).catch(() => 'no picture')
  test.fails('fails the test', async ({ run, expect }) => {
    expect((await run({ vars: { work: images } })).result).toBe('no picture')
  })
  test('is waived by name', async ({ run, waive, expect }) => {
    waive('unsimulated')
    expect((await run({ vars: { work: images } })).result).toBe('no picture')
  })
})
