import OpenAI from 'openai'
import { beforeEach, vi } from 'vitest'
import { describeOrchestration } from 'longhaul'

// What `restoreMocks` and `unstubGlobals` do: each test cleans up after the one before, when its own time has begun.
beforeEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const ask = async () => {
  await new Promise((resolve) => setTimeout(resolve, 60_000))
  const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Ready?' }]
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  return choices[0]!.message.content
}

describeOrchestration(
  'an agent that waits and asks',
  { provider: { latency: '4s', replies: 'Yes.' }, system: ask },
  (test) => {
    test('a spy on setTimeout sees it, and lets it through', async ({ run, expect }) => {
      const spy = vi.spyOn(globalThis, 'setTimeout')
      const outcome = await run()
      expect(spy).toHaveBeenCalledWith(expect.any(Function), 60_000)
      expect(outcome).toHaveElapsed({ atLeast: 64_000, atMost: 64_000 })
    })

    test('the next test waits as the first one did', async ({ run, expect }) => {
      expect(await run()).toHaveElapsed({ atLeast: 64_000, atMost: 64_000 })
    })

    test('a spy on fetch sees the call', async ({ run, expect }) => {
      const spy = vi.spyOn(globalThis, 'fetch')
      expect((await run()).result).toBe('Yes.')
      expect(spy).toHaveBeenCalledOnce()
    })

    test('a fetch and a Date that the test stubs are its own', async ({ run, expect }) => {
      vi.stubGlobal('fetch', async () => Response.json({ choices: [{ message: { content: 'No.' } }] }))
      vi.stubGlobal(
        'Date',
        class extends Date {
          static override now = () => 7
        },
      )
      expect((await run()).result).toBe('No.')
      expect(Date.now()).toBe(7)
    })

    test('and are gone in the next one', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toBe('Yes.')
      expect(outcome).toHaveElapsed({ atLeast: 64_000, atMost: 64_000 })
      expect(Date.now()).toBeGreaterThan(7)
    })

    test('Math.random and performance.now may be mocked', async ({ run, expect }) => {
      vi.spyOn(Math, 'random').mockReturnValue(0.5)
      vi.spyOn(performance, 'now').mockReturnValue(1)
      await run()
      expect([Math.random(), performance.now()]).toEqual([0.5, 1])
    })

    test('and are themselves again', async ({ run, clock, expect }) => {
      const before = performance.now()
      await run()
      expect(performance.now() - before).toBe(64_000)
      expect(clock.now()).toBe(64_000)
      expect(Math.random()).not.toBe(0.5)
    })
  },
)
