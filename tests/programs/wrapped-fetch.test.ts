import OpenAI from 'openai'
import { MockAgent, fetch as undiciFetch, getGlobalDispatcher, setGlobalDispatcher } from 'undici7'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

const QUESTION = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Ready?' }] }
const ask = async (): Promise<unknown> => {
  // A client keeps the fetch that it finds.
  const { choices } = await new OpenAI({ apiKey: 'test', maxRetries: 0 }).chat.completions.create(QUESTION)
  return choices[0]!.message.content
}
type Work = () => Promise<unknown>
const options = {
  provider: { latency: '5s', replies: 'Yes.' },
  system: ({ vars }: SystemContext) => (vars['work'] as Work)(),
} as const

/** Counts requests, as telemetry does; the function returned takes it off. */
function instrument(): { seen: string[]; takeOff: () => void } {
  const before = globalThis.fetch
  const seen: string[] = []
  globalThis.fetch = (input, init) => {
    seen.push(new Request(input, init).url)
    return before(input, init)
  }
  return { seen, takeOff: () => void (globalThis.fetch = before) }
}

describeOrchestration('telemetry that is put on before the first test', options, (test) => {
  let telemetry: ReturnType<typeof instrument>
  beforeAll(() => void (telemetry = instrument()))
  afterAll(() => telemetry.takeOff())

  for (const nth of [1, 2, 3])
    test(`sees call ${nth}`, async ({ run, expect }) => {
      expect((await run({ vars: { work: ask } })).result).toBe('Yes.')
      expect(telemetry.seen).toHaveLength(nth)
    })
})

describeOrchestration('wrappers that are put on and taken off in any order', options, (test) => {
  test('the first one first', async ({ run, expect }) => {
    const [first, second] = [instrument(), instrument()]
    await run({ vars: { work: ask } })
    first.takeOff()
    second.takeOff()
    // The second one has put the first one back.
    expect((await run({ vars: { work: ask } })).result).toBe('Yes.')
    expect([first.seen.length, second.seen.length]).toEqual([2, 1])
    first.takeOff()
  })

  test('put on in one test', async ({ run, onTestFinished, expect }) => {
    const { takeOff } = instrument()
    expect((await run({ vars: { work: ask } })).result).toBe('Yes.')
    onTestFinished(takeOff)
  })

  test('and gone in the next', async ({ run, expect }) => {
    expect((await run({ vars: { work: ask } })).result).toBe('Yes.')
  })

  test('a spy that answers itself, and is restored while the run goes on', async ({ run, expect }) => {
    const work = async () => {
      const spy = vi
        .spyOn(globalThis, 'fetch')
        .mockResolvedValue(Response.json({ choices: [{ message: { content: 'No.' } }] }))
      const answers = [await ask()]
      spy.mockRestore()
      return [...answers, await ask()]
    }
    expect((await run({ vars: { work } })).result).toEqual(['No.', 'Yes.'])
  })
})

describeOrchestration('a MockAgent of undici for all requests', options, (test) => {
  const before = getGlobalDispatcher()
  beforeAll(() => {
    const agent = new MockAgent()
    agent.get('https://weather.example').intercept({ path: '/today' }).reply(200, { sky: 'clear' }).persist()
    setGlobalDispatcher(agent)
  })
  afterAll(() => setGlobalDispatcher(before))

  for (const [name, get] of Object.entries({ fetch, 'the fetch of undici': undiciFetch as unknown as typeof fetch }))
    test(`answers its own host by ${name}, and the provider its own`, async ({ run, expect }) => {
      const work = async () => [await (await get('https://weather.example/today')).json(), await ask()]
      expect((await run({ vars: { work } })).result).toEqual([{ sky: 'clear' }, 'Yes.'])
    })
})

describeOrchestration('the door itself', options, (test) => {
  test('looks as the real one', async ({ run }) => {
    const work = async () => {
      expect(fetch.name).toBe('fetch')
      expect(fetch).toHaveLength(0)
      expect(Object.getOwnPropertyDescriptor(globalThis, 'fetch')).toMatchObject({ writable: true, enumerable: true })
      await expect(fetch('not a URL')).rejects.toThrow('Failed to parse URL from not a URL')
      await expect((fetch as () => Promise<unknown>)()).rejects.toThrow(/1 argument required/)
    }
    await run({ vars: { work } })
  })

  test('passes on what is no request of the network', async ({ run, expect }) => {
    const work = async () => (await fetch('data:text/plain,here')).text()
    expect((await run({ vars: { work } })).result).toBe('here')
  })
})
